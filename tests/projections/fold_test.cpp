#include "projections/fold.h"

#include <doctest/doctest.h>

#include "tests/projections/printed.h"
#include "tests/projections/scribe.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

using Lines = std::vector<std::string>;

std::string eur(const char* amount) {
  return std::string(R"({"amount":")") + amount + R"(","currency":"EUR"})";
}

/// Everything recorded, folded in the total order.
struct Folded {
  explicit Folded(const Scribe& scribe) : views(nothing) { scribe.fold_into(views); }
  EmptyViews nothing;
  Views views;
};

Effect effect_of(ViewReader& views, const Event& event) {
  return decode_record<EventRecord>(*views.get(Records::key_of<EventRecord>(event_name(event.id))))
      .effect;
}

std::size_t trail_length(ViewReader& views, const char* party) {
  std::size_t length = 0;
  const Bytes prefix = trail_prefix(PartyId(party));
  views.scan(prefix, after_prefix(prefix), [&](BytesView, BytesView) {
    ++length;
    return ViewReader::Next::go_on;
  });
  return length;
}

const std::string kDispatch99 = event_text(
    "ConsignmentDispatched", "PL",
    R"({"consignment":"C-2024-99","allocation":"A-2024-03","lines":[{"line":1,"quantity":12,"unit":"H87","value":)" +
        eur("3000.00") + "}]}");
const std::string kAllocation3 = event_text(
    "AllocationProposed", "WARSAW-OFFICE",
    R"({"allocation":"A-2024-03","commitment":"PL-2024-C1","need":"UA-2024-02","line":2,"quantity":12,"value":)" +
        eur("3000.00") + "}");

}  // namespace

TEST_CASE("the public record gives the ladder of its readme to the cent") {
  Scribe scribe;
  scribe.record_all(public_record());
  EmptyViews nothing;
  Views views(nothing);
  scribe.fold_into(views);
  CHECK(ladder_lines(views, "EE") ==
        Lines{"2024 EUR 500000.00 500000.00 480000.00 480000.00 480000.00 480000.00 480000.00 0.00 "
              "refunded=20000.00 "
              "not_in_service=480000.00",
              "2025 EUR 500000.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00 uncommitted=500000.00"});
  CHECK(ladder_lines(views, "PL") == Lines{"2024 EUR 120000.00 120000.00 0.00 90000.00 90000.00 "
                                           "87000.00 81000.00 75000.00 unallocated=30000.00 "
                                           "lost=3000.00 rejected=6000.00 not_in_service=6000.00"});
  CHECK(ladder_lines(views, "SE") ==
        Lines{"2025 SEK 135000000.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00 uncommitted=135000000.00"});
  CHECK(exceptions(views) == Lines{"receipt_without_dispatch/C-2024-99 open"});
}

TEST_CASE(
    "every event of the public record is applied, but the receipt that waits for its dispatch") {
  Scribe scribe;
  scribe.record_all(public_record());
  EmptyViews nothing;
  Views views(nothing);
  scribe.fold_into(views);
  Lines waiting;
  std::size_t events = 0;
  const std::string prefix(EventRecord::kPrefix);
  views.scan(prefix, after_prefix(prefix), [&](BytesView, BytesView value) {
    const auto record = decode_record<EventRecord>(value);
    ++events;
    if (record.effect != Effect::applied) waiting.push_back(std::string(spell(record.effect)));
    return ViewReader::Next::go_on;
  });
  CHECK(events == public_record().size());
  CHECK(waiting == Lines{"unknown_reference"});
}

TEST_CASE(
    "a receipt before its dispatch, and a dispatch before its allocation, count once what they "
    "name is known") {
  Scribe scribe;
  scribe.record_all(public_record());
  scribe.record(kDispatch99);
  {
    Folded folded(scribe);
    const Lines open = exceptions(folded.views);
    REQUIRE(open.size() == 1);
    CHECK(open[0].starts_with("unknown_reference/"));
    CHECK(trail_length(folded.views, "PL") == 15);
  }
  scribe.record(kAllocation3);
  Folded folded(scribe);
  // Nobody has consented yet.
  CHECK(exceptions(folded.views) == Lines{"dispatched_exceeds_allocated/A-2024-03 open"});
  CHECK(trail_length(folded.views, "PL") == 17);
  CHECK(ladder_lines(folded.views, "PL") ==
        Lines{"2024 EUR 120000.00 120000.00 0.00 90000.00 93000.00 90000.00 81000.00 75000.00 "
              "unallocated=30000.00 "
              "undispatched=-3000.00 lost=3000.00 rejected=6000.00 awaiting_acceptance=3000.00 "
              "not_in_service=6000.00"});
}

