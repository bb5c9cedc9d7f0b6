// BatchPace: how many bytes the next batch for a peer should have, so that on any link one batch
// takes seconds: each session begins with little and goes by what the link has carried, and a batch
// that was acknowledged need not be sent again when the link breaks. Pure.
#pragma once

#include <algorithm>

#include "net/batch.h"

namespace tallinn {

class BatchPace {
 public:
  static constexpr std::size_t kLeastBytes = 16u << 10;
  static constexpr std::int64_t kQuickMs = 5'000;  ///< then the next may be twice as large
  static constexpr std::int64_t kSlowMs = 10'000;  ///< then the next is half as large

  std::size_t bytes() const { return bytes_; }
  /// A batch of `bytes` (`batch_bytes`) was acknowledged `took_ms` after it was made.
  void on_ack(std::size_t bytes, std::int64_t took_ms) {
    if (took_ms < kQuickMs)
      bytes_ = std::clamp(bytes * 2, bytes_, kMaxBatchBytes);
    else if (took_ms > kSlowMs)
      bytes_ = std::clamp(bytes / 2, kLeastBytes, bytes_);
  }

 private:
  std::size_t bytes_ = kLeastBytes;
};

}  // namespace tallinn
