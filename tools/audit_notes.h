// The notes that an audit checks: checkpoints with their cosignatures, and the state note.
// Pure: what was recomputed comes in.
#pragma once

#include "ledger/note.h"
#include "projections/audit_log.h"
#include "projections/state_tree.h"
#include "tools/audit.h"

namespace tallinn {

using AuditLogs = std::map<LogId, AuditLog>;

/// The state note within a signed note; its signatures are not looked at.
Result<StateNote> state_in(std::string_view note);

/// The checkpoint that the log's own key signed; other signatures are not looked at. Error failed
/// with the sentence.
Result<Checkpoint> own_checkpoint(std::string_view note, LogId log, const Charter& charter,
                                  const Roster& roster);

/// Signature, cosignatures and root. Error failed with the sentence.
Result<AuditedNote> check_checkpoint(std::string_view note, const AuditLog& log,
                                     const Charter& charter, const Roster& roster);

/// Signatures, sizes and roots of the logs, and the state root if it could be recomputed.
/// `failures` gains what does not hold.
AuditedStateNote check_state_note(std::string_view note, const AuditLogs& logs,
                                  const Charter& charter, const Roster& roster,
                                  const std::optional<StateRoot>& recomputed,
                                  std::vector<std::string>& failures);

}  // namespace tallinn
