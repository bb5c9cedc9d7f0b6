#include "tools/line_reader.h"

#include <doctest/doctest.h>

#include <sstream>

using namespace tallinn;

TEST_CASE("lines come with their numbers, the last with or without its end") {
  for (const char* text : {"a\n\nb\n", "a\n\nb"}) {
    std::istringstream in(text);
    LineReader lines(in);
    CHECK(lines.next()->text == "a");
    CHECK(lines.next()->text.empty());
    const auto last = lines.next();
    REQUIRE(last.has_value());
    CHECK(last->text == "b");
    CHECK(last->number == 3);
    CHECK(!lines.next().has_value());
  }
}

TEST_CASE("a line over the bound is told and skipped, not kept") {
  std::istringstream in(std::string(kMaxLineBytes, 'x') + "\n" +
                        std::string(kMaxLineBytes + 1, 'y') + "\nz\n");
  LineReader lines(in);
  CHECK(lines.next()->length == LineReader::Line::Length::within);
  const auto long_line = lines.next();
  CHECK(long_line->length == LineReader::Line::Length::too_long);
  CHECK(long_line->text.empty());
  CHECK(lines.next()->text == "z");
}
