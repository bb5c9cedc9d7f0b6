#include "projections/ladder.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <numeric>

#include "projections/queries.h"
#include "projections/shares.h"
#include "tests/projections/printed.h"
#include "tests/projections/scribe.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

/// Small and repeatable; the seed stands in the failure message.
struct Dice {
  std::uint64_t state;
  std::int64_t roll(std::int64_t most) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::int64_t>((state >> 33) % static_cast<std::uint64_t>(most + 1));
  }
};

}  // namespace

TEST_CASE("shares sum to the whole, and no share is a unit away from its exact part") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Dice dice{seed};
    const std::int64_t value = dice.roll(1'000'000);
    std::vector<std::int64_t> quantities;
    for (std::int64_t i = dice.roll(8); i >= 0; --i) quantities.push_back(dice.roll(20));
    const std::int64_t total =
        std::accumulate(quantities.begin(), quantities.end(), std::int64_t{0});
    const auto parts = shares(value, quantities);
    const std::int64_t sum_of_parts = std::accumulate(parts.begin(), parts.end(), std::int64_t{0});
    CHECK_MESSAGE(sum_of_parts == (total == 0 ? 0 : value), "seed " << seed);
    for (std::size_t i = 0; i < parts.size() && total > 0; ++i) {
      const std::int64_t floor = value * quantities[i] / total;
      CHECK_MESSAGE((parts[i] == floor || parts[i] == floor + 1), "seed " << seed);
    }
  }
}

TEST_CASE("known shares: the remainder goes to the largest fractions, the earlier first") {
  CHECK(shares(100, {1, 1, 1}) == std::vector<std::int64_t>{34, 33, 33});
  CHECK(shares(10, {1, 2, 4}) == std::vector<std::int64_t>{1, 3, 6});
  CHECK(shares(0, {5, 5}) == std::vector<std::int64_t>{0, 0});
  CHECK(shares(7, {0, 0}) == std::vector<std::int64_t>{0, 0});
  CHECK(shares(1'000'000'000'000'000, {1'000'000'000, 1'000'000'000}) ==
        std::vector<std::int64_t>{500'000'000'000'000, 500'000'000'000'000});
}

TEST_CASE("wherever the units of a line are, they sum to what was dispatched") {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Dice dice{seed};
    ConsignmentLine line;
    line.dispatched = dice.roll(40);
    for (std::int64_t* quantity :
         {&line.received, &line.accepted, &line.rejected, &line.in_service, &line.lost_in_transit,
          &line.lost, &line.returned_in_transit, &line.returned})
      *quantity = dice.roll(30);
    const Whereabouts units = whereabouts(line);
    const std::int64_t away = units.in_transit + units.lost_in_transit + units.returned_in_transit;
    CHECK_MESSAGE(received_of(units) + away == line.dispatched, "seed " << seed);
    for (std::int64_t part :
         {units.in_service, units.not_in_service, units.lost_accepted, units.returned_accepted,
          units.awaiting_acceptance, units.rejected, units.lost_received, units.returned_received,
          units.in_transit, units.lost_in_transit, units.returned_in_transit})
      CHECK_MESSAGE(part >= 0, "seed " << seed);
  }
}

TEST_CASE("the events of every rung sum to it, and those of every loss that has some") {
  Scribe scribe;
  scribe.record_all(public_record());
  EmptyViews nothing;
  Views views(nothing);
  scribe.fold_into(views);
  for (const char* party : {"EE", "PL", "SE", "NL"}) {
    const Ladder ladder = make_ladder(views, PartyId(party), Parts::told);
    for (const LadderRow& row : ladder.rows) {
      for (const LadderFigure& figure : figures_with_events()) {
        std::int64_t sum_of_parts = 0;
        for (const LadderPart& part : ladder.parts)
          if (part.year == row.year && part.currency == row.currency && part.figure == figure)
            sum_of_parts += part.minor;
        CHECK(sum_of_parts == row.at(figure));
      }
    }
  }
}

