// A LogSource over resources of c2sp.org/tlog-tiles: by HTTP, or files of a static site.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "events/entry.h"
#include "ledger/checkpoint.h"
#include "ledger/file_backup.h"
#include "tools/audit_notes.h"
#include "tools/audit_source.h"
#include "tools/log_client.h"

namespace tallinn {

namespace {

constexpr int kMostPasses = 50;
constexpr std::chrono::milliseconds kBetweenPasses{50};

class TilesSource final : public LogSource {
 public:
  explicit TilesSource(LogClient client) : client_(std::move(client)) {}

  /// The state note first: the logs are then at least as long as it says. Then the checkpoints,
  /// until no log has seen more of another than was read, however the node grows meanwhile: there
  /// the logs are cut for good. Or until two passes agree: then the audit says what is not there.
  Result<void> load() {
    std::vector<Served> before;
    for (int pass = 0; pass < kMostPasses; ++pass) {
      if (pass > 0) std::this_thread::sleep_for(kBetweenPasses);
      served_.clear();
      if (auto read = read_once(pass); !read) return read;
      if (is_closed() || (pass > 0 && served_ == before)) return {};
      before = served_;
    }
    return refuse(Code::unavailable,
                  "the node's logs grow while they are read; try again, or audit its data folder");
  }

  Result<std::vector<Log>> logs() override {
    std::vector<Log> logs;
    for (const Served& served : served_) logs.push_back(served.log);
    return logs;
  }
  Result<std::vector<std::string>> checkpoints(LogId log) override {
    for (const Served& served : served_)
      if (served.log.id == log) return std::vector{served.checkpoint};
    return std::vector<std::string>();
  }
  Result<std::optional<std::string>> state_note() override { return state_; }
  Result<std::string> chain() override { return client_.chain(); }

  Result<std::vector<Item>> read(const Log& log, LogIndex begin, std::size_t count) override {
    std::vector<Item> items;
    while (items.size() < count) {
      const std::uint64_t at = begin.value() + items.size();
      const auto some = static_cast<std::size_t>(
          std::min<std::uint64_t>(count - items.size(), kTileWidth - at % kTileWidth));
      auto bundle = client_.entries(log.id, log.size, LogIndex(at), some);
      const bool shown = bundle || bundle.error().code == Code::not_found ||
                         bundle.error().code == Code::malformed;
      if (!shown) return std::unexpected(bundle.error());
      for (std::size_t i = 0; i < some; ++i)
        if (bundle)
          items.emplace_back(std::move((*bundle)[i]));
        else
          items.emplace_back(std::unexpected(bundle.error().detail));
    }
    return items;
  }
  Result<std::vector<Digest>> row(const Log& log, std::uint8_t level, std::uint64_t first,
                                  std::size_t count) override {
    return client_.row(log.id, log.size, level, first, count);
  }
  const std::vector<SourceFault>& faults() const override { return faults_; }

 private:
  struct Served {
    Log log;
    std::string checkpoint;
    bool operator==(const Served& other) const { return checkpoint == other.checkpoint; }
  };

  /// A node's own log has seen the others at once, theirs have seen it a way back and forth ago: it
  /// is read first in every other pass.
  Result<void> read_once(int pass) {
    auto note = client_.text("/api/v1/state");
    if (note)
      state_ = *std::move(note);
    else if (!says_absent(note.error()))
      return std::unexpected(note.error());
    const auto roster = client_.roster();
    if (!roster) return std::unexpected(roster.error());
    forbidden_.reset();
    faults_.clear();
    std::vector<LogId> ids;
    for (const auto& [id, keys] : roster->logs()) ids.push_back(id);
    if (pass % 2 != 0) std::ranges::reverse(ids);
    for (const LogId id : ids)
      if (auto added = add(id, *roster); !added) return added;
    std::ranges::sort(served_, {}, [](const Served& served) { return served.log.id; });
    if (served_.empty() && forbidden_) return must_be_there(*forbidden_);
    return {};
  }

  /// How long a log is, only its own key may say: a size that is believed is read.
  Result<void> add(LogId id, const Roster& roster) {
    auto text = client_.checkpoint(id);
    if (!text && says_absent(text.error())) {  // nothing in it yet
      if (text.error().code == Code::unauthorised) forbidden_ = text.error();
      return {};
    }
    if (!text) return std::unexpected(text.error());
    const Charter& charter = client_.charter();
    const auto checkpoint = own_checkpoint(*text, id, charter, roster);
    if (!checkpoint) {
      faults_.push_back({.origin = charter.origin(id), .sentence = checkpoint.error().detail});
      return {};
    }
    served_.push_back(
        {.log = {.id = id, .size = checkpoint->size}, .checkpoint = *std::move(text)});
    return {};
  }

  LogSize size_of(LogId id) const {
    for (const Served& served : served_)
      if (served.log.id == id) return served.log.size;
    return {};
  }

  /// What a log's last entry has seen, none before it exceeds. An entry that cannot be had or read
  /// is left to the audit.
  bool is_closed() {
    for (const Served& served : served_) {
      const auto [id, size] = served.log;
      if (size == LogSize(0)) continue;
      const auto last = client_.entries(id, size, LogIndex(size.value() - 1), 1);
      const auto entry = last ? decode_entry(last->front()) : std::unexpected(last.error());
      if (!entry) continue;
      for (const Seen& seen : entry->seen)
        if (seen.size > size_of(seen.log)) return false;
    }
    return true;
  }

  LogClient client_;
  std::vector<Served> served_;
  std::optional<std::string> state_;
  std::optional<Error> forbidden_;  ///< of a log whose checkpoint is not given
  std::vector<SourceFault> faults_;
};

}  // namespace

Result<std::unique_ptr<LogSource>> open_served_source(LogClient client) {
  auto source = std::make_unique<TilesSource>(std::move(client));
  if (auto done = source->load(); !done) return std::unexpected(done.error());
  return source;
}

Result<std::unique_ptr<LogSource>> open_site_source(const std::string& folder,
                                                    const Charter& charter) {
  LogClient client(files_below(folder), charter);
  const auto note = client.text("/charter.txt");
  const auto own = note ? parse_charter(*note) : std::unexpected(note.error());
  if (own && own->id != charter.id)
    return refuse(Code::failed, folder + " is a site of another ledger");
  return open_served_source(std::move(client));
}

bool is_site(const std::string& folder) {
  std::error_code failed;
  return std::filesystem::is_directory(std::filesystem::path(folder) / "log", failed);
}

bool is_url(const std::string& place) {
  return place.starts_with("http://") || place.starts_with("https://");
}

Result<std::unique_ptr<LogSource>> open_source(const std::string& place, const Charter& charter) {
  if (is_url(place)) {
    auto client = LogClient::make(place, charter);
    if (!client) return std::unexpected(client.error());
    return open_served_source(*std::move(client));
  }
  if (is_backup(place)) return open_backup_source(place, charter);
  return is_site(place) ? open_site_source(place, charter) : open_directory_source(place, charter);
}

}  // namespace tallinn
