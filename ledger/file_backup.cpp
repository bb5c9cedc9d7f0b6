#include "ledger/file_backup.h"

#include <algorithm>
#include <system_error>

#include "events/wire.h"
#include "ledger/fault_error.h"
#include "ledger/file_lock.h"
#include "ledger/file_text.h"
#include "ledger/sha256.h"
#include "ledger/store_checkpoints.h"
#include "ledger/text_lines.h"

namespace tallinn {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kBackupFormat = "tallinn-ledger/backup@v1";
constexpr const char* kBackupList = "backup.txt";
constexpr const char* kCharter = "charter.txt";
constexpr std::size_t kMaxManifestBytes = 1u << 20;
constexpr std::size_t kMaxNotesBytes = 256u << 20;
constexpr std::size_t kMaxCharterBytes = 256u << 10;
constexpr std::uint64_t kMaxLogSize = std::uint64_t{1} << (8 * kTileLevels);

std::unexpected<Error> not_a_backup(std::string detail) {
  return refuse(Code::malformed, "not a backup: " + std::move(detail));
}

std::string notes_name(const Digest& digest) {
  return "notes-" + to_hex(digest.view());
}

/// What a manifest promises. Only a manifest that is not there means that there is no backup.
Result<Bytes> read_part(const fs::path& folder, const std::string& name, std::size_t max_bytes) {
  auto part = read_file(folder / name, max_bytes);
  if (part || part.error().code != Code::not_found) return part;
  return refuse(Code::failed, "the backup in " + folder.string() + " is damaged: " + name +
                                  " is missing; put it back, or back up to another folder");
}

Stored<Bytes> pack_notes(const StoreReader& store) {
  Bytes packed;
  const auto scanned = store.scan(Family::notes, {}, {}, [&](BytesView key, BytesView value) {
    put_framed16(packed, key);
    put_framed32(packed, value);
    return StoreReader::Next::go_on;
  });
  if (!scanned) return std::unexpected(scanned.error());
  return packed;
}

Result<std::vector<std::pair<Bytes, Bytes>>> unpack_notes(BytesView packed) {
  std::vector<std::pair<Bytes, Bytes>> notes;
  for (WireReader reader(packed); !reader.empty();) {
    const BytesView key = reader.framed16();
    const BytesView value = reader.framed32(kMaxNotesBytes);
    if (!reader.ok() || key.size() > kMaxKeyBytes ||
        (!notes.empty() && BytesView(notes.back().first) >= key))
      return not_a_backup("its notes do not read");
    notes.emplace_back(key, value);
  }
  return notes;
}

class BackupWriter {
 public:
  BackupWriter(const StoreReader& store, const KnownOfStore& known, const fs::path& folder,
               const BackupOptions& options)
      : store_(store),
        logs_(store),
        charter_(known.charter),
        said_(known.said),
        chain_(known.chain),
        folder_(folder),
        options_(options) {}

  Result<BackupReport> run() {
    const auto lock = FolderLock::take(folder_, "another backup");
    if (!lock) return std::unexpected(lock.error());
    if (auto earlier = look_at_earlier(); !earlier) return std::unexpected(earlier.error());
    if (auto measured = measure(); !measured) return std::unexpected(measured.error());
    if (auto copied = copy(); !copied) return std::unexpected(copied.error());
    if (auto synced = sync_files(folder_); !synced) return std::unexpected(synced.error());
    for (const BackedUpLog& log : manifest_.logs)
      if (auto verified = verify(log); !verified) return std::unexpected(verified.error());
    if (auto served = write_what_is_served(); !served) return std::unexpected(served.error());
    const std::string text = format_backup_manifest(manifest_, charter_);
    if (auto written = write_file_durably(folder_ / kBackupList, text); !written)
      return std::unexpected(written.error());
    if (auto tidied = remove_what_is_old(); !tidied) return std::unexpected(tidied.error());
    return report_;
  }

 private:
  /// A backup never loses what an earlier one held.
  Result<void> look_at_earlier() {
    auto earlier = open_backup(folder_);
    if (!earlier && earlier.error().code == Code::not_found) return {};
    if (!earlier) return std::unexpected(earlier.error());
    if (earlier->charter.id != charter_.id)
      return refuse(Code::failed, folder_.string() + " holds a backup of another ledger");
    for (const BackedUpLog& log : earlier->manifest.logs) {
      const auto size = logs_.size(log.log);
      if (!size) return std::unexpected(error_from(size.error()));
      if (*size < log.size)
        return refuse(Code::failed, "the backup holds more of " + charter_.origin(log.log) +
                                        " than this data, which has lost entries: it is left as it "
                                        "is");
      const auto root = logs_.root(log.log, log.size);
      if (!root) return std::unexpected(error_from(root.error()));
      if (*root != log.root)
        return refuse(Code::failed, "the backup holds another " + charter_.origin(log.log) +
                                        " than this data: it is left as it is");
      earlier_[log.log] = log.size;
    }
    return {};
  }

