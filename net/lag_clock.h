// LagClock: since when a peer lacks something that this node holds: how old the oldest such entry
// is here. Pure; one caller at a time. Time is told in steps of kLagStepMs, so that a peer who is
// followed by thousands of entries a second costs a few marks; of a peer who has lacked entries for
// longer than kLagMarks of them the newest marks grow coarser, the oldest stays.
#pragma once

#include <deque>

#include "ledger/held_logs.h"

namespace tallinn {

inline constexpr std::int64_t kLagStepMs = 20;
inline constexpr std::size_t kLagMarks = 256;

class LagClock {
 public:
  /// What both hold now. A peer holds no less than before, or it is another one.
  void look(UnixMillis now, const std::vector<HeldLog>& ours, const std::vector<HeldLog>& peers);
  std::optional<UnixMillis> behind_since() const;

 private:
  struct Mark {
    UnixMillis at;              ///< when the first of it was here
    std::vector<HeldLog> held;  ///< what was here before the next mark
  };
  std::deque<Mark> marks_;  ///< oldest first; the peer lacks something of each
};

}  // namespace tallinn
