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

}  // namespace tallinn::sim
