#include "net/lag_clock.h"

namespace tallinn {

void LagClock::look(UnixMillis now, const std::vector<HeldLog>& ours,
                    const std::vector<HeldLog>& peers) {
  while (!marks_.empty() && missing_from(peers, marks_.front().held) == 0) marks_.pop_front();
  if (missing_from(peers, ours) == 0) return;
  const bool steps = marks_.empty() || now.value() >= marks_.back().at.value() + kLagStepMs;
  if (steps && !marks_.empty() && missing_from(marks_.back().held, ours) == 0) return;
  if (steps && marks_.size() < kLagMarks)
    marks_.push_back({now, ours});
  else
    marks_.back().held = ours;
}

std::optional<UnixMillis> LagClock::behind_since() const {
  if (marks_.empty()) return std::nullopt;
  return marks_.front().at;
}

}  // namespace tallinn
