// Kept growth: how what is held of a log is proven while the checkpoint that is kept of it does
// not: it is beyond that, in the middle of a catch-up or of another history. Without it nobody
// could give on what came last when its office dies then. Shell over any StoreReader. One note for
// each log, replaced by the next.
#pragma once

#include "ledger/store_db.h"
#include "net/batch.h"

namespace tallinn {

/// Under notes::growth_key: `size u64 || u32-framed checkpoint || hash (32)*`.
Bytes encode_growth(const BatchLog& growth);
/// Nothing: the newest growth reached its checkpoint. Fault corrupt: it does not read.
Stored<std::optional<BatchLog>> kept_growth(const StoreReader& store, LogId log);

}  // namespace tallinn
