// StatePace: how long an office proposes no point for a state note after it has computed a root.
// Pure. A root reads every record, so that what is due by the number of events costs more and more
// for each of them; by this all that an office proposes costs it at most a twenty-first of a core,
// and what the other one names as much again.
#pragma once

#include <algorithm>

#include "events/strong.h"

namespace tallinn {

class StatePace {
 public:
  void began(UnixMillis now) { began_ = now; }
  void ended(UnixMillis now) {
    ended_ = now;
    const std::int64_t took = std::max<std::int64_t>(0, now.value() - began_.value());
    rests_until_ = UnixMillis(now.value() + kTimesAsLong * took);
  }
  /// A clock that was set back ends the rest.
  bool rests(UnixMillis now) const { return ended_ <= now && now < rests_until_; }

 private:
  static constexpr std::int64_t kTimesAsLong = 20;

  UnixMillis began_;
  UnixMillis ended_;
  UnixMillis rests_until_;
};

}  // namespace tallinn
