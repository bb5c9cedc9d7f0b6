#include "ledger/text_lines.h"

#include <doctest/doctest.h>

using namespace tallinn;

TEST_CASE("a decimal has one spelling and fits 64 bits") {
  CHECK(parse_decimal("0") == 0);
  CHECK(parse_decimal("18446744073709551615") == UINT64_MAX);
  for (std::string_view bad :
       {"", "00", "01", "+1", "-1", " 1", "1 ", "1x", "18446744073709551616"})
    CHECK_MESSAGE(!parse_decimal(bad), bad);
}

TEST_CASE("lines and words come off in order, and an unfinished line does not") {
  std::string_view text = "a b\n\nrest";
  CHECK(take_line(text) == "a b");
  CHECK(take_line(text) == "");
  CHECK_FALSE(take_line(text));
  CHECK(text == "rest");
  CHECK(split_words("a  b") == std::vector<std::string_view>{"a", "", "b"});
  CHECK(split_words("") == std::vector<std::string_view>{""});
  CHECK(after_keyword("size 5", "size") == "5");
  CHECK_FALSE(after_keyword("sizes 5", "size"));
  CHECK_FALSE(after_keyword("size", "size"));
  std::string_view pairs = "size 5\nroot x\nrest";
  CHECK(take_value(pairs, "size") == "5");
  CHECK_FALSE(take_value(pairs, "size"));
  CHECK(pairs == "rest");
}
