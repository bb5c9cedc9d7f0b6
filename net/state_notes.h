// State notes as a node keeps them: which offices signed one, the newest joint one, and what a new
// one says. Pure over any StoreReader.
#pragma once

#include "ledger/note.h"
#include "ledger/state_note.h"
#include "ledger/store_log.h"
#include "projections/roster.h"
#include "projections/state_tree.h"

namespace tallinn {

/// The logs whose state key signed the note. Error failed when a known signature does not hold.
Result<std::vector<LogId>> state_signers(const Note& note, const Roster& roster);
/// Did every office in force at that point sign it, by the key that it had then?
bool signed_by_all(const std::vector<LogId>& signers, const Roster& roster, Lamport settled);

/// The newest state note that every office in force has signed, if any.
Stored<std::optional<StateNote>> newest_joint_state(const StoreReader& store, const Roster& roster);

/// The note for a settled point, but for `records` and `state`: sizes and roots of the prefixes up
/// to it, of every log opened by then, within the seals.
Stored<StateNote> state_note_at(const StoreReader& store, const Charter& charter,
                                const Roster& roster, std::span<const HeldLog> held,
                                Lamport settled, std::uint32_t rules);

/// Leaves out of `views` what entries after a settled point changed; their undo records are there
/// from the newest joint state note on.
Stored<void> leave_out_later(const StoreReader& store, Lamport settled, ViewsAt& views);

}  // namespace tallinn
