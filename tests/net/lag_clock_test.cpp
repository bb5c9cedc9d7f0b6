#include "net/lag_clock.h"

#include <doctest/doctest.h>

using namespace tallinn;

namespace {

constexpr LogId kOurLog{OfficeNumber(0), Epoch(1)};
constexpr LogId kTheirLog{OfficeNumber(1), Epoch(1)};

std::vector<HeldLog> held(std::uint64_t kyiv, std::uint64_t warsaw = 0) {
  return {{kOurLog, LogSize(kyiv)}, {kTheirLog, LogSize(warsaw)}};
}

}  // namespace

TEST_CASE(
    "a peer is behind since the oldest entry came that it lacks, however many come after it") {
  LagClock lag;
  lag.look(UnixMillis(0), held(10), held(10));
  CHECK(!lag.behind_since().has_value());
  for (std::uint64_t i = 1; i <= 100; ++i) {  // one each 100 ms; the peer has it 300 ms later
    const UnixMillis now(static_cast<std::int64_t>(100 * i));
    lag.look(now, held(10 + i), held(10 + (i > 3 ? i - 3 : 0)));
    REQUIRE(lag.behind_since().has_value());
    CHECK(now.value() - lag.behind_since()->value() == (i > 3 ? 200 : 100 * (std::int64_t(i) - 1)));
  }
  lag.look(UnixMillis(11'000), held(110), held(110));
  CHECK(!lag.behind_since().has_value());
}

TEST_CASE("entries of any log count, and time goes on while nothing comes") {
  LagClock lag;
  lag.look(UnixMillis(1'000), held(5, 7), held(5, 6));
  lag.look(UnixMillis(9'000), held(5, 7), held(5, 6));
  CHECK(lag.behind_since() == UnixMillis(1'000));
  lag.look(UnixMillis(9'500), held(6, 7), held(5, 7));
  CHECK(lag.behind_since() == UnixMillis(9'500));
}

TEST_CASE("however long a peer lacks entries, since when it does stays known, within bounds") {
  LagClock lag;
  for (std::int64_t ms = 0; ms < 60'000; ++ms)
    lag.look(UnixMillis(ms), held(static_cast<std::uint64_t>(ms) + 1), held(0));
  CHECK(lag.behind_since() == UnixMillis(0));
  lag.look(UnixMillis(60'000), held(60'000), held(59'999));  // the newest marks are coarse by now
  REQUIRE(lag.behind_since().has_value());
  CHECK(lag.behind_since()->value() < 60'000);
  lag.look(UnixMillis(60'001), held(60'000), held(60'000));
  CHECK(!lag.behind_since().has_value());
}
