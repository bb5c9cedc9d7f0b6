// Money by ISO 4217 exponent and dates with their precision: tables of what is understood and what
// is refused.
#include <doctest/doctest.h>

#include "events/date.h"
#include "events/money.h"
#include "events/text.h"
#include "events/uuid.h"

namespace tallinn {

TEST_CASE("amounts follow the exponent of their currency") {
  struct Row {
    const char* text;
    const char* currency;
    std::int64_t minor;
    const char* printed;
  };
  const Row rows[] = {{"500000.00", "EUR", 50'000'000, "500000.00"},
                      {"0.5", "EUR", 50, "0.50"},
                      {"-3", "EUR", -300, "-3.00"},
                      {"1000", "JPY", 1000, "1000"},
                      {"1.234", "KWD", 1234, "1.234"},
                      {"0.01", "SEK", 1, "0.01"}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const Currency currency = *parse_currency(row.currency);
    CHECK(parse_amount(row.text, currency)->value() == row.minor);
    CHECK(format_amount(AmountMinor(row.minor), currency) == row.printed);
  }
}

TEST_CASE("what is not an amount of its currency is refused") {
  const Currency eur = *parse_currency("EUR");
  for (const char* bad : {"", "-", ".", "1.", ".5", "1.005", "01", "1,5", "1e3", "+1", " 1", "-0",
                          "10000000000000.01", "99999999999999999999"}) {
    CAPTURE(bad);
    const auto amount = parse_amount(bad, eur);
    REQUIRE_FALSE(amount.has_value());
    CHECK(amount.error().code == Code::invalid_value);
  }
  CHECK_FALSE(parse_amount("1.5", *parse_currency("JPY")).has_value());
  const std::string no_currency(3, 'X');  // ISO 4217's code for it
  for (const char* bad : {"", "eur", "EURO", no_currency.c_str(), "DEM"})
    CHECK_FALSE(parse_currency(bad).has_value());
}

TEST_CASE("dates print as they were read, with their precision") {
  struct Row {
    const char* text;
    std::int64_t millis;
    Precision precision;
  };
  const Row rows[] = {{"2024-12", 1'733'011'200'000, Precision::month},
                      {"2024-12-11", 1'733'875'200'000, Precision::day},
                      {"1970-01-01T00:00:00Z", 0, Precision::instant},
                      {"2024-12-11T09:30:00+02:00", 1'733'902'200'000, Precision::instant},
                      {"2024-02-29T23:59:59.250-05:30", 1'709'270'999'250, Precision::instant}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto when = parse_when(row.text);
    REQUIRE(when.has_value());
    CHECK(when->millis.value() == row.millis);
    CHECK(when->precision == row.precision);
    CHECK(format_when(*when) == row.text);
  }
}

TEST_CASE("what is not one spelling of a date is refused") {
  for (const char* bad :
       {"", "2024", "2024-1", "2024-13", "2024-02-30", "2023-02-29", "1969-12-31", "2200-01-01",
        "2024-12-11T09:30Z", "2024-12-11T24:00:00Z", "2024-12-11T09:30:00", "2024-12-11 09:30:00Z",
        "2024-12-11T09:30:00.000Z", "2024-12-11T09:30:00+00:00", "2024-12-11x"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_when(bad).has_value());
  }
  CHECK_FALSE(parse_day("2024-12").has_value());
  CHECK(format_day(*parse_day("2024-12-31")) == "2024-12-31");
}

TEST_CASE("text is NFC UTF-8 without controls") {
  CHECK(valid_text("Естонія, Київ"));
  CHECK(valid_text("é"));
  for (const char* bad : {"e\xcc\x81", "a\nb", "\x7f", "\xc2\x80", "\xc0\xaf", "\xed\xa0\x80",
                          "\xff", "\xf4\x90\x80\x80"}) {
    CAPTURE(bad);
    CHECK_FALSE(valid_text(bad));
  }
}

TEST_CASE("a UUIDv7 carries its time and reads back") {
  const std::array<std::uint8_t, 10> random{0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6};
  const Uuid id = make_uuid(UnixMillis(0x0193b303f000), random);
  CHECK(format_uuid(id) == "0193b303-f000-7fff-bfff-010203040506");
  CHECK(parse_uuid(format_uuid(id)) == id);
  for (const char* bad :
       {"0193b303-f000-4fff-bfff-010203040506", "0193b303-f000-7fff-3fff-010203040506",
        "0193B303-f000-7fff-bfff-010203040506", "0193b303f0007fffbfff010203040506"})
    CHECK_FALSE(parse_uuid(bad).has_value());
}

}  // namespace tallinn
