// What two offices must agree on once they have met and the link is quiet.
#pragma once

#include "projections/state_tree.h"
#include "tests/sim/world.h"

namespace tallinn::sim {

inline constexpr std::size_t kKyiv = 0;
inline constexpr std::size_t kWarsaw = 1;

inline StateRoot root_of(World& world, std::size_t n) {
  StoredViews views(*world.head(n)->snapshot);
  return state_root(views);
}

/// Equal logs, roster and views, all of it settled at both, and a state note that both signed.
inline void check_equal(World& world) {
  const auto kyiv = world.head(kKyiv);
  const auto warsaw = world.head(kWarsaw);
  CHECK(kyiv->held == warsaw->held);
  CHECK(kyiv->roster == warsaw->roster);
  CHECK(kyiv->settled == kyiv->last);
  CHECK(warsaw->settled == warsaw->last);
  CHECK(root_of(world, kKyiv) == root_of(world, kWarsaw));
  CHECK(kyiv->joint_state == kyiv->last);
  CHECK(warsaw->joint_state == warsaw->last);
  CHECK(kyiv->alarms.empty());
  CHECK(warsaw->alarms.empty());
}

/// The same, and each log replicated whole, entry for entry: for ledgers without a seal.
inline void check_converged(World& world) {
  check_equal(world);
  const auto kyiv = world.head(kKyiv);
  const auto warsaw = world.head(kWarsaw);
  for (const HeldLog& log : kyiv->held) {
    CHECK(kyiv->replicated[log.log] == log.size);
    CHECK(warsaw->replicated[log.log] == log.size);
    CHECK(*StoredLogs(*kyiv->snapshot).root(log.log, log.size) ==
          *StoredLogs(*warsaw->snapshot).root(log.log, log.size));
  }
}

/// Records the public record by a client that keeps what was refused for lack of what it builds on,
/// and tries it again; `between()` after each try is what happens to the offices meanwhile. All of
/// it is recorded in the end, and the offices come out equal.
template <class Between>
void record_through(World& world, Between between) {
  world.connect();
  std::vector<std::string> waiting = test::public_record();
  for (int round = 0; round < 2'000 && !waiting.empty(); ++round) {
    const std::size_t at = world.random(std::min<std::size_t>(waiting.size(), 6));
    if (const auto admitted = world.record(world.random(2), waiting[at]); admitted)
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(at));
    world.run_ms(static_cast<std::int64_t>(world.random(60)));
    between();
  }
  CHECK(waiting.empty());
  world.connect();
  world.run_ms(30'000);
  check_converged(world);
}

}  // namespace tallinn::sim
