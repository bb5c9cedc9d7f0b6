// RebuildBeside: the views made anew beside a node that goes on admitting, folding and answering,
// in steps of the caller's; docs/decisions/0026. Shell, but deterministic: no clock, and what its
// store holds is all that it depends on. One caller at a time, on any thread; the store may be
// written to meanwhile. Memory: as DerivedViews, with few changes at once.
//
// It folds every entry that the store held when it began, then in further rounds what has come
// since, taking back what that stands before; compares what it has made with the views that are
// read, at one moment of the store; and leaves the last few entries to whoever writes the store,
// who puts it in place.
#pragma once

#include <memory>

#include "ledger/differences.h"
#include "ledger/store_next.h"
#include "net/derived_views.h"
#include "net/ordered.h"
#include "projections/roster.h"

namespace tallinn {

class RebuildBeside {
 public:
  /// `store` and `charter` outlive it; the store's views are whole, and of this program's rules.
  static Stored<std::unique_ptr<RebuildBeside>> begin(Store& store, const Charter& charter);

  enum class Phase : std::uint8_t { folding, taking_back, comparing, ready };
  /// Does some of what is next: at most `most` entries or records. When ready: looks for entries
  /// that have come since. A Fault is final; the store is as it was.
  Stored<Phase> step(std::size_t most);

  /// What is left, for the store's one writer, with nothing of his own under way: the changes that
  /// `Store::commit_next` takes with `next()`. Nothing: more than `most` entries are left, and
  /// steps have to go on. Cost: of folding these. Only when ready; when it has answered, it has
  /// done its work.
  Stored<std::optional<Batch>> last_step(std::size_t most);
  NextGeneration& next() { return *next_; }

  /// Entries folded so far, of those that the store held when last looked at.
  struct Progress {
    Phase phase = Phase::folding;
    std::uint64_t done = 0;
    std::uint64_t entries = 0;
  };
  Progress progress() const;
  /// Where the views that are read were not what the entries say.
  const Differences& differences() const { return differences_; }
  /// What the new views lead to, once `last_step` has answered.
  const Roster& roster() const { return roster_; }

 private:
  RebuildBeside(Store& store, const Charter& charter) : store_(store), charter_(charter) {}

  /// Entries of `reader` beyond those folded.
  struct Left {
    std::optional<Position> from;  ///< the first place of one that counts
    std::uint64_t entries = 0;     ///< from there on, also of those folded
  };
  Stored<Left> left_in(const StoreReader& reader) const;
  Stored<void> start_over();
  Stored<void> start_round();
  Stored<void> end_round();
  Stored<void> fold_some(std::size_t most);
  Stored<void> fold_next(const OrderedEntry& entry);
  Stored<void> take_back_some(std::size_t most);
  Stored<void> start_comparing();
  Stored<void> compare_some_more(std::size_t most);
  Stored<void> get_ready();

  Store& store_;
  const Charter& charter_;
  std::unique_ptr<NextGeneration> next_;
  std::unique_ptr<DerivedViews> derived_;
  Phase phase_ = Phase::folding;
  Differences differences_;

  // The moment of the store that is worked towards.
  std::unique_ptr<StoreReader> snapshot_;
  std::vector<HeldLog> held_;
  Roster read_there_;  ///< as the views that are read have it
  std::optional<OrderedEntries> entries_;

  // What is folded.
  std::optional<Roster> seals_;  ///< found by a first pass that went past one
  CountedEntries counted_;
  Roster roster_;  ///< after the first round
  Position undoable_from_;
  std::optional<Position> last_;
  std::uint64_t done_ = 0;
  unsigned rounds_ = 0;

  Position back_to_;
  Bytes back_below_;  ///< key: undo records from there on are taken back
  Family compared_family_ = Family::views;
  Bytes compared_to_;
  enum class Comparison : std::uint8_t { due, done } comparison_ = Comparison::due;
};

}  // namespace tallinn
