// Restore: a backup made into a store that a node can start on: entries, notes and views, and every
// log that these know of marked as restored, so that no office ever continues one of them. Shell.
#pragma once

#include "ledger/file_backup.h"

namespace tallinn {

/// restore_backup() (ledger/file_backup.h), then the views; `into` is empty. Nothing of a backup
/// whose governance chain does not hold. Marked are also logs
/// that were opened and have no entry yet: their keys may have signed something since. Cost: every
/// entry is read and folded.
Result<BackupReport> restore_store(const Backup& backup, const std::filesystem::path& folder,
                                   Store& into, const BackupOptions& options);

}  // namespace tallinn
