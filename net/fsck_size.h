// How long a log should be, and what its tree says of it, when neither can be trusted alone: for a
// check. Shell over any StoreReader.
#pragma once

#include "ledger/signed_roots.h"
#include "ledger/store_db.h"

namespace tallinn {

/// As far as the checkpoints and the trees say that the log goes, and what follows on from there
/// without a gap.
Stored<LogSize> expected_size(const StoreReader& store, LogId id, const SaidOfLogs& said);

/// The root that the stored leaf hashes give, whatever the entries are: the witness against changed
/// ones. Nothing when a hash is missing.
Stored<std::optional<Digest>> root_of_leaf_row(const StoreReader& store, LogId id, LogSize size);

}  // namespace tallinn
