#include "tools/language/pattern.h"

#include <doctest/doctest.h>

using namespace tallinn;

namespace {

std::string written(std::string_view pattern, const std::vector<std::string>& arguments) {
  return Pattern::parse(pattern)->write(arguments, Language::english);
}

}  // namespace

TEST_CASE("a pattern reads back the arguments that it wrote") {
  struct Row {
    const char* pattern;
    std::vector<std::string> arguments;
    const char* sentence;
  };
  for (const Row& row :
       std::vector<Row>{{"nothing but words", {}, "nothing but words"},
                        {"{0} of {1}", {"1", "x of y"}, "1 of x of y"},
                        {"{0:count} {0:entry|entries} in {1}", {"1", "a"}, "1 entry in a"},
                        {"{0:count} {0:entry|entries} in {1}", {"12", "a"}, "12 entries in a"},
                        {"{1} before {0}", {"b", "a"}, "a before b"},
                        {"no { column = \"{0}\" } here", {"c"}, "no { column = \"c\" } here"}}) {
    CAPTURE(row.pattern);
    const auto pattern = Pattern::parse(row.pattern);
    REQUIRE(pattern.has_value());
    CHECK(written(row.pattern, row.arguments) == row.sentence);
    const auto read = pattern->read(row.sentence);
    REQUIRE(read.has_value());
    CHECK(*read == row.arguments);
  }
}

TEST_CASE("a place takes only what is of its kind") {
  CHECK(Pattern::parse("{0:count} x")->read("12 x").has_value());
  CHECK_FALSE(Pattern::parse("{0:count} x")->read("-12 x").has_value());
  CHECK(Pattern::parse("{0:money} is left")->read("5.00 EUR is left").has_value());
  CHECK_FALSE(Pattern::parse("{0:money} is left")->read("some is left").has_value());
  CHECK(Pattern::parse("since {0:date}")->read("since 2024-12").has_value());
  CHECK_FALSE(Pattern::parse("since {0:date}")->read("since then").has_value());
  CHECK(Pattern::parse("{0} is {1:word}")->read("it is cancelled").has_value());
  CHECK_FALSE(Pattern::parse("{0} is {1:word}")->read("it is green").has_value());
  CHECK_FALSE(Pattern::parse("{0} x")->read(" x").has_value());
  CHECK_FALSE(Pattern::parse("{0} and {0}")->read("a and b").has_value());
  CHECK(Pattern::parse("{0} and {0}")->read("a and a").has_value());
}

TEST_CASE("a sentence that the pattern did not write as a whole is not read") {
  CHECK_FALSE(Pattern::parse("the log {0}")->read("of the log x").has_value());
  CHECK_FALSE(Pattern::parse("{0} is open")->read("it is open now").has_value());
}

TEST_CASE("reading ends soon for a sentence made to mislead it") {
  const std::string many(4'000, 'a');
  CHECK_FALSE(Pattern::parse("{0}a{1}a{2}a{3}a{4}a{5}b")->read(many).has_value());
}

TEST_CASE("a place of no known kind is refused") {
  CHECK_FALSE(Pattern::parse("{0:colour}").has_value());
  CHECK_FALSE(Pattern::parse("{10}").has_value());
  CHECK_FALSE(Pattern::parse("{0").has_value());
}
