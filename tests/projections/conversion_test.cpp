#include "projections/conversion.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>

#include "projections/queries.h"
#include "tests/projections/scribe.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

Currency currency(std::string_view code) {
  return parse_currency(code).value();
}

UsedRate rate(std::string_view base, std::string_view quote, std::string text) {
  return {.base = currency(base),
          .quote = currency(quote),
          .rate = DecimalRate(std::move(text)),
          .date = Day(0),
          .source = "test"};
}

std::string rate_of(std::string_view base, std::string_view quote, std::string_view text,
                    std::string_view date) {
  return R"({"type":"ExchangeRateRecorded","author":"WARSAW-OFFICE","occurred":")" +
         std::string(date) + R"(","body":{"base":")" + std::string(base) + R"(","quote":")" +
         std::string(quote) + R"(","rate":")" + std::string(text) + R"(","date":")" +
         std::string(date) + R"(","source":"National Bank of Poland"}})";
}

std::string pledged(std::string_view pledge, std::string_view amount, std::string_view code) {
  return R"({"type":"PledgeAnnounced","author":"EE","occurred":"2026-01-15","body":{"pledge":")" +
         std::string(pledge) + R"(","donor":"EE","year":2026,"value":{"amount":")" +
         std::string(amount) + R"(","currency":")" + std::string(code) +
         R"("},"purpose":"A test","source":{"title":"A test"}}})";
}

struct Rated {
  explicit Rated(const std::vector<std::string>& lines) {
    scribe.record_all(public_record());
    scribe.record_all(lines);
    scribe.fold_into(views);
  }
  Result<boost::json::array> ladder_in(std::string_view code, std::optional<Day> until = {}) {
    return tallinn::ladder_in({views, nullptr, scribe.charter}, PartyId("EE"), code, until);
  }
  Scribe scribe;
  EmptyViews nothing;
  Views views{nothing};
};

/// The row of 2026, in which there is nothing but what a test pledged.
boost::json::object newest_row(const Result<boost::json::array>& rows) {
  REQUIRE_MESSAGE(rows.has_value(), rows.error().detail);
  return rows->back().as_object();
}

}  // namespace

TEST_CASE(
    "known conversions: minor units of both currencies, multiplied or divided, half to even") {
  struct Row {
    std::int64_t minor;
    const char* from;
    UsedRate rate;
    std::int64_t expected;
  };
  for (const Row& row :
       {Row{10'000, "EUR", rate("EUR", "PLN", "4.2563"), 42'563},
        Row{42'563, "PLN", rate("EUR", "PLN", "4.2563"), 10'000},
        Row{100, "EUR", rate("EUR", "JPY", "161.235"), 161},
        Row{161, "JPY", rate("EUR", "JPY", "161.235"), 100},
        Row{1'000, "KWD", rate("KWD", "USD", "3.25"), 325},
        Row{1, "EUR", rate("EUR", "USD", "0.5"), 0}, Row{3, "EUR", rate("EUR", "USD", "0.5"), 2},
        Row{-1, "EUR", rate("EUR", "USD", "0.5"), 0}, Row{-3, "EUR", rate("EUR", "USD", "0.5"), -2},
        Row{1, "USD", rate("EUR", "USD", "3"), 0}, Row{2, "USD", rate("EUR", "USD", "3"), 1}})
    CHECK_MESSAGE(convert(row.minor, currency(row.from), row.rate) == row.expected,
                  row.minor << " " << row.from << " at " << row.rate.rate.value());
}

TEST_CASE("a conversion that leaves 64 bits is told, not wrapped") {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  CHECK(convert(most, currency("EUR"), rate("EUR", "USD", "1")) == most);
  CHECK_FALSE(convert(most, currency("EUR"), rate("EUR", "USD", "1.000000000001")).has_value());
  CHECK(convert(most, currency("EUR"), rate("EUR", "USD", "0.000000000001")) == 9'223'372);
}

TEST_CASE("a year's currencies stand in one row, with each rate that was used") {
  Rated recorded({rate_of("EUR", "PLN", "4.25", "2026-01-02"),
                  rate_of("EUR", "PLN", "4.30", "2026-01-09"), pledged("P1", "100.00", "EUR"),
                  pledged("P2", "860.00", "PLN")});
  const auto total = newest_row(recorded.ladder_in("EUR"));
  CHECK(total.at("year") == 2026);
  CHECK(total.at("currency") == "EUR");
  CHECK(total.at("pledged") == "300.00");
  CHECK(total.at("losses").at("uncommitted") == "300.00");
  CHECK(
      boost::json::serialize(total.at("rates")) ==
      R"([{"base":"EUR","quote":"PLN","rate":"4.30","date":"2026-01-09","source":"National Bank of Poland"}])");
  CHECK(newest_row(recorded.ladder_in("PLN")).at("pledged") == "1290.00");
}

TEST_CASE("as of a day, a rate of a later date is not used") {
  Rated recorded({rate_of("EUR", "PLN", "4.00", "2026-01-02"),
                  rate_of("EUR", "PLN", "5.00", "2026-01-09"), pledged("P2", "20.00", "PLN")});
  CHECK(newest_row(recorded.ladder_in("EUR", parse_day("2026-01-08").value())).at("pledged") ==
        "5.00");
  CHECK(newest_row(recorded.ladder_in("EUR", parse_day("2026-01-09").value())).at("pledged") ==
        "4.00");
  const auto before = recorded.ladder_in("EUR", parse_day("2026-01-01").value());
  REQUIRE_FALSE(before.has_value());
  CHECK(before.error().code == Code::not_found);
}

TEST_CASE("the newer of a pair and its inverse is used, the pair as asked on the same day") {
  Rated recorded({rate_of("EUR", "PLN", "4.00", "2026-01-09"),
                  rate_of("PLN", "EUR", "0.50", "2026-01-02"), pledged("P2", "20.00", "PLN")});
  CHECK(newest_row(recorded.ladder_in("EUR")).at("pledged") == "5.00");
  Rated same({rate_of("EUR", "PLN", "4.00", "2026-01-02"),
              rate_of("PLN", "EUR", "0.50", "2026-01-02"), pledged("P2", "20.00", "PLN")});
  CHECK(newest_row(same.ladder_in("EUR")).at("pledged") == "10.00");
}

TEST_CASE("a pair without a rate, and a code that is none, are named") {
  Rated recorded({pledged("P2", "20.00", "PLN")});
  const auto none = recorded.ladder_in("USD");
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().field == "in");
  CHECK(none.error().detail.find("USD") != std::string::npos);
  CHECK(recorded.ladder_in("EURO").error().code == Code::invalid_value);
}
