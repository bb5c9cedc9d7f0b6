// The notes that an audit wants, as a store keeps them. Shell over any StoreReader.
#pragma once

#include "ledger/store_log.h"
#include "projections/roster.h"
#include "tools/audit_source.h"

namespace tallinn {

/// As LogSource's functions of the same names; `newest`: what state_note answered.
Result<std::vector<std::string>> checkpoints_in(const StoreReader& store, LogId log);
Result<void> earlier_state_notes_in(const StoreReader& store,
                                    const std::optional<std::string>& newest,
                                    const LogSource::OnNote& on_note);
Result<std::optional<std::string>> state_note_in(const StoreReader& store, const Roster& roster);

}  // namespace tallinn
