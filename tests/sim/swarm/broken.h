// What a run counts, and how it ends when a promise is broken. Values.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "tests/sim/swarm/plan.h"

namespace tallinn::swarm {

/// What is checked, each by a checker of that name (checkers.h and others).
enum class Promise : std::uint8_t {
  acknowledged,  ///< what was answered is there, or the node does not append
  order,         ///< Lamport times, `seen`, signatures, homes: of every entry, once
  settled,       ///< what is settled stays so, alike at every node, and every office holds it
  equal,         ///< equal sets of entries have equal views, roots and exceptions
  rebuilt,       ///< what was folded step by step is what the entries make anew
  conservation,  ///< what went in is what is where; no balance is overdrawn
  one_history,   ///< no office signs two histories in one epoch, or more than it holds
  evidence,      ///< every contradiction is found and kept, and nobody honest is accused
  receipts,      ///< receipts and bundles issued so far verify
  refused,       ///< what must not be taken is not
  erased,        ///< a value that was erased is at no office, and in no file of one
  stays_whole,   ///< a store fails only when its disk does, and then for good
  liveness,      ///< all is settled once the faults have ended
};
inline constexpr std::size_t kPromises = static_cast<std::size_t>(Promise::liveness) + 1;
inline constexpr std::array<std::string_view, kPromises> kPromiseNames = {
    "acknowledged", "order",    "settled", "equal",  "rebuilt",     "conservation", "one_history",
    "evidence",     "receipts", "refused", "erased", "stays_whole", "liveness"};

struct Broken : std::runtime_error {
  Broken(Promise promise, const std::string& what)
      : std::runtime_error(std::string(kPromiseNames[static_cast<std::size_t>(promise)]) + ": " +
                           what) {}
};

/// Sums of a run, or of many.
struct Tally {
  std::uint64_t seeds = 0;
  std::uint64_t steps = 0;
  std::uint64_t events = 0;   ///< recorded
  std::uint64_t refused = 0;  ///< submissions
  std::uint64_t sessions = 0;
  std::uint64_t epochs = 0;          ///< opened after the first
  std::uint64_t contradictions = 0;  ///< offices that signed two histories, by a clone or a thief
  std::uint64_t simulated_ms = 0;
  std::array<std::uint64_t, kTroubles> faults{};
  std::array<std::uint64_t, kPromises> checks{};

  void add(const Tally& other) {
    seeds += other.seeds;
    steps += other.steps;
    events += other.events;
    refused += other.refused;
    sessions += other.sessions;
    epochs += other.epochs;
    contradictions += other.contradictions;
    simulated_ms += other.simulated_ms;
    for (std::size_t i = 0; i < kTroubles; ++i) faults[i] += other.faults[i];
    for (std::size_t i = 0; i < kPromises; ++i) checks[i] += other.checks[i];
  }
  void count(Trouble trouble) { ++faults[static_cast<std::size_t>(trouble)]; }
  /// Throws Broken unless it holds.
  void require(bool holds, Promise promise, const std::string& what) {
    ++checks[static_cast<std::size_t>(promise)];
    if (!holds) throw Broken(promise, what);
  }
};

}  // namespace tallinn::swarm
