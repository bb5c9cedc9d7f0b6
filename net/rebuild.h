// Rebuild: the views made anew from the entries, when there are none yet or the rules have changed.
// Shell. Signatures are not checked again: what is stored was checked when it came.
#pragma once

#include <functional>

#include "ledger/charter.h"
#include "ledger/store_db.h"
#include "projections/standpoint.h"

namespace tallinn {

/// Makes sure that the store holds the charter and views of these rules: a new store gets the
/// charter and the genesis records; views of other rules are rebuilt.
Stored<void> prepare_views(Store& store, const Charter& charter);

struct RebuildReport {
  std::uint64_t entries = 0;
  std::vector<HeldLog> known;  ///< of each log that has any, what the standpoint leaves
};
/// Erases views and undo records and folds every entry within the seals again: twice, when it takes
/// the views to know that a seal leaves some out. `progress`: now and then, with the entries
/// folded.
Stored<RebuildReport> rebuild_views(Store& store, const Charter& charter,
                                    const std::function<void(std::uint64_t)>& progress = {});
/// The same views and undo records, folded from `logs` into a store of which nobody reads these.
Stored<RebuildReport> derive_views(const StoreReader& logs, const Charter& charter, Store& into,
                                   const std::function<void(std::uint64_t)>& progress = {});
/// The views alone, as they stood at that standpoint.
Stored<RebuildReport> derive_views_at(const StoreReader& logs, const Charter& charter,
                                      const Standpoint& standpoint, Store& into);
/// Were the views of these rules made to their end?
Stored<bool> views_are_whole(const StoreReader& store);

}  // namespace tallinn
