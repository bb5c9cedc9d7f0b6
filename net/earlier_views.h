// EarlierViews: the views as they stood at an earlier standpoint (projections/standpoint.h), folded
// anew from the entries. Shell: scratch stores below TMPDIR. Thread-safe; one fold at a time,
// whoever asks meanwhile waits. The last few are kept, so that pages and figures of one report are
// folded once. Cost of a new one: that of a rebuild up to there (docs/performance.md).
#pragma once

#include <list>
#include <mutex>

#include "ledger/store_scratch.h"
#include "net/head.h"
#include "projections/standpoint.h"

namespace tallinn {

struct EarlierView {
  std::unique_ptr<ScratchStore> scratch;
  std::vector<HeldLog> known;  ///< of each log what counts: asked for by these, it comes out again
};

class EarlierViews {
 public:
  explicit EarlierViews(Charter charter) : charter_(std::move(charter)) {}

  /// Error not_found when `head` does not hold as much as the standpoint names, unavailable when
  /// there is no room to fold in or the entries cannot be read. The answer outlives this object.
  Result<std::shared_ptr<const EarlierView>> at(const Head& head, const Standpoint& standpoint);

 private:
  struct Kept {
    Standpoint standpoint;
    std::vector<HeldLog> held;  ///< empty when the standpoint names sizes
    std::shared_ptr<const EarlierView> view;
  };

  const Charter charter_;
  std::mutex mutex_;
  std::list<Kept> kept_;  ///< the last asked for first
};

}  // namespace tallinn
