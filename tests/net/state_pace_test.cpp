#include "net/state_pace.h"

#include <doctest/doctest.h>

using namespace tallinn;

TEST_CASE(
    "after a state root an office rests twenty times as long, and not while the clock is back") {
  StatePace pace;
  CHECK(!pace.rests(UnixMillis(1'000)));
  pace.began(UnixMillis(1'000));
  pace.ended(UnixMillis(1'050));
  CHECK(pace.rests(UnixMillis(1'050)));
  CHECK(pace.rests(UnixMillis(2'049)));
  CHECK(!pace.rests(UnixMillis(2'050)));
  CHECK(!pace.rests(UnixMillis(1'049)));
}

TEST_CASE("a clock that is set back while a state root is computed makes no rest") {
  StatePace pace;
  pace.began(UnixMillis(5'000));
  pace.ended(UnixMillis(4'000));
  CHECK(!pace.rests(UnixMillis(4'000)));
}