TEST_CASE("the answers of the interface: ladder, its events, trail, listings and their pages") {
  Scribe scribe;
  scribe.record_all(public_record());
  EmptyViews nothing;
  Views views(nothing);
  scribe.fold_into(views);
  const QuerySource source{views, nullptr, scribe.charter};
  const auto text = [](const auto& value) {
    return boost::json::serialize(boost::json::value(value));
  };

  CHECK(
      text(ladder_of(source, PartyId("PL")).value()) ==
      R"([{"year":2024,"currency":"EUR","pledged":"120000.00","committed":"120000.00","disbursed":"0.00",)"
      R"("allocated":"90000.00","dispatched":"90000.00","received":"87000.00","accepted":"81000.00","in_service":"75000.00",)"
      R"("losses":{"unallocated":"30000.00","lost":"3000.00","rejected":"6000.00","not_in_service":"6000.00"}}])");
  CHECK(ladder_of(source, PartyId("XX")).error().code == Code::not_found);
  const auto disbursed = ladder_events(source, PartyId("EE"), "disbursed").value();
  REQUIRE(disbursed.size() == 2);
  CHECK(text(disbursed[1])
            .find(R"("amount":"-20000.00","origin":"tallinn-mechanism.example/kyiv/1")") !=
        std::string::npos);
  const auto lost = ladder_events(source, PartyId("PL"), "lost").value();
  REQUIRE(lost.size() == 1);
  CHECK(text(lost[0]).find(R"("amount":"3000.00")") != std::string::npos);
  CHECK(text(lost[0]).find(R"("type":"LossReported")") != std::string::npos);
  CHECK(ladder_events(source, PartyId("EE"), "delivered").error().code == Code::not_found);
  CHECK(ladder_events(source, PartyId("EE"), "unallocated").error().code == Code::not_found);

  const auto trail = trail_of(source, PartyId("EE"), {}).value();
  CHECK(text(trail).find(R"("type":"FundsRefunded","occurred":"2025-01-20")") != std::string::npos);
  CHECK(text(trail).find(R"("signers":["ESTDEV"])") != std::string::npos);

  const struct {
    const char* kind;
    std::size_t count;
    const char* part;
  } cases[] = {
      {"parties", 22, R"("party":"NATO","kind":"observer")"},
      {"needs", 2, R"("allocated":60,"accepted":54,"uncovered":0)"},
      {"pledges", 5,
       R"("uncommitted":{"amount":"135000000.00","currency":"SEK"},"state":"announced")"},
      {"commitments", 2, R"("refunded":{"amount":"20000.00","currency":"EUR"})"},
      {"allocations", 2, R"("consented":{"donor":true,"recipient":true})"},
      {"deliveries", 3, R"("lost":2,"returned":0,"checked":48)"},
      {"exceptions", 1,
       R"("id":"receipt_without_dispatch/C-2024-99","code":"receipt_without_dispatch")"},
      {"corrections", 0, R"({"items":[]})"},
  };
  for (const auto& one : cases) {
    const auto answer = list_records(source, one.kind, {}).value();
    CHECK_MESSAGE(answer.at("items").as_array().size() == one.count, one.kind);
    CHECK_MESSAGE(text(answer).find(one.part) != std::string::npos,
                  one.kind << " " << text(answer));
  }
  CHECK(list_records(source, "gifts", {}).error().code == Code::not_found);
  CHECK(list_records(source, "needs", {.cursor = "zz"}).error().code == Code::malformed);
}

TEST_CASE("pages put together are the whole listing") {
  Scribe scribe;
  scribe.record_all(public_record());
  EmptyViews nothing;
  Views views(nothing);
  scribe.fold_into(views);
  const QuerySource source{views, nullptr, scribe.charter};
  const auto whole = trail_of(source, PartyId("EE"), {}).value().at("items").as_array();
  for (std::size_t limit = 1; limit <= whole.size() + 1; ++limit) {
    boost::json::array joined;
    Page page{.cursor = {}, .limit = limit};
    do {
      const auto answer = trail_of(source, PartyId("EE"), page).value();
      for (const auto& item : answer.at("items").as_array()) joined.push_back(item);
      page.cursor =
          answer.contains("next") ? std::string(answer.at("next").as_string()) : std::string();
    } while (!page.cursor.empty());
    CHECK(joined == whole);
  }
}

TEST_CASE("corrections say what changed for whom, and are listed since a day and for a party") {
  Scribe scribe;
  scribe.record_all(public_record());
  const auto declare = [&](const char* author, const char* day, const char* event) {
    scribe.record(R"({"type":"ErrorDeclared","author":")" + std::string(author) +
                  R"(","occurred":")" + day + R"(","body":{"event":")" + event +
                  R"(","reason":"incorrect_data","replaced_by":[]}})");
  };
  declare("ESTDEV", "2025-03-01", "01948102-5000-7033-8b5b-4f981e1d8113");
  declare("UA", "2025-04-01", "01916d15-5400-7344-b8e1-fd76d8c5c642");
  EmptyViews nothing;
  Views views(nothing);
  scribe.fold_into(views);
  const QuerySource source{.views = views, .levels = nullptr, .charter = scribe.charter};
  const auto types = [&](const char* since, const char* party) {
    const auto filter = parse_correction_filter(since, party).value();
    const auto answer = list_records(source, "corrections", {}, filter).value();
    std::vector<std::string> out;
    for (const auto& item : answer.at("items").as_array())
      out.push_back(std::string(item.at("type").as_string()) + " " +
                    std::string(item.at("recorded").as_string().subview(0, 10)));
    std::ranges::sort(out);
    return out;
  };
  using Lines = std::vector<std::string>;
  const std::string refund = "FundsRefunded 2025-03-01";
  const std::string placed = "PlacedInService 2025-04-01";
  CHECK(types("", "") == Lines{refund, placed});
  CHECK(types("2025-03-01", "") == Lines{refund, placed});
  CHECK(types("2025-03-02", "") == Lines{placed});
  CHECK(types("2025-04-02", "") == Lines{});
  CHECK(types("", "EE") == Lines{refund});
  CHECK(types("", "PL") == Lines{placed});
  CHECK(types("2025-03-02", "EE") == Lines{});
  CHECK(parse_correction_filter("March", "").error().field == "since");
  CHECK(parse_correction_filter("", "ee").error().field == "party");
  CHECK(list_records(source, "needs", {}, {.party = PartyId("EE")}).error().code ==
        Code::malformed);
}
