#include "tools/language/numbers.h"

#include <doctest/doctest.h>

using namespace tallinn;

namespace {

constexpr Language kEnglish = Language::english;
constexpr Language kUkrainian = Language::ukrainian;

}  // namespace

TEST_CASE("numbers are grouped by thousands, each language in its way") {
  struct Row {
    const char* text;
    const char* english;
    const char* ukrainian;
  };
  for (const Row& row :
       {Row{"0", "0", "0"}, Row{"999", "999", "999"}, Row{"1000", "1,000", "1\u00a0000"},
        Row{"-1234567.5", "-1,234,567.5", "-1\u00a0234\u00a0567,5"},
        Row{"500000.00", "500,000.00", "500\u00a0000,00"}, Row{"-100", "-100", "-100"},
        Row{"1.2.3", "1.2.3", "1.2.3"}, Row{"12a", "12a", "12a"}, Row{"", "", ""},
        Row{"-", "-", "-"}, Row{"5.", "5.", "5."}}) {
    CAPTURE(row.text);
    CHECK(format_number(kEnglish, row.text) == row.english);
    CHECK(format_number(kUkrainian, row.text) == row.ukrainian);
  }
}

TEST_CASE("money keeps its currency behind the number") {
  CHECK(format_money(kEnglish, "500000.00 EUR") == "500,000.00 EUR");
  CHECK(format_money(kUkrainian, "500000.00 EUR") == "500\u00a0000,00\u00a0EUR");
  CHECK(format_money(kUkrainian, "-7 JPY") == "-7\u00a0JPY");
  CHECK(format_money(kUkrainian, "500000.00 euro") == "500000.00 euro");
}

TEST_CASE("dates are written as each language writes them, to the precision that is known") {
  struct Row {
    const char* date;
    const char* english;
    const char* ukrainian;
    const char* english_long;
    const char* ukrainian_long;
  };
  for (const Row& row :
       {Row{"2023-12-20", "20 Dec 2023", "20.12.2023", "20 December 2023",
            "20\u00a0грудня 2023\u00a0р."},
        Row{"2024-05-01", "1 May 2024", "01.05.2024", "1 May 2024", "1\u00a0травня 2024\u00a0р."},
        Row{"2024-12", "Dec 2024", "12.2024", "December 2024", "грудень 2024\u00a0р."},
        Row{"2024-12-11T09:30:00+02:00", "11 Dec 2024 09:30:00+02:00", "11.12.2024 09:30:00+02:00",
            "11 December 2024 09:30:00+02:00", "11\u00a0грудня 2024\u00a0р. 09:30:00+02:00"},
        Row{"2024-13", "2024-13", "2024-13", "2024-13", "2024-13"},
        Row{"yesterday", "yesterday", "yesterday", "yesterday", "yesterday"}}) {
    CAPTURE(row.date);
    CHECK(format_short_date(kEnglish, row.date) == row.english);
    CHECK(format_short_date(kUkrainian, row.date) == row.ukrainian);
    CHECK(format_long_date(kEnglish, row.date) == row.english_long);
    CHECK(format_long_date(kUkrainian, row.date) == row.ukrainian_long);
  }
}
