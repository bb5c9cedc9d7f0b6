// Rebuild: the views made anew from the entries, when there are none yet or the rules have changed.
// Shell. Signatures are not checked again: what is stored was checked when it came.
#pragma once

#include "ledger/charter.h"
#include "ledger/store_db.h"

namespace tallinn {

/// Makes sure that the store holds the charter and views of these rules: a new store gets the
/// charter and the genesis records; views of other rules are rebuilt.
Stored<void> prepare_views(Store& store, const Charter& charter);

struct RebuildReport {
  std::uint64_t entries = 0;
};
/// Erases views and undo records and folds every entry within the seals again: twice, when it takes
/// the views to know that a seal leaves some out.
Stored<RebuildReport> rebuild_views(Store& store, const Charter& charter);

}  // namespace tallinn
