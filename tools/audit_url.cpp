// A LogSource over resources of c2sp.org/tlog-tiles: by HTTP, or files of a static site.
#include <chrono>
#include <filesystem>
#include <thread>

#include "ledger/checkpoint.h"
#include "ledger/file_backup.h"
#include "ledger/note.h"
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
  /// until two passes agree: a node that goes on meanwhile would else show one log that has seen
  /// more of another than was read.
  Result<void> load() {
    std::vector<Served> before;
    for (int pass = 0; pass < kMostPasses; ++pass) {
      if (pass > 0) std::this_thread::sleep_for(kBetweenPasses);
      served_.clear();
      if (auto read = read_once(); !read) return read;
      if (pass > 0 && served_ == before) return {};
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
    auto entries = client_.entries(log.id, log.size, begin, count);
    if (!entries) return std::unexpected(entries.error());
    std::vector<Item> items;
    for (Bytes& entry : *entries) items.emplace_back(std::move(entry));
    return items;
  }
  Result<std::vector<Digest>> leaf_hashes(const Log& log, LogIndex begin,
                                          std::size_t count) override {
    std::vector<Digest> hashes;
    const std::uint64_t end = begin.value() + count;
    for (std::uint64_t at = begin.value(); at < end;) {
      const std::uint64_t stop = std::min<std::uint64_t>(end, (at / kTileWidth + 1) * kTileWidth);
      const auto part = client_.row(log.id, log.size, 0, at, stop - at);
      if (!part) return std::unexpected(part.error());
      hashes.insert(hashes.end(), part->begin(), part->end());
      at = stop;
    }
    return hashes;
  }
  const std::vector<std::string>& faults() const override { return faults_; }

 private:
  struct Served {
    Log log;
    std::string checkpoint;
    bool operator==(const Served& other) const { return checkpoint == other.checkpoint; }
  };

  Result<void> read_once() {
    auto note = client_.text("/api/v1/state");
    if (note)
      state_ = *std::move(note);
    else if (note.error().code != Code::not_found)
      return std::unexpected(note.error());
    const auto roster = client_.roster();
    if (!roster) return std::unexpected(roster.error());
    for (const auto& [id, keys] : roster->logs())
      if (auto added = add(id); !added) return added;
    return {};
  }

  Result<void> add(LogId id) {
    auto text = client_.checkpoint(id);
    if (!text && text.error().code == Code::not_found) return {};  // nothing in it yet
    if (!text) return std::unexpected(text.error());
    const auto note = parse_note(*text);
    const auto checkpoint = note ? parse_checkpoint(note->text) : std::unexpected(note.error());
    if (!checkpoint) return std::unexpected(checkpoint.error());
    served_.push_back(
        {.log = {.id = id, .size = checkpoint->size}, .checkpoint = *std::move(text)});
    return {};
  }

  LogClient client_;
  std::vector<Served> served_;
  std::optional<std::string> state_;
  std::vector<std::string> faults_;
};

}  // namespace

namespace {

Result<std::unique_ptr<LogSource>> loaded(LogClient client) {
  auto source = std::make_unique<TilesSource>(std::move(client));
  if (auto done = source->load(); !done) return std::unexpected(done.error());
  return source;
}

}  // namespace

Result<std::unique_ptr<LogSource>> open_url_source(const std::string& url, const Charter& charter) {
  auto client = LogClient::make(url, charter);
  if (!client) return std::unexpected(client.error());
  return loaded(*std::move(client));
}

Result<std::unique_ptr<LogSource>> open_site_source(const std::string& folder,
                                                    const Charter& charter) {
  return loaded(LogClient(files_below(folder), charter));
}

bool is_site(const std::string& folder) {
  std::error_code failed;
  return std::filesystem::is_directory(std::filesystem::path(folder) / "log", failed);
}

Result<std::unique_ptr<LogSource>> open_source(const std::string& place, const Charter& charter) {
  if (place.starts_with("http://") || place.starts_with("https://"))
    return open_url_source(place, charter);
  if (is_backup(place)) return open_backup_source(place, charter);
  return is_site(place) ? open_site_source(place, charter) : open_directory_source(place, charter);
}

}  // namespace tallinn
