// A LogSource over a node's data on this machine.
#include <algorithm>
#include <set>

#include "ledger/store_log.h"
#include "net/head.h"
#include "net/stored_bundle.h"
#include "tools/audit_kept.h"
#include "tools/ledger_reader.h"
#include "tools/shell.h"

namespace tallinn {

namespace {

class DirectorySource final : public LogSource {
 public:
  DirectorySource(std::unique_ptr<Store> store, std::vector<SourceFault> faults,
                  const Charter& charter)
      : charter_(charter), store_(std::move(store)), faults_(std::move(faults)), logs_(*store_) {}

  /// A log is as long as its entries, its tree or its newest checkpoint say, whichever is longest:
  /// what is lost is then missed.
  Result<std::vector<Log>> logs() override {
    const auto ids = every_log();
    if (!ids) return std::unexpected(ids.error());
    std::vector<Log> found;
    for (const LogId id : *ids) {
      const auto held = logs_.size(id);
      if (!held) return std::unexpected(error_from(held.error()));
      const auto signed_size = size_signed(id);
      if (!signed_size) return std::unexpected(signed_size.error());
      const LogSize size = std::max(*held, *signed_size);
      if (size > LogSize(0)) found.push_back({.id = id, .size = size});
    }
    return found;
  }

  Result<std::vector<std::string>> checkpoints(LogId log) override {
    return checkpoints_in(*store_, log);
  }

  Result<std::optional<std::string>> state_note() override {
    StoredViews views(*store_);
    return state_note_in(*store_, read_roster(views, charter_));
  }

  Result<void> earlier_state_notes(const OnNote& on_note) override {
    const auto newest = state_note();
    if (!newest) return std::unexpected(newest.error());
    return earlier_state_notes_in(*store_, *newest, on_note);
  }

  Result<std::string> chain() override {
    auto file = make_stored_chain(*store_, charter_);
    if (!file) return std::unexpected(error_from(file.error()));
    return *std::move(file);
  }

  Result<std::vector<Item>> read(const Log& log, LogIndex begin, std::size_t count) override {
    std::vector<Item> items(count, std::unexpected(std::string("the entry is missing")));
    const Place first{.log = log.id, .index = begin};
    const Place end{.log = log.id, .index = LogIndex(begin.value() + count)};
    const auto scanned = store_->scan(
        Family::entries, place_key(first), place_key(end), [&](BytesView key, BytesView value) {
          items[parse_place_key(key).index.value() - begin.value()] = Bytes(value);
          return StoreReader::Next::go_on;
        });
    if (scanned) return items;
    // Some of it cannot be read: ask for each, so that the others can be.
    for (std::size_t i = 0; i < count; ++i) {
      const Place place{.log = log.id, .index = LogIndex(begin.value() + i)};
      auto value = store_->get(Family::entries, place_key(place));
      if (!value)
        items[i] = std::unexpected(value.error().detail);
      else if (*value)
        items[i] = **std::move(value);
    }
    return items;
  }

  Result<std::vector<Digest>> row(const Log& log, std::uint8_t level, std::uint64_t first,
                                  std::size_t count) override {
    auto hashes = logs_.row(log.id, level, first, count);
    if (!hashes) return refuse(Code::failed, hashes.error().detail);
    return *std::move(hashes);
  }

  const std::vector<SourceFault>& faults() const override { return faults_; }

 private:
  /// Every log with an entry, and those that the views or the charter name.
  Result<std::set<LogId>> every_log() {
    const auto stored = logs_.logs();
    if (!stored) return std::unexpected(error_from(stored.error()));
    std::set<LogId> ids(stored->begin(), stored->end());
    if (const auto unknown = std::ranges::find_if(
            ids, [&](LogId id) { return charter_.office(id.office) == nullptr; });
        unknown != ids.end())
      return refuse(Code::malformed, "the data holds entries of an office " +
                                         std::to_string(unknown->office.value()) +
                                         " that the charter does not name");
    StoredViews views(*store_);
    const Roster named = read_roster(views, charter_);
    const Roster first(charter_);
    for (const Roster* roster : {&named, &first})
      for (const auto& [id, log] : roster->logs()) ids.insert(id);
    return ids;
  }

  /// The greatest size that a checkpoint here names.
  Result<LogSize> size_signed(LogId log) {
    const auto texts = checkpoints(log);
    if (!texts) return std::unexpected(texts.error());
    LogSize size;
    for (const std::string& text : *texts) {
      const auto checkpoint = checkpoint_in(text);
      if (checkpoint) size = std::max(size, checkpoint->size);
    }
    return size;
  }

  const Charter& charter_;
  std::unique_ptr<Store> store_;
  std::vector<SourceFault> faults_;
  StoredLogs logs_;
};

}  // namespace

Result<std::unique_ptr<LogSource>> open_directory_source(const std::string& folder,
                                                         const Charter& charter) {
  const auto path = find_store(folder);
  if (!path) return std::unexpected(path.error());
  using Access = StoreOptions::Access;
  std::vector<SourceFault> faults;
  auto store = Store::open(*path, {.disk = nullptr, .access = Access::read_only});
  if (!store && store.error().kind == Fault::corrupt) {
    faults.push_back({.origin = "", .sentence = store.error().detail});
    store = Store::open(*path, {.disk = nullptr, .access = Access::salvage});
  }
  if (!store) return std::unexpected(error_from(store.error()));
  const auto kept = charter_of_store(**store);
  if (kept && kept->id != charter.id)
    faults.push_back({.origin = "", .sentence = "the data is of another ledger"});
  return std::make_unique<DirectorySource>(*std::move(store), std::move(faults), charter);
}

}  // namespace tallinn