TEST_CASE("a fact that waited and turns out to be signed by the wrong party does not count") {
  Scribe scribe;
  scribe.record_all(public_record());
  const Event early = scribe.event(
      event_text("DeliveryRejected", "UA",
                 R"({"consignment":"C-X","lines":[{"line":1,"quantity":1}],"reason":"r"})"));
  const Event loss = scribe.event(event_text(
      "LossReported", "ESTDEV",
      R"({"consignment":"C-X","lines":[{"line":1,"quantity":1}],"cause":"c","date":"2025-06-01"})"));
  scribe.append(kKyiv, early, {PartyId("UA")});
  scribe.append(kKyiv, loss, {PartyId("ESTDEV")});
  scribe.record(event_text(
      "ConsignmentDispatched", "PL",
      R"({"consignment":"C-X","allocation":"A-2024-02","lines":[{"line":1,"quantity":2,"unit":"H87","value":)" +
          eur("1.00") + "}]}"));
  Folded folded(scribe);
  CHECK(effect_of(folded.views, early) == Effect::applied);
  CHECK(effect_of(folded.views, loss) == Effect::wrong_counterparty);
  const Lines open = exceptions(folded.views);
  CHECK(std::ranges::count_if(
            open, [](const auto& line) { return line.starts_with("wrong_counterparty/"); }) == 1);
  CHECK(std::ranges::count_if(
            open, [](const auto& line) { return line.starts_with("unknown_reference/"); }) == 0);
}

TEST_CASE(
    "whatever arrives when, rewinding by undo and folding again gives the bytes of folding in "
    "order") {
  Scribe scribe;
  const auto lines = public_record();
  scribe.record_all({lines.begin(), lines.begin() + 60});
  scribe.cut_link();
  scribe.record_all({lines.begin() + 60, lines.end()});
  scribe.record(kDispatch99, kWarsaw);
  scribe.join_link();
  scribe.record(kAllocation3);
  const auto order = scribe.ordered();
  Folded straight(scribe);
  EmptyViews nothing;
  for (std::size_t late = 44; late < order.size(); ++late) {
    // Everything but one entry, then that one: take back what is later, put it in its place, fold
    // the rest again.
    Views views(nothing);
    fold_genesis(views, scribe.charter);
    std::vector<std::vector<Change>> undo;
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (i == late) continue;
      views.begin_undo();
      fold_entry(views, scribe.charter, order[i]);
      undo.push_back(views.take_undo());
    }
    for (std::size_t i = order.size() - 1; i-- > late;) views.undo(undo[i]);
    for (std::size_t i = late; i < order.size(); ++i) fold_entry(views, scribe.charter, order[i]);
    CHECK_MESSAGE(state_root(views) == state_root(straight.views),
                  "entry " << late << " came last");
  }
}

TEST_CASE(
    "the same event in both logs counts once, silently; another event with its id does not count") {
  Scribe scribe;
  scribe.record_all(public_record());
  const auto text = event_text(
      "GoodsReceived", "UA",
      R"({"consignment":"C-2024-77","lines":[{"line":1,"quantity":5,"condition":"good"}]})");
  scribe.cut_link();
  Event event = scribe.event(text);
  scribe.append(kKyiv, event, {PartyId("UA")});
  scribe.append(kWarsaw, event, {PartyId("UA")});
  {
    Folded folded(scribe);
    CHECK(exceptions(folded.views).size() == 2);
    const auto record =
        decode_record<ConsignmentRecord>(*folded.views.get("consignment/C-2024-77"));
    CHECK(record.lines[0].received == 5);
  }
  std::get<GoodsReceived>(event.body).lines[0].quantity = Quantity(6);
  scribe.append(kWarsaw, event, {PartyId("UA")});
  Folded folded(scribe);
  CHECK(decode_record<ConsignmentRecord>(*folded.views.get("consignment/C-2024-77"))
            .lines[0]
            .received == 5);
  const Lines open = exceptions(folded.views);
  REQUIRE(open.size() == 3);
  CHECK(open[0] == "duplicate_id/" + format_uuid(event.id) + " open");
}

