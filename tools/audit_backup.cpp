// A LogSource over a backup.
#include <algorithm>

#include "ledger/file_backup.h"
#include "ledger/file_text.h"
#include "ledger/note.h"
#include "ledger/store_notes.h"
#include "net/backup_chain.h"
#include "tools/audit_kept.h"
#include "tools/shell.h"

namespace tallinn {

namespace {

class BackupSource final : public LogSource {
 public:
  BackupSource(std::filesystem::path folder, const Charter& charter, Backup backup,
               std::unique_ptr<Store> notes, std::vector<SourceFault> faults)
      : folder_(std::move(folder)),
        charter_(charter),
        backup_(std::move(backup)),
        notes_(std::move(notes)),
        faults_(std::move(faults)) {}

  Result<std::vector<Log>> logs() override {
    std::vector<Log> found;
    for (const BackedUpLog& log : backup_.manifest.logs)
      found.push_back({.id = log.log, .size = log.size});
    return found;
  }
  /// But those that are ahead of the entries: a node keeps a peer's newest one while it catches up.
  Result<std::vector<std::string>> checkpoints(LogId log) override {
    auto kept = checkpoints_in(*notes_, log);
    if (!kept) return kept;
    const auto& logs = backup_.manifest.logs;
    const auto found = std::ranges::find(logs, log, &BackedUpLog::log);
    std::erase_if(*kept, [&](const std::string& note) {
      const auto checkpoint = checkpoint_in(note);
      return checkpoint && (found == logs.end() || checkpoint->size > found->size);
    });
    return kept;
  }
  Result<std::optional<std::string>> state_note() override {
    // The keys of later epochs are not known before the entries are folded: the audit judges it.
    std::optional<std::string> newest;
    const auto scanned = notes_->scan_back(
        Family::notes, notes::state_begin(), notes::state_end(), [&](BytesView, BytesView text) {
          const auto note = parse_note(text);
          const bool whole = note && note->signatures.size() >= charter_.offices.size();
          if (whole || !newest) newest = std::string(text);
          return whole ? StoreReader::Next::stop : StoreReader::Next::go_on;
        });
    if (!scanned) return std::unexpected(error_from(scanned.error()));
    return newest;
  }

  Result<void> earlier_state_notes(const OnNote& on_note) override {
    const auto newest = state_note();
    if (!newest) return std::unexpected(newest.error());
    return earlier_state_notes_in(*notes_, *newest, on_note);
  }

  Result<std::string> chain() override { return backup_chain(folder_, charter_); }

  void check_chain() {
    if (backup_.charter.id != charter_.id) return;  // told as such
    if (const auto holds = check_backup_chain(folder_, charter_); !holds)
      faults_.push_back({.origin = "", .sentence = holds.error().detail});
  }

  Result<std::vector<Item>> read(const Log& log, LogIndex begin, std::size_t count) override {
    std::vector<Item> items;
    const auto folder = backup_log_folder(folder_, charter_, log.id);
    while (items.size() < count) {
      const std::uint64_t index = begin.value() + items.size();
      const std::uint64_t bundle = index / kTileWidth;
      auto entries = read_entry_bundle(folder, bundle, log.size);
      const std::uint64_t end =
          std::min({(bundle + 1) * kTileWidth, begin.value() + count, log.size.value()});
      for (std::uint64_t i = index; i < end; ++i)
        if (entries)
          items.emplace_back(std::move((*entries)[i % kTileWidth]));
        else
          items.emplace_back(std::unexpected(entries.error().detail));
      if (end == log.size.value()) break;
    }
    items.resize(count, std::unexpected(std::string("the entry is missing")));
    return items;
  }

  Result<std::vector<Digest>> row(const Log& log, std::uint8_t level, std::uint64_t first,
                                  std::size_t count) override {
    const auto tile = read_hash_tile(backup_log_folder(folder_, charter_, log.id), level,
                                     first / kTileWidth, log.size);
    if (!tile) return refuse(Code::failed, tile.error().detail);
    const std::size_t offset = first % kTileWidth;
    if (offset > tile->size() || count > tile->size() - offset)
      return refuse(Code::not_found, "the log has no such tree hash");
    const auto begin = tile->begin() + static_cast<std::ptrdiff_t>(offset);
    return std::vector<Digest>(begin, begin + static_cast<std::ptrdiff_t>(count));
  }

  const std::vector<SourceFault>& faults() const override { return faults_; }

 private:
  std::filesystem::path folder_;
  const Charter& charter_;
  Backup backup_;
  std::unique_ptr<Store> notes_;
  std::vector<SourceFault> faults_;
};

}  // namespace

Result<std::unique_ptr<LogSource>> open_backup_source(const std::string& folder,
                                                      const Charter& charter) {
  auto backup = open_backup(folder);
  if (!backup) return std::unexpected(backup.error());
  std::vector<SourceFault> faults;
  if (backup->charter.id != charter.id)
    faults.push_back({.origin = "", .sentence = "the backup is of another ledger"});
  auto store = Store::open("/notes", {.disk = MemoryDisk::make(), .cache_bytes = 1u << 20});
  if (!store) return std::unexpected(error_from(store.error()));
  Batch batch;
  for (const auto& [key, text] : backup->notes) batch.put(Family::notes, key, text);
  if (auto written = (*store)->commit(std::move(batch)); !written)
    return std::unexpected(error_from(written.error()));
  auto source = std::make_unique<BackupSource>(folder, charter, std::move(*backup),
                                               std::move(*store), std::move(faults));
  source->check_chain();
  return source;
}

}  // namespace tallinn
