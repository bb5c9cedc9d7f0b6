#include "net/derived_views.h"

#include "ledger/store_log.h"

namespace tallinn {

void DerivedViews::fold(const Charter& charter, const OrderedEntry& next, Undo undo) {
  if (undo == Undo::keep) views_.begin_undo();
  fold_entry(views_, charter, next);
  if (undo == Undo::keep)
    undo_.put(Family::undo, position_key(next.position), encode_undo(views_.take_undo()));
}

void DerivedViews::take_back(const Position& last, BytesView undo) {
  views_.undo(decode_undo(undo));
  undo_.erase(Family::undo, position_key(last));
}

Stored<void> DerivedViews::spill_when_full() {
  if (views_.changes().size() < changes_at_once_) return {};
  return begin_to_write();
}

Stored<void> DerivedViews::begin_to_write() {
  if (auto ended = end_writing(); !ended) return ended;
  writing_.take_changes_of(views_);
  written_ = std::async(how_to_write_, [this, batch = std::exchange(undo_, Batch())] mutable {
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

Stored<void> DerivedViews::write() {
  if (auto begun = begin_to_write(); !begun) return begun;
  return end_writing();
}

Stored<void> DerivedViews::finish() {
  if (auto written = write(); !written) return written;
  return store_.flush();
}

Stored<Batch> DerivedViews::take_rest() {
  if (auto ended = end_writing(); !ended) return std::unexpected(ended.error());
  put_changes(undo_, views_);
  views_.clear();
  return std::exchange(undo_, Batch());
}

}  // namespace tallinn
