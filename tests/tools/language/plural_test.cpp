#include "tools/language/plural.h"

#include <doctest/doctest.h>

#include <string>

#include "tools/language/tell.h"

using namespace tallinn;

TEST_CASE("a noun has the form that its number asks for") {
  struct Row {
    std::uint64_t count;
    const char* english;
    const char* ukrainian;
  };
  for (const Row& row :
       {Row{0, "0 bytes", "0 байтів"}, Row{1, "1 byte", "1 байт"}, Row{2, "2 bytes", "2 байти"},
        Row{4, "4 bytes", "4 байти"}, Row{5, "5 bytes", "5 байтів"},
        Row{11, "11 bytes", "11 байтів"}, Row{12, "12 bytes", "12 байтів"},
        Row{14, "14 bytes", "14 байтів"}, Row{21, "21 bytes", "21 байт"},
        Row{22, "22 bytes", "22 байти"}, Row{25, "25 bytes", "25 байтів"},
        Row{101, "101 bytes", "101 байт"}, Row{111, "111 bytes", "111 байтів"},
        Row{112, "112 bytes", "112 байтів"}, Row{1000, "1,000 bytes", "1\u00a0000 байтів"},
        Row{1002, "1,002 bytes", "1\u00a0002 байти"}}) {
    CAPTURE(row.count);
    const auto told_in = [&](Language language) {
      return tell(language, "{0}: {1:count} {1:byte|bytes}", "f", row.count);
    };
    CHECK(told_in(Language::english) == "f: " + std::string(row.english));
    CHECK(told_in(Language::ukrainian) == "f: " + std::string(row.ukrainian));
  }
}

TEST_CASE("English has two forms and Ukrainian three") {
  CHECK(plural_forms(Language::english) == 2);
  CHECK(plural_forms(Language::ukrainian) == 3);
  CHECK(plural_form(Language::english, 1) == 0);
  CHECK(plural_form(Language::english, 21) == 1);
  CHECK(plural_form(Language::ukrainian, 21) == 0);
  CHECK(plural_form(Language::ukrainian, 12'312) == 2);
}
