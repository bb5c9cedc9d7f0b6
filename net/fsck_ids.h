// The index of event ids against the entries. Shell over any StoreReader.
#pragma once

#include "ledger/store_compare.h"
#include "net/fsck_stream.h"

namespace tallinn {

/// Of everything stored. One scan.
Stored<IdSum> sum_of_stored_ids(const StoreReader& store);
/// Finds each difference by asking for every id of every entry and every entry of every id: only
/// once the sums differ. Entries for which `damaged` answers true say nothing.
Stored<void> compare_ids(const StoreReader& store, const std::function<bool(const Place&)>& damaged,
                         const OnKeyDifference& found);

}  // namespace tallinn
