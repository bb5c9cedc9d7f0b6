#include "net/dial_pace.h"

#include <doctest/doctest.h>

#include <random>

using namespace tallinn;

TEST_CASE(
    "a link that is there every other second is met within each of them, whatever the jitter") {
  constexpr std::int64_t kMeetMs = 200;  // what a handshake may take
  std::mt19937_64 dice(7);
  std::uniform_real_distribution<double> random(0, 1);
  for (int run = 0; run < 10'000; ++run) {
    DialPace pace;  // the link has just broken, and is there again from 1 s on
    std::int64_t now = 0;
    const int kind = run % 3;  // the shortest pauses, the longest, any
    do now += pace.next_ms(kind == 0 ? 0 : kind == 1 ? 0.999 : random(dice));
    while (now < 1'000);
    CHECK(now <= 2'000 - kMeetMs);
  }
}

TEST_CASE(
    "a peer that is away is dialled no more often than every two and a half seconds, in the end") {
  DialPace pace;
  std::int64_t begun = 0;
  for (int i = 0; i < 20; ++i) begun += pace.next_ms(0.5);
  CHECK(begun < 60'000);
  for (int i = 0; i < 20; ++i) {
    CHECK(pace.next_ms(0) == DialPace::kLongestMs / 2);
    CHECK(pace.next_ms(0.999) > DialPace::kLongestMs * 99 / 100);
  }
  pace.begin_anew();
  CHECK(pace.at_first());
  CHECK(pace.next_ms(0.999) < DialPace::kFirstMs);
}
