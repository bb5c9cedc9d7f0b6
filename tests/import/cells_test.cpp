#include "tools/import/cells.h"

#include <doctest/doctest.h>

using namespace tallinn;

namespace {

std::string or_refused(const CellText& text) {
  return text.value_or("refused");
}

}  // namespace

TEST_CASE("amounts are read by their decimal sign and whole groups of three digits only") {
  struct Example {
    std::string_view cell, plain;
    NumberStyle style;
  };
  const NumberStyle english{.decimal = '.', .group = ","};
  const NumberStyle estonian{.decimal = ',', .group = " "};
  const NumberStyle german{.decimal = ',', .group = "."};
  const NumberStyle bare{};
  const Example examples[] = {
      {"1234.5", "1234.5", bare},
      {"-12", "-12", bare},
      {"007", "7", bare},
      {"0", "0", bare},
      {"0.50", "0.50", bare},
      {"1,234,567.89", "1234567.89", english},
      {"1234567.89", "1234567.89", english},
      {"1 234,50", "1234.50", estonian},
      {"1\xC2\xA0"
       "234,50",
       "1234.50", estonian},
      {"1\xE2\x80\xAF"
       "234",
       "1234", estonian},
      {"1.234,50", "1234.50", german},
      {"1.23", "refused", german},
      {"12,34.5", "refused", english},
      {"1234,567", "refused", english},
      {",123", "refused", english},
      {"1,234,", "refused", english},
      {"1,234.5", "refused", bare},
      {"1.2.3", "refused", bare},
      {"12.", "refused", bare},
      {".5", "refused", bare},
      {"EUR 5", "refused", bare},
      {"1e5", "refused", bare},
      {"--5", "refused", bare},
      {"", "refused", bare},
  };
  for (const Example& example : examples) {
    CAPTURE(example.cell);
    CHECK(or_refused(plain_amount(example.cell, example.style)) == example.plain);
  }
}

TEST_CASE("whole numbers have no sign, no decimals and at most fifteen digits") {
  const NumberStyle style{.decimal = ',', .group = " "};
  CHECK(or_refused(plain_count("1 200", style)) == "1200");
  CHECK(or_refused(plain_count("0012", style)) == "12");
  for (const char* cell : {"", "1,5", "-1", "twelve", "1234567890123456"})
    CHECK_MESSAGE(!plain_count(cell, style), cell);
}

TEST_CASE("dates are read in the order of their pattern only") {
  struct Example {
    std::string_view cell, pattern, plain;
  };
  const Example examples[] = {
      {"2024-12-05", "YYYY-MM-DD", "2024-12-05"}, {"05.12.2024", "DD.MM.YYYY", "2024-12-05"},
      {"5.2.2024", "DD.MM.YYYY", "2024-02-05"},   {"12/05/2024", "MM/DD/YYYY", "2024-12-05"},
      {"5.12.24", "DD.MM.YYYY", "refused"},       {"5.12.2024 10:00", "DD.MM.YYYY", "refused"},
      {"5/12/2024", "DD.MM.YYYY", "refused"},     {"2024-12-05", "DD.MM.YYYY", "refused"},
      {"005.12.2024", "DD.MM.YYYY", "refused"},   {"", "DD.MM.YYYY", "refused"},
  };
  for (const Example& example : examples) {
    CAPTURE(example.cell);
    CHECK(or_refused(plain_date(example.cell, example.pattern)) == example.plain);
  }
}

TEST_CASE("a date pattern has a year, a month and a day with one sign between them") {
  for (const char* pattern : {"YYYY-MM-DD", "DD.MM.YYYY", "MM/DD/YYYY"})
    CHECK_MESSAGE(valid_date_pattern(pattern), pattern);
  for (const char* pattern : {"", "YYYY-MM", "YYYYMMDD", "DD.MM.YY", "DD.DD.YYYY", "DD.MM.YYYY.",
                              "DD.MM. YYYY", "YYYY-MM-DD DD", "DD0MM0YYYY"})
    CHECK_MESSAGE(!valid_date_pattern(pattern), pattern);
}
