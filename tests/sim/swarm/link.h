// Link: the bytes between two nodes of a simulated run, each way in order as TCP keeps them, and
// what a plan does to them. A session's bytes end with it. One thread.
#pragma once

#include <deque>

#include "net/session.h"
#include "tests/sim/swarm/broken.h"
#include "tools/generator/random.h"

namespace tallinn::swarm {

/// The two nodes that a link is between, by number; side 0 and side 1.
using Ends = std::array<std::size_t, 2>;

class Link {
 public:
  Link(Ends between, const Plan& plan) : ends(between), plan_(plan) {}

  const Ends ends;
  std::array<std::unique_ptr<Session>, 2> sessions;
  bool cut = false;             ///< no session begins
  bool keeps_bytes = false;     ///< as TLS does: none is lost or changed any more
  std::array<bool, 2> waits{};  ///< what is sent to that side waits
  std::int64_t slow_until_ms = 0;
  std::int64_t retry_at_ms = 0;

  std::size_t side_of(std::size_t node) const { return ends[0] == node ? 0 : 1; }
  bool touches(std::size_t node) const { return ends[0] == node || ends[1] == node; }
  bool open() const { return sessions[0] != nullptr; }
  /// Both sides have lost it; the next one begins a moment later.
  void drop(std::int64_t now_ms, generator::Random& random) {
    for (auto& session : sessions) session.reset();
    for (auto& way : ways_) way = {};
    retry_at_ms = now_ms + random.between(50, 400);
  }
  /// In pieces, so that frames are cut anywhere. `delay_ms`: beside what the plan says.
  void send(std::size_t to, BytesView bytes, std::int64_t now_ms, std::int64_t delay_ms,
            generator::Random& random, Tally& tally);
  /// When something arrives next; nothing: never, as things are.
  std::optional<std::int64_t> next_at() const;
  struct Arrival {
    std::size_t side;
    Bytes bytes;
  };
  /// What has arrived by now.
  std::optional<Arrival> take(std::int64_t now_ms);

 private:
  struct Piece {
    std::int64_t at_ms;
    Bytes bytes;
  };
  const Plan& plan_;
  std::array<std::deque<Piece>, 2> ways_;  ///< by the side that receives
};

}  // namespace tallinn::swarm
