#include "tools/import/csv.h"

#include <doctest/doctest.h>

using namespace tallinn;

namespace {

using Cells = std::vector<std::vector<std::string>>;

Result<Cells> read(std::string_view text, char delimiter = ',') {
  CsvReader reader(text, delimiter);
  Cells rows;
  while (auto row = reader.next()) {
    if (!*row) return std::unexpected(row->error());
    rows.push_back((*row)->cells);
  }
  return rows;
}

}  // namespace

TEST_CASE("rows are read as RFC 4180 says") {
  struct Example {
    std::string_view text;
    Cells rows;
  };
  const Example examples[] = {
      {"", {}},
      {"a", {{"a"}}},
      {"a,b\n", {{"a", "b"}}},
      {"a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
      {"\xEF\xBB\xBF"
       "a,b\n",
       {{"a", "b"}}},
      {"a,,c\n,\n", {{"a", "", "c"}, {"", ""}}},
      {"\n\r\na\n\n", {{"a"}}},
      {"\"a,b\",c", {{"a,b", "c"}}},
      {"\"say \"\"no\"\"\",\"\"", {{"say \"no\"", ""}}},
      {"\"two\nlines\",x\ny", {{"two\nlines", "x"}, {"y"}}},
      {"кіт, a b \n", {{"кіт", " a b "}}},
  };
  for (const Example& example : examples) {
    CAPTURE(example.text);
    CHECK(read(example.text) == example.rows);
  }
  CHECK(read("a;b,c\n", ';') == Cells{{"a", "b,c"}});
}

TEST_CASE("what could be read in two ways is refused with its line") {
  struct Example {
    std::string_view text, line, why;
  };
  const Example examples[] = {
      {"a\nb\"c\n", "line 2", "a quote inside a cell"},
      {"a\n\"b\"c\n", "line 2", "text after the end of a quoted cell"},
      {"a\n\n\"b\n\nc", "line 3", "does not end"},
      {"\"a\nb\"\n\"c", "line 3", "does not end"},
      {"a\rb\n", "line 1", "carriage return"},
  };
  for (const Example& example : examples) {
    CAPTURE(example.text);
    const auto rows = read(example.text);
    REQUIRE(!rows.has_value());
    CHECK(rows.error().code == Code::malformed);
    CHECK(rows.error().detail.starts_with(example.line));
    CHECK(rows.error().detail.find(example.why) != std::string::npos);
  }
}

TEST_CASE("a row tells the line where it begins, also after cells of several lines") {
  CsvReader reader("a\n\n\"b\nc\"\nd", ',');
  CHECK(reader.next()->value().line == 1);
  CHECK(reader.next()->value().line == 3);
  CHECK(reader.next()->value().line == 5);
}

TEST_CASE("neither the width nor the length of a row is without a bound") {
  CHECK(read(std::string(kMaxCsvColumns - 1, ',')).has_value());
  CHECK(!read(std::string(kMaxCsvColumns, ',')).has_value());
  CHECK(read(std::string(kMaxCsvRowBytes, 'x')).has_value());
  CHECK(!read(std::string(kMaxCsvRowBytes + 1, 'x')).has_value());
  CHECK(!read("\"" + std::string(kMaxCsvRowBytes + 1, 'x') + "\"").has_value());
}

TEST_CASE("after a refusal nothing more is read") {
  CsvReader reader("a\"\nb\n", ',');
  CHECK(!reader.next()->has_value());
  CHECK(!reader.next().has_value());
}
