#include "tools/duration.h"

#include <doctest/doctest.h>

using namespace tallinn;
using std::chrono::seconds;

TEST_CASE("a duration is a whole number with one unit, and nothing else") {
  CHECK(parse_duration("90s") == seconds(90));
  CHECK(parse_duration("30m") == seconds(1'800));
  CHECK(parse_duration("24h") == seconds(86'400));
  CHECK(parse_duration("7d") == seconds(604'800));
  CHECK(parse_duration("0s") == seconds(0));
  for (const char* bad : {"", "s", "5", "5 m", "-5m", "05m", "1.5h", "5M", "5min", "9999999999999d",
                          "18446744073709551615s"})
    CHECK_MESSAGE(!parse_duration(bad), bad);
}

TEST_CASE("a duration is told by its two greatest parts") {
  CHECK(format_duration(seconds(0)) == "0 s");
  CHECK(format_duration(seconds(-3)) == "0 s");
  CHECK(format_duration(seconds(12)) == "12 s");
  CHECK(format_duration(seconds(60)) == "1 min");
  CHECK(format_duration(seconds(3 * 3'600 + 20 * 60 + 59)) == "3 h 20 min");
  CHECK(format_duration(seconds(86'400)) == "1 d");
  CHECK(format_duration(seconds(86'400 + 5)) == "1 d 0 h");
}
