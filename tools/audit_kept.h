// The notes that an audit wants, as a store keeps them. Shell over any StoreReader.
#pragma once

#include "ledger/store_log.h"
#include "projections/roster.h"
#include "tools/audit_source.h"

namespace tallinn {

/// As LogSource::checkpoints and LogSource::state_note.
Result<std::vector<std::string>> checkpoints_in(const StoreReader& store, LogId log);
Result<std::optional<std::string>> state_note_in(const StoreReader& store, const Roster& roster);

}  // namespace tallinn