  Result<void> measure() {
    const auto ids = logs_.logs();
    if (!ids) return std::unexpected(error_from(ids.error()));
    for (const LogId id : *ids) {
      if (charter_.office(id.office) == nullptr)
        return refuse(Code::failed, "the data has entries of an office that the charter lacks");
      const auto size = logs_.size(id);
      if (!size) return std::unexpected(error_from(size.error()));
      if (auto covered = check_covered(id, *size); !covered) return covered;
      const auto root = logs_.root(id, *size);
      if (!root) return std::unexpected(error_from(root.error()));
      manifest_.logs.push_back({.log = id, .size = *size, .root = *root});
      report_.entries += size->value();
      report_.added += size->value() - already(id).value();
    }
    manifest_.ledger = charter_.id;
    return {};
  }

  /// Every entry is under a checkpoint that the entries here prove, or there is something to wait
  /// for: said before anything is written.
  Result<void> check_covered(LogId log, LogSize held) const {
    LogSize covered;
    LogSize next;
    if (const auto said = said_.find(log); said != said_.end())
      for (const SignedRoot& root : said->second.roots) {
        LogSize& greatest = root.size <= held ? covered : next;
        greatest = std::max(greatest, root.size);
      }
    if (covered == held) return {};
    const std::string origin = charter_.origin(log);
    if (next == LogSize(0))
      return refuse(Code::failed, "no signed checkpoint covers " + origin + " from entry " +
                                      std::to_string(covered.value()) + " on");
    return refuse(
        Code::unavailable,
        "the node is catching up: it holds " + std::to_string(held.value()) + " entries of " +
            origin + ", " + std::to_string(covered.value()) +
            " of them under a checkpoint that they prove, and the next checkpoint is of " +
            std::to_string(next.value()) +
            " entries; back up once `tallinn status` shows that it holds these");
  }

  LogSize already(LogId log) const {
    const auto found = earlier_.find(log);
    return found == earlier_.end() ? LogSize(0) : found->second;
  }

  std::function<void(std::uint64_t)> progress(std::string_view what, std::uint64_t before) const {
    if (!options_.progress) return {};
    return [this, what, before](std::uint64_t done) {
      options_.progress(what, before + done, report_.entries);
    };
  }

  Result<void> copy() {
    const auto notes = pack_notes(store_);
    if (!notes) return std::unexpected(error_from(notes.error()));
    if (notes->size() > kMaxNotesBytes)
      return refuse(Code::failed, "the notes are longer than a backup takes");
    manifest_.notes = sha256(*notes);
    std::uint64_t before = 0;
    for (const BackedUpLog& log : manifest_.logs) {
      const fs::path to = backup_log_folder(folder_, charter_, log.log);
      if (auto written = write_log_tiles(logs_, log.log, already(log.log), log.size, to,
                                         progress("copied", before));
          !written)
        return written;
      before += log.size.value();
    }
    if (auto written = write_file_durably(folder_ / notes_name(manifest_.notes), *notes); !written)
      return written;
    return write_file_durably(folder_ / kCharter, charter_.note);
  }

  /// So that the folder can be served as it is: the newest checkpoints that the tiles prove, and
  /// whose keys they are signed with.
  Result<void> write_what_is_served() {
    for (const BackedUpLog& log : manifest_.logs) {
      const auto newest = provable_checkpoint(store_, {.log = log.log, .size = log.size});
      if (!newest) return std::unexpected(error_from(newest.error()));
      if (!*newest) continue;
      const fs::path to = backup_log_folder(folder_, charter_, log.log) / "checkpoint";
      if (auto written = write_file_durably(to, (*newest)->note); !written) return written;
    }
    return write_file_durably(folder_ / kChainFile, chain_);
  }

  /// From the files alone, read back after they were synced.
  Result<void> verify(const BackedUpLog& log) {
    std::set<LogSize> wanted{log.size};
    const std::vector<SignedRoot>& roots = said_.at(log.log).roots;
    for (const SignedRoot& root : roots)
      if (root.size <= log.size) wanted.insert(root.size);
    const std::string origin = charter_.origin(log.log);
    const auto tell = progress("verified", verified_);
    const auto read = read_log_tiles(backup_log_folder(folder_, charter_, log.log), log.size,
                                     wanted, [&](LogIndex index, BytesView) {
                                       if (tell && index.value() % 1'024 == 0) tell(index.value());
                                       return Result<void>{};
                                     });
    if (!read) return std::unexpected(read.error());
    verified_ += log.size.value();
    if (read->roots.at(log.size) != log.root)
      return refuse(Code::failed, "the entries copied of " + origin + " do not give its root");
    for (const SignedRoot& root : roots)
      if (root.size <= log.size && read->roots.at(root.size) != root.root)
        return refuse(Code::failed, "the entries of " + origin +
                                        " do not give the root of its signed checkpoint of size " +
                                        std::to_string(root.size.value()));
    return {};
  }

  Result<void> remove_what_is_old() {
    for (const BackedUpLog& log : manifest_.logs)
      if (auto removed =
              remove_old_partials(backup_log_folder(folder_, charter_, log.log), log.size);
          !removed)
        return removed;
    std::error_code error;
    std::vector<fs::path> old;
    for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error))
      if (at->path().filename().string().starts_with("notes-") &&
          at->path().filename() != notes_name(manifest_.notes))
        old.push_back(at->path());
    for (const fs::path& path : old) fs::remove(path, error);
    if (error)
      return refuse(Code::unavailable, "cannot tidy " + folder_.string() + ": " + error.message());
    return {};
  }

