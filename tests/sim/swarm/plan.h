// Plan: what one seed picks before a run begins: which faults there are and how often, how the
// network is, what the clients do. Swarm testing (Groce et al. 2012): a run with few kinds of fault
// goes where a run with all of them never comes. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "tools/generator/history.h"

namespace tallinn::swarm {

enum class Trouble : std::uint8_t {
  partition,            ///< a link is cut, both ways
  one_way,              ///< what is sent one way waits
  drop,                 ///< bytes within a session are lost
  duplicate,            ///< bytes within a session come twice
  reorder,              ///< bytes within a session change places
  flip,                 ///< a bit on the wire is another one
  slow_link,            ///< seconds instead of milliseconds
  slow_peer,            ///< a node takes seconds to read
  kill,                 ///< the process ends; its files are whole
  power_cut,            ///< what was not synced is gone, or torn
  disk_fails,           ///< a write or sync fails, and all after it; then the power is cut
  disk_full,            ///< the same, for lack of room
  disk_rolled_back,     ///< the store of an earlier time, under the anchor of now
  anchor_rolled_back,   ///< the anchor of an earlier time, beside the store of now
  disk_lost,            ///< an empty store under the anchor of now
  machine_rolled_back,  ///< store and anchor of an earlier time: nothing local can tell
  machine_cloned,       ///< a second node with the same keys and data runs on
  clock_jumps,          ///< a clock is years off
  hostile_client,       ///< changed, forged and conflicting submissions
  hostile_peer,         ///< batches that no honest office makes, under its own signature
  hostile_key,          ///< an office's key in other hands signs a second history
  erasure,              ///< a value that an event withholds is erased for good
  replay,               ///< notes and batches of earlier come again, to anybody
  rebuild,              ///< the views are made anew between two runs of a node
  rebuild_beside,       ///< the views are made anew beside a running node
};
inline constexpr std::size_t kTroubles = static_cast<std::size_t>(Trouble::rebuild_beside) + 1;
std::string_view spell(Trouble trouble);

struct Plan {
  std::uint64_t seed = 0;
  unsigned steps = 0;
  /// Of a thousand: for what happens to bytes, pieces of a stream; for the others, steps.
  std::array<unsigned, kTroubles> chance{};
  std::int64_t most_delay_ms = 40;
  std::int64_t most_pause_ms = 2'000;  ///< between two steps
  unsigned before = 0;                 ///< events handed in before the first step, without faults
  unsigned submitting_percent = 70;    ///< of steps in which clients record something
  unsigned rush_percent = 10;          ///< of these, many events at once
  std::size_t unlucky = 0;             ///< the office that may lose what it has said, or its key
  std::uint64_t state_every = 16;
  generator::HistoryOptions history;

  unsigned of(Trouble trouble) const { return chance[static_cast<std::size_t>(trouble)]; }
};
/// `steps`: 0 lets the seed choose.
Plan plan_of(std::uint64_t seed, unsigned steps);
/// One line: the faults that there are, and how many in a thousand.
std::string told(const Plan& plan);

}  // namespace tallinn::swarm
