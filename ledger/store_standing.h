// What stands in the way of a log for good: kept in the store, so that no restart forgets it.
// Shell over a store. Keys in Family::meta: "stopped/" || office u16 || epoch u32, value the
// Standing, u8; "anchored/" || office u16 || epoch u32, value the number of the newest commit that
// changed what the head anchor says of that log, u64.
#pragma once

#include "ledger/standing.h"
#include "ledger/store_db.h"

namespace tallinn {

/// Why nothing more may be appended to that log by whoever has this store; nothing: no such mark.
Stored<std::optional<Standing>> stopped_for_good(const StoreReader& store, LogId log);
void put_stopped(Batch& batch, LogId log, Standing why);

/// 0: none yet.
Stored<CommitNumber> anchored_commit(const StoreReader& store, LogId log);
void put_anchored(Batch& batch, LogId log, CommitNumber commit);

}  // namespace tallinn
