// DerivedViews: views folded into a store that had none, in bounded memory: for rebuilding and for
// auditing. Shell; one caller at a time; what has come together is written on a thread of its own,
// or, when launched deferred, on the caller's. Nothing is durable before `finish`, which the caller
// follows with whatever says that the views are whole. Memory: two times `changes_at_once` records,
// their undo records, and a RecordCache.
#pragma once

#include <future>

#include "net/head.h"
#include "projections/fold.h"
#include "projections/record_cache.h"

namespace tallinn {

class DerivedViews {
 public:
  /// `store` has no views and must outlive it. `changes_at_once` are written together: few, so that
  /// what is being folded stays in the processor's caches.
  explicit DerivedViews(DerivedStore& store, std::size_t changes_at_once = 8'192,
                        std::launch writing = std::launch::async)
      : store_(store),
        changes_at_once_(changes_at_once),
        how_to_write_(writing),
        stored_(store),
        cache_(stored_),
        writing_(cache_),
        views_(static_cast<ViewReader&>(writing_)) {}

  /// What is folded so far, to be read and folded into; every read sees every change.
  Views& views() { return views_; }
  /// A read of the store that failed: what was folded or read from then on means nothing.
  const std::optional<Fault>& fault() const { return stored_.fault(); }
  /// Folds the next entry.
  enum class Undo : std::uint8_t { keep, none };
  void fold(const Charter& charter, const OrderedEntry& next, Undo undo);
  /// The last entry folded, by its undo record.
  void take_back(const Position& last, BytesView undo);
  /// Call between entries: begins to write once enough has come together. Fault: of the store;
  /// final.
  Stored<void> spill_when_full();
  /// Writes the rest.
  Stored<void> write();
  /// Writes the rest and flushes the store.
  Stored<void> finish();
  /// What is not written yet, for the caller to write. Nothing is folded from then on.
  Stored<Batch> take_rest();

 private:
  Stored<void> begin_to_write();
  Stored<void> end_writing();

  DerivedStore& store_;
  const std::size_t changes_at_once_;
  const std::launch how_to_write_;
  StoredViews stored_;
  RecordCache cache_;
  Views writing_;  ///< over what is stored: what is being written
  Views views_;    ///< over that: what is not yet
  Batch undo_;
  std::future<Stored<void>> written_;
};

}  // namespace tallinn