TEST_CASE("a name registered twice counts once, and an exception names both events") {
  Scribe scribe;
  scribe.record_all(public_record());
  scribe.record(event_text("PledgeAnnounced", "EE",
                           R"({"pledge":"EE-2025","donor":"EE","year":2025,"value":)" +
                               eur("1.00") + R"(,"purpose":"p","source":{"title":"s"}})"));
  Folded folded(scribe);
  CHECK(exceptions(folded.views)[0] == "duplicate_name/pledge/EE-2025 open");
  CHECK(ladder_lines(folded.views, "EE")[1].starts_with("2025 EUR 500000.00"));
}

TEST_CASE(
    "a key revoked in the causal past voids an entry, a key revoked meanwhile elsewhere is only "
    "told") {
  const auto pledge = [](const char* name) {
    return event_text("PledgeAnnounced", "NL",
                      std::string(R"({"pledge":")") + name +
                          R"(","donor":"NL","year":2026,"value":)" + eur("1.00") +
                          R"(,"purpose":"p","source":{"title":"s"}})");
  };
  Scribe scribe;
  scribe.record_all(public_record());
  scribe.cut_link();
  scribe.record(event_text("KeyRevoked", "EE", R"({"key":"@NL","reason":"lost"})"), kKyiv);
  for (int i = 0; i < 80;
       ++i)  // so that Warsaw's entry is later in the order, and still has not seen the revocation
    scribe.record(
        event_text(
            "ReconciliationAttested", "EE",
            R"({"party":"EE","from":"2024-01-01","to":"2024-12-31","agrees":true,"figures":[]})"),
        kWarsaw);
  const Event aside = scribe.event(pledge("NL-2026"));
  scribe.append(kWarsaw, aside, {PartyId("NL")});
  scribe.join_link();
  const Event after = scribe.event(pledge("NL-2027"));
  scribe.append(kWarsaw, after, {PartyId("NL")});
  Folded folded(scribe);
  CHECK(effect_of(folded.views, aside) == Effect::applied);
  CHECK(effect_of(folded.views, after) == Effect::not_admissible);
  CHECK(folded.views.get("pledge/NL-2027") == std::nullopt);
  CHECK(exceptions(folded.views) ==
        Lines{"not_admissible/" + format_uuid(after.id) + " open",
              "receipt_without_dispatch/C-2024-99 open",
              "signed_after_revocation/" + format_uuid(aside.id) + " open"});
}

TEST_CASE(
    "what a compromised key signed since then is marked, before and after the revocation in the "
    "order") {
  Scribe scribe;
  scribe.record_all(public_record());
  scribe.record(event_text("KeyRevoked", "EE",
                           R"({"key":"@PL","reason":"stolen","compromised_since":"2024-07-01"})"),
                kKyiv);
  Folded folded(scribe);
  const Lines open = exceptions(folded.views);
  CHECK(std::ranges::count_if(open, [](const auto& line) {
          return line.starts_with("signed_while_compromised/");
        }) == 3);
}

TEST_CASE("a corrected event counts no longer in any sum, wherever the correction stands") {
  Scribe scribe;
  scribe.record_all(public_record());
  scribe.record(event_text(
      "ErrorDeclared", "ESTDEV",
      R"({"event":"01948102-5000-7033-8b5b-4f981e1d8113","reason":"did_not_occur","replaced_by":[]})"));
  scribe.record(event_text(
      "ErrorDeclared", "UA",
      R"({"event":"01916d15-5400-7344-b8e1-fd76d8c5c642","reason":"incorrect_data","replaced_by":[]})"));
  Folded folded(scribe);
  CHECK(ladder_lines(folded.views, "EE")[0] ==
        "2024 EUR 500000.00 500000.00 500000.00 480000.00 480000.00 480000.00 480000.00 0.00 "
        "unallocated=20000.00 not_in_service=480000.00");
  CHECK(ladder_lines(folded.views, "PL")[0].ends_with(
      "81000.00 0.00 unallocated=30000.00 lost=3000.00 rejected=6000.00 not_in_service=81000.00"));
}

TEST_CASE("a correction that comes before what it corrects takes effect when that arrives") {
  Scribe scribe;
  scribe.record_all(public_record());
  const Event receipt = scribe.event(event_text(
      "GoodsReceived", "UA",
      R"({"consignment":"C-2024-01","lines":[{"line":1,"quantity":2,"condition":"good"}]})"));
  scribe.record(event_text(
      "ErrorDeclared", "UA",
      R"({"event":")" + format_uuid(receipt.id) + R"(","reason":"duplicate","replaced_by":[]})"));
  scribe.append(kKyiv, receipt, {PartyId("UA")});
  Folded folded(scribe);
  CHECK(decode_record<ConsignmentRecord>(*folded.views.get("consignment/C-2024-01"))
            .lines[0]
            .received == 58);
  CHECK(exceptions(folded.views) == Lines{"receipt_without_dispatch/C-2024-99 open"});
}

