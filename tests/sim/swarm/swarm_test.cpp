// The swarm of seeds within the ordinary tests: a few of them here; many by
// `tools/test` and `tools/test --soak` (main.cpp).
#include <doctest/doctest.h>

#include "tests/sim/seeds.h"
#include "tests/sim/swarm/run.h"

namespace tallinn::swarm {

TEST_CASE("no seed of the swarm breaks a promise") {
  Tally tally;
  const std::uint64_t seeds = sim::seed_count() / 4;  // each is a long run
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    REQUIRE_NOTHROW(run_seed(seed, 0, tally));
  }
  CHECK(tally.events > seeds);
}

TEST_CASE("a seed repeats its run exactly, and another seed makes another run") {
  const auto digest = [](std::uint64_t seed) {
    Tally tally;
    return run_seed(seed, 60, tally);
  };
  CHECK(digest(7) == digest(7));
  CHECK(digest(7) != digest(8));
}

}  // namespace tallinn::swarm
