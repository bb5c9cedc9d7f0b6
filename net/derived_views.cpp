#include "net/derived_views.h"

#include "ledger/store_log.h"

namespace tallinn {

void DerivedViews::put_undo(const Position& position, const std::vector<Change>& undo) {
  undo_.put(Family::undo, position_key(position), encode_undo(undo));
}

Stored<void> DerivedViews::spill_when_full() {
  if (views_.changes().size() < changes_at_once_) return {};
  return begin_to_write();
}

Stored<void> DerivedViews::begin_to_write() {
  if (auto ended = end_writing(); !ended) return ended;
  writing_.take_changes_of(views_);
  written_ = std::async(std::launch::async, [this, batch = std::exchange(undo_, Batch())] mutable {
    put_changes(batch, writing_);
    return store_.commit_derived(std::move(batch));
  });
  return {};
}

Stored<void> DerivedViews::end_writing() {
  if (stored_.fault()) return std::unexpected(*stored_.fault());
  if (!written_.valid()) return {};
  if (auto written = written_.get(); !written) return written;
  cache_.written(writing_.changes());
  writing_.clear();
  return {};
}

Stored<void> DerivedViews::finish() {
  if (auto begun = begin_to_write(); !begun) return begun;
  if (auto ended = end_writing(); !ended) return ended;
  return store_.flush();
}

}  // namespace tallinn