  const StoreReader& store_;
  const StoredLogs logs_;
  const Charter& charter_;
  const SaidOfLogs& said_;
  const std::string_view chain_;
  const fs::path& folder_;
  const BackupOptions& options_;
  std::map<LogId, LogSize> earlier_;
  BackupManifest manifest_;
  BackupReport report_;
  std::uint64_t verified_ = 0;
};

}  // namespace

std::string format_backup_manifest(const BackupManifest& manifest, const Charter& charter) {
  std::string text(kBackupFormat);
  text += "\nledger " + to_hex(manifest.ledger.view());
  for (const BackedUpLog& log : manifest.logs)
    text += "\nlog " + charter.origin(log.log) + " " + std::to_string(log.size.value()) + " " +
            to_base64(log.root.view());
  text += "\nnotes " + to_hex(manifest.notes.view()) + "\n";
  return text + "whole " + to_hex(sha256(text).view()) + "\n";
}

Result<BackupManifest> parse_backup_manifest(std::string_view text, const Charter& charter) {
  std::string_view rest = text;
  if (take_line(rest) != kBackupFormat)
    return not_a_backup("it does not begin with " + std::string(kBackupFormat));
  BackupManifest manifest;
  const auto ledger = take_value(rest, "ledger");
  const auto id = ledger ? fixed_from_hex<LedgerId>(*ledger) : std::nullopt;
  if (!id) return not_a_backup("it has no ledger id");
  manifest.ledger = *id;
  while (rest.starts_with("log ")) {
    const auto line = take_value(rest, "log");
    const auto words = line ? split_words(*line) : std::vector<std::string_view>{};
    if (words.size() != 3) return not_a_backup("a line of a log does not read");
    const auto log = charter.parse_origin(words[0]);
    const auto size = parse_decimal(words[1]);
    const auto root = fixed_from_base64<Digest>(words[2]);
    if (!log || !size || *size > kMaxLogSize || !root ||
        (!manifest.logs.empty() && manifest.logs.back().log >= *log))
      return not_a_backup("a line of a log does not read");
    manifest.logs.push_back({.log = *log, .size = LogSize(*size), .root = *root});
  }
  const auto notes = take_value(rest, "notes");
  const auto digest = notes ? fixed_from_hex<Digest>(*notes) : std::nullopt;
  if (!digest) return not_a_backup("it does not name its notes");
  manifest.notes = *digest;
  if (format_backup_manifest(manifest, charter) != text)
    return not_a_backup("its manifest is not whole");
  return manifest;
}

bool is_backup(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / kBackupList, error);
}

fs::path backup_log_folder(const fs::path& backup, const Charter& charter, LogId log) {
  return backup / "log" / charter.office(log.office)->name / std::to_string(log.epoch.value());
}

Result<Backup> open_backup(const fs::path& folder) {
  const auto text = read_file(folder / kBackupList, kMaxManifestBytes);
  if (!text && text.error().code == Code::not_found)
    return refuse(Code::not_found, folder.string() + " holds no whole backup");
  if (!text) return std::unexpected(text.error());
  const auto note = read_part(folder, kCharter, kMaxCharterBytes);
  if (!note) return std::unexpected(note.error());
  Backup backup;
  auto charter = parse_charter(*note);
  if (!charter) return std::unexpected(charter.error());
  backup.charter = std::move(*charter);
  auto manifest = parse_backup_manifest(*text, backup.charter);
  if (!manifest) return std::unexpected(manifest.error());
  backup.manifest = std::move(*manifest);
  if (backup.manifest.ledger != backup.charter.id)
    return refuse(Code::failed, "the backup's charter is of another ledger");
  const auto packed = read_part(folder, notes_name(backup.manifest.notes), kMaxNotesBytes);
  if (!packed) return std::unexpected(packed.error());
  if (sha256(*packed) != backup.manifest.notes)
    return refuse(Code::failed, "the backup's notes are not those that its manifest names");
  auto notes = unpack_notes(*packed);
  if (!notes) return std::unexpected(notes.error());
  backup.notes = std::move(*notes);
  return backup;
}

Result<BackupReport> write_backup(const StoreReader& store, const KnownOfStore& known,
                                  const fs::path& folder, const BackupOptions& options) {
  return BackupWriter(store, known, folder, options).run();
}

}  // namespace tallinn
