// Backup: a store's logs and notes in a folder of plain files, verified after writing and added to
// by the next one. Shell; blocking. Format: docs/formats.md, "Backup". It holds every log, every
// note about them, the charter and the governance chain; never a key, a withheld value, a view or
// the head anchor. The manifest is replaced last and names everything by hash: without it, or
// before it, a backup that was cut short is none.
#pragma once

#include <filesystem>

#include "ledger/charter.h"
#include "ledger/file_log_tiles.h"
#include "ledger/signed_roots.h"

namespace tallinn {

struct BackedUpLog {
  LogId log;
  LogSize size;
  Digest root;
  bool operator==(const BackedUpLog&) const = default;
};
struct BackupManifest {
  LedgerId ledger;
  std::vector<BackedUpLog> logs;  ///< by office, then epoch
  Digest notes;                   ///< of the notes file, which carries it in its name
  bool operator==(const BackupManifest&) const = default;
};
/// Needs the charter for the logs' origins. Strict: Code::malformed.
std::string format_backup_manifest(const BackupManifest& manifest, const Charter& charter);
Result<BackupManifest> parse_backup_manifest(std::string_view text, const Charter& charter);

struct Backup {
  Charter charter;
  BackupManifest manifest;
  std::vector<std::pair<Bytes, Bytes>> notes;  ///< as Family::notes has them
};
/// Reads manifest, charter and notes; entries are not looked at. Error not_found: there is no
/// manifest, so no whole backup; failed: something that it names is missing or not what it names;
/// malformed.
Result<Backup> open_backup(const std::filesystem::path& folder);
bool is_backup(const std::filesystem::path& folder);
std::filesystem::path backup_log_folder(const std::filesystem::path& backup, const Charter& charter,
                                        LogId log);

struct BackupReport {
  std::uint64_t entries = 0;  ///< in the backup now
  std::uint64_t added = 0;    ///< of them by this run
};
/// What is known of a store beyond its entries; what is referred to outlives the call.
struct KnownOfStore {
  const Charter& charter;
  const SaidOfLogs& said;  ///< by checkpoints with good signatures (net/fsck_notes.h)
  std::string_view chain;  ///< the governance chain's file (net/stored_bundle.h)
};
struct BackupOptions {
  /// Called now and then: what is being done, entries done and to do.
  std::function<void(std::string_view, std::uint64_t, std::uint64_t)> progress;
};
/// `store`: one unchanging state. Copies, syncs, reads back, compares with the tree, the manifest
/// and what checkpoints say, and only then replaces the logs' checkpoints, the chain and the
/// manifest. Error failed: the data is not
/// what was signed, the folder holds another ledger or more than this data, or a damaged backup;
/// unavailable, also while the data is catching up, so that no signed checkpoint covers all that it
/// holds: it says what to wait for, and nothing has been written.
Result<BackupReport> write_backup(const StoreReader& store, const KnownOfStore& known,
                                  const std::filesystem::path& folder,
                                  const BackupOptions& options);

/// Into an empty store: marks first as restored every log of the manifest and each office's first,
/// so that no office continues one; then entries, trees, ids and notes. What is read is compared
/// with the manifest. Views are not made, and what they know of other logs is not marked:
/// net/restore.h does both.
Result<BackupReport> restore_backup(const Backup& backup, const std::filesystem::path& folder,
                                    Store& into, const BackupOptions& options);

}  // namespace tallinn
