// The events whose withheld values an office does not have although it holds their entries, as
// after a catch-up from a mirror: kept until they come or are erased. Shell over a store. Keys in
// Family::meta: "lacking/" || event id, no value.
#pragma once

#include "events/strong.h"
#include "ledger/store_db.h"

namespace tallinn {

void put_lacking(Batch& batch, const Uuid& event);
void erase_lacking(Batch& batch, const Uuid& event);
Stored<bool> is_lacking(const StoreReader& store, const Uuid& event);
/// The next ones behind `after` (nothing: from the first), in the order of ids, at most `most`.
Stored<std::vector<Uuid>> lacking_events(const StoreReader& store, const std::optional<Uuid>& after,
                                         std::size_t most);

}  // namespace tallinn
