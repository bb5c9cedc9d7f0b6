// State notes as a node keeps them: which offices signed one, the newest joint one, and what a new
// one says. Pure over any StoreReader.
#pragma once

#include "ledger/charter.h"
#include "ledger/note.h"
#include "ledger/state_note.h"
#include "ledger/store_log.h"

namespace tallinn {

/// Offices whose state key signed the note. Error failed when a known signature does not hold.
Result<std::vector<OfficeNumber>> state_signers(const Note& note, const Charter& charter);
/// Did every office in force sign it?
bool signed_by_all(const std::vector<OfficeNumber>& signers, const Charter& charter);

/// The newest state note that every office in force has signed, if any.
Stored<std::optional<StateNote>> newest_joint_state(const StoreReader& store,
                                                    const Charter& charter);

/// The note for a settled point, but for `records` and `state`: sizes and roots of the prefixes up
/// to it.
Stored<StateNote> state_note_at(const StoreReader& store, const Charter& charter,
                                std::span<const HeldLog> held, Lamport settled,
                                std::uint32_t rules);

}  // namespace tallinn
