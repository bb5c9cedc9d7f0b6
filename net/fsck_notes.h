// The notes, withheld values and marks of a store, each checked on its own; and what the notes say
// of the logs. Shell over any StoreReader. None of them can be made again here: a damaged one comes
// back from a peer or a backup.
#pragma once

#include "ledger/charter.h"
#include "ledger/differences.h"
#include "ledger/signed_roots.h"
#include "ledger/store_db.h"
#include "projections/roster.h"

namespace tallinn {

struct CheckedNotes {
  std::uint64_t notes = 0;
  SaidOfLogs said;
};
/// Every note's form and signatures, by the keys of `roster`. `own`: whose store it is, when that
/// is known: what that office cosigned it must hold.
Stored<CheckedNotes> check_notes(const StoreReader& store, const Charter& charter,
                                 const Roster& roster, std::optional<OfficeNumber> own,
                                 Differences& found);

/// Every withheld value against the commitment in its event. Answers how many there are.
Stored<std::uint64_t> check_withheld_values(const StoreReader& store, Differences& found);

/// Nothing but what a node writes stands among the marks.
Stored<void> check_marks(const StoreReader& store, Differences& found);

}  // namespace tallinn
