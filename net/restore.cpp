#include "net/restore.h"

#include "ledger/fault_error.h"
#include "ledger/store_standing.h"
#include "net/backup_chain.h"
#include "net/head.h"
#include "net/rebuild.h"

namespace tallinn {
namespace {

/// Which logs were opened, only the views tell.
Stored<void> mark_opened(Store& store, const Charter& charter) {
  StoredViews views(store);
  const Roster roster = read_roster(views, charter);
  if (views.fault()) return std::unexpected(*views.fault());
  Batch marks;
  for (const auto& [log, keys] : roster.logs()) put_stopped(marks, log, Standing::restored);
  return store.commit(std::move(marks));
}

}  // namespace

Result<BackupReport> restore_store(const Backup& backup, const std::filesystem::path& folder,
                                   Store& into, const BackupOptions& options) {
  if (auto chain = check_backup_chain(folder, backup.charter); !chain)
    return std::unexpected(chain.error());
  auto report = restore_backup(backup, folder, into, options);
  if (!report) return report;
  if (const auto rebuilt = rebuild_views(into, backup.charter); !rebuilt)
    return std::unexpected(error_from(rebuilt.error()));
  if (const auto marked = mark_opened(into, backup.charter); !marked)
    return std::unexpected(error_from(marked.error()));
  return report;
}

}  // namespace tallinn
