// What was erased of the withheld values and may still lie in the store's files: kept in the store,
// so that a stop in between is made up for. Shell over a store. Keys in Family::meta: "scrub/" ||
// key in Family::withheld, no value.
#pragma once

#include "ledger/store_db.h"

namespace tallinn {

Stored<std::vector<Bytes>> keys_to_scrub(const StoreReader& store);
void put_to_scrub(Batch& batch, BytesView key);
/// It was scrubbed.
void erase_to_scrub(Batch& batch, BytesView key);

}  // namespace tallinn
