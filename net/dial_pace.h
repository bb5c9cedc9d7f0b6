// DialPace: how long to wait before a peer is dialled again: from kFirstMs on a quarter longer each
// time, up to kLongestMs, with jitter, so that many who lost one peer do not come back at once. It
// grows slowly: a link that is there for one second in two is met in each of them. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

namespace tallinn {

class DialPace {
 public:
  static constexpr std::int64_t kFirstMs = 250;
  static constexpr std::int64_t kLongestMs = 5'000;

  /// The pause before the next attempt; `random` in [0, 1) leaves half of it or more.
  std::int64_t next_ms(double random) {
    const auto pause =
        static_cast<std::int64_t>(static_cast<double>(pause_ms_) * (0.5 + random / 2));
    pause_ms_ = std::min(pause_ms_ + pause_ms_ / 4, kLongestMs);
    return pause;
  }
  /// The peer can be reached: only the link broke.
  void begin_anew() { pause_ms_ = kFirstMs; }
  bool at_first() const { return pause_ms_ == kFirstMs; }

 private:
  std::int64_t pause_ms_ = kFirstMs;
};

}  // namespace tallinn