TEST_CASE("quantities and money beyond what came before open exceptions, and close them again") {
  Scribe scribe;
  scribe.record_all(public_record());
  const Event receipt = scribe.event(event_text(
      "GoodsReceived", "UA",
      R"({"consignment":"C-2024-01","lines":[{"line":1,"quantity":3,"condition":"good"}]})"));
  scribe.append(kKyiv, receipt, {PartyId("UA")});
  scribe.record(event_text("FundsDisbursed", "EE",
                           R"({"commitment":"EE-2024-C1","value":)" + eur("20000.01") +
                               R"(,"value_date":"2025-06-01","payer":"EE","payee":"ESTDEV"})"));
  scribe.record(event_text("NeedWithdrawn", "UA", R"({"need":"UA-2024-02","reason":"r"})"));
  scribe.record(event_text(
      "ValuationRecorded", "PL",
      R"({"consignment":"C-2024-01","line":1,"value":)" + eur("1.00") + R"(,"basis":"market"})"));
  {
    Folded folded(scribe);
    const Lines open = exceptions(folded.views);
    REQUIRE(open.size() == 5);
    CHECK(open[0] == "allocation_on_withdrawn_need/A-2024-02 open");
    CHECK(open[1] == "disbursed_exceeds_committed/EE-2024-C1 open");
    CHECK(open[2] == "receipt_without_dispatch/C-2024-99 open");
    CHECK(open[3] == "received_exceeds_dispatched/C-2024-01 open");
    CHECK(open[4].starts_with("undocumented_valuation/"));
  }
  scribe.record(event_text("ErrorDeclared", "UA",
                           R"({"event":")" + format_uuid(receipt.id) +
                               R"(","reason":"incorrect_data","replaced_by":[]})"));
  scribe.record(event_text("FundsRefunded", "ESTDEV",
                           R"({"commitment":"EE-2024-C1","value":)" + eur("0.01") +
                               R"(,"value_date":"2025-06-01","reason":"r"})"));
  scribe.record(event_text(
      "ExceptionResolved", "KYIV-OFFICE",
      R"({"exception":"receipt_without_dispatch/C-2024-99","outcome":"found","text":"t"})",
      R"(,"signers":["KYIV-OFFICE","WARSAW-OFFICE"])"));
  Folded folded(scribe);
  const Lines open = exceptions(folded.views);
  REQUIRE(open.size() == 3);
  CHECK(open[0] == "allocation_on_withdrawn_need/A-2024-02 open");
  CHECK(open[1] == "receipt_without_dispatch/C-2024-99 resolved");
  CHECK(open[2].starts_with("undocumented_valuation/"));
}

TEST_CASE("withdrawn, lapsed, terminated and released rests have their names on the ladder") {
  Scribe scribe;
  scribe.record_all(public_record());
  scribe.record(event_text("PledgeWithdrawn", "EE", R"({"pledge":"EE-2025","reason":"r"})"));
  scribe.record(
      event_text("PledgeLapsed", "WARSAW-OFFICE", R"({"pledge":"SE-2025","reason":"r"})"));
  scribe.record(kAllocation3);
  scribe.record(
      event_text("AllocationConsented", "PL", R"({"allocation":"A-2024-03","side":"donor"})"));
  scribe.record(
      event_text("AllocationConsented", "UA", R"({"allocation":"A-2024-03","side":"recipient"})"));
  scribe.record(
      event_text("AllocationReleased", "WARSAW-OFFICE",
                 R"({"allocation":"A-2024-03","value":)" + eur("1000.00") + R"(,"reason":"r"})"));
  scribe.record(
      event_text("CommitmentTerminated", "PL", R"({"commitment":"PL-2024-C1","reason":"r"})"));
  Folded folded(scribe);
  CHECK(ladder_lines(folded.views, "EE")[1].ends_with(" withdrawn=500000.00"));
  CHECK(ladder_lines(folded.views, "SE")[0].ends_with(" lapsed=135000000.00"));
  CHECK(ladder_lines(folded.views, "PL")[0] ==
        "2024 EUR 120000.00 120000.00 0.00 92000.00 90000.00 87000.00 81000.00 75000.00 "
        "terminated=27000.00 released=1000.00 "
        "undispatched=2000.00 lost=3000.00 rejected=6000.00 not_in_service=6000.00");
}
