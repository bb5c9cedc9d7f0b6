// An office that ends and goes on in its next epoch, as stories of the simulation tell it.
#pragma once

#include "tests/sim/converged.h"
#include "tests/sim/epoch_lines.h"
#include "tests/sim/office_logs.h"

namespace tallinn::sim {

/// Of a log as far as an office holds it.
inline Change next_epoch(World& world, std::size_t seen_by, LogId log, std::string_view seed,
                         int number) {
  const auto head = world.head(seen_by);
  const LogSize size = head->roster.within({log, head->held_of(log)});
  return change_of(world.charter(), log, size, *StoredLogs(*head->snapshot).root(log, size),
                   head->last, seed, number);
}

/// The public record but for its last `left` lines, known to both.
inline std::vector<std::string> begin_record(World& world, std::size_t left) {
  auto lines = test::public_record();
  world.connect();
  for (std::size_t i = 0; i + left < lines.size(); ++i) {
    REQUIRE(world.record(kKyiv, lines[i]).has_value());
    world.run_ms(150);
  }
  world.run_ms(3'000);
  lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(left));
  return lines;
}

/// While the link is cut, the other office seals the log that `n` can no longer continue, and opens
/// its next one.
inline void lose_and_open(World& world, std::size_t n, const Change& change) {
  world.cut();
  world.crash(n);
  REQUIRE(world.record(1 - n, change.sealed).has_value());
  REQUIRE(world.record(1 - n, change.opened).has_value());
}

/// The office comes with an empty disk and the keys of `seed`, and meets the other one.
inline void meet_anew(World& world, std::size_t n, std::string_view seed) {
  world.replace_disk(n, std::string(seed));
  world.connect();
  world.run_ms(5'000);
}

inline void record_all(World& world, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    const auto admitted = world.record(kKyiv, line);
    REQUIRE_MESSAGE(admitted.has_value(), admitted.error().detail);
    world.run_ms(200);
  }
  world.run_ms(4'000);
}

}  // namespace tallinn::sim
