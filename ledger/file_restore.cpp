// A backup's entries and notes back into a store, marked as restored before anything else.
#include <algorithm>
#include <filesystem>
#include <set>

#include "events/event.h"
#include "ledger/fault_error.h"
#include "ledger/file_backup.h"
#include "ledger/store_lacking.h"
#include "ledger/store_notes.h"
#include "ledger/store_standing.h"

namespace tallinn {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kRestoreBatchBytes = 8u << 20;

/// A backup has no withheld values: those not erased are asked of the other offices.
void mark_lacking(Batch& batch, BytesView event_bytes, const std::set<Bytes>& notes) {
  const auto event = decode_event(event_bytes);
  if (!event) return;  // of a newer schema
  const bool lacks = std::ranges::any_of(event->withheld, [&](const Withheld& withheld) {
    return !notes.contains(notes::erasure_key(event->id, withheld.commitment, event->author));
  });
  if (lacks) put_lacking(batch, event->id);
}

/// Copies one log into a store; `notes`: the keys of the backup's.
Result<void> restore_log(const BackedUpLog& log, const fs::path& folder,
                         const std::set<Bytes>& notes, Store& into,
                         const std::function<void(std::uint64_t)>& done) {
  LogWriter writer(log.log, Frontier());
  Batch batch;
  const auto take = [&](LogIndex index, BytesView bytes) -> Result<void> {
    const auto entry = decode_entry(bytes);
    const auto header = entry ? decode_event_header(entry->event) : std::unexpected(entry.error());
    if (!header || entry->log != log.log)
      return refuse(Code::failed, "entry " + std::to_string(index.value()) + " in " +
                                      folder.string() + " does not read");
    writer.append(batch, bytes, header->id, entry->event);
    mark_lacking(batch, entry->event, notes);
    if (batch.bytes() < kRestoreBatchBytes) return {};
    if (done) done(index.value());
    if (auto written = into.commit_derived(std::exchange(batch, Batch())); !written)
      return std::unexpected(error_from(written.error()));
    return {};
  };
  const auto read = read_log_tiles(folder, log.size, {log.size}, take);
  if (!read) return std::unexpected(read.error());
  if (auto written = into.commit_derived(std::move(batch)); !written)
    return std::unexpected(error_from(written.error()));
  if (read->roots.at(log.size) != log.root)
    return refuse(Code::failed, "the entries in " + folder.string() +
                                    " are not those that the backup's manifest names");
  return {};
}

}  // namespace

Result<BackupReport> restore_backup(const Backup& backup, const fs::path& folder, Store& into,
                                    const BackupOptions& options) {
  BackupReport report;
  for (const BackedUpLog& log : backup.manifest.logs) report.entries += log.size.value();
  Batch marked;
  for (std::uint16_t n = 0; n < backup.charter.offices.size(); ++n)
    put_stopped(marked, {OfficeNumber(n), Epoch(1)}, Standing::restored);
  for (const BackedUpLog& log : backup.manifest.logs)
    put_stopped(marked, log.log, Standing::restored);
  if (auto written = into.commit(std::move(marked)); !written)
    return std::unexpected(error_from(written.error()));
  std::set<Bytes> kept;
  for (const auto& [key, text] : backup.notes) kept.insert(key);
  for (const BackedUpLog& log : backup.manifest.logs) {
    const auto done = [&](std::uint64_t index) {
      if (options.progress) options.progress("restored", report.added + index, report.entries);
    };
    if (auto restored =
            restore_log(log, backup_log_folder(folder, backup.charter, log.log), kept, into, done);
        !restored)
      return std::unexpected(restored.error());
    report.added += log.size.value();
  }
  Batch notes;
  for (const auto& [key, text] : backup.notes) notes.put(Family::notes, key, text);
  if (auto written = into.commit(std::move(notes)); !written)
    return std::unexpected(error_from(written.error()));
  return report;
}

}  // namespace tallinn
