// LogSource: where an audit or an export reads logs: a data directory, a backup, a node's URL, a
// static site's URL or folder. Nothing that it returns is trusted. Shell. One thread.
#pragma once

#include <functional>
#include <memory>

#include "ledger/charter.h"

namespace tallinn {

class LogClient;

/// What is wrong with a source, or with one log of it, so that nothing of that log is read.
struct SourceFault {
  std::string origin;  ///< empty: of the source as a whole
  std::string sentence;
  bool operator==(const SourceFault&) const = default;
};

class LogSource {
 public:
  virtual ~LogSource() = default;

  struct Log {
    LogId id;
    LogSize size;  ///< entries that the source has or should have
  };
  /// By office, then epoch.
  virtual Result<std::vector<Log>> logs() = 0;
  /// Checkpoint notes of a log, the newest first.
  virtual Result<std::vector<std::string>> checkpoints(LogId log) = 0;
  /// The newest state note that every office in force signed; else the newest one; nothing when
  /// there is none.
  virtual Result<std::optional<std::string>> state_note() = 0;

  /// Every state note that the source keeps from before that one, the oldest first; what is served
  /// has none.
  using OnNote = std::function<void(const std::string&)>;
  virtual Result<void> earlier_state_notes(const OnNote&) { return {}; }

  /// The governance chain's file (projections/chain.h).
  virtual Result<std::string> chain() = 0;

  /// One entry's bytes, or why they cannot be had.
  using Item = std::expected<Bytes, std::string>;
  /// Exactly `count` items from `begin` on. Error: the source could not be read at all.
  virtual Result<std::vector<Item>> read(const Log& log, LogIndex begin, std::size_t count) = 0;
  /// `count` hashes of a tile row of the source's own tree, from `first` on, within one tile. Error
  /// unavailable when the source could not be read; any other: it does not have them.
  virtual Result<std::vector<Digest>> row(const Log& log, std::uint8_t level, std::uint64_t first,
                                          std::size_t count) = 0;
  /// Found when it was opened.
  virtual const std::vector<SourceFault>& faults() const = 0;
};

/// A node's folder, data folder or database. A damaged one is opened as far as it can be read, and
/// says so in `faults`.
Result<std::unique_ptr<LogSource>> open_directory_source(const std::string& folder,
                                                         const Charter& charter);
/// A backup's folder; `charter` must outlive it.
Result<std::unique_ptr<LogSource>> open_backup_source(const std::string& folder,
                                                      const Charter& charter);
/// What a client reads: a node's, or any server's of a static site. The client's charter must
/// outlive it.
Result<std::unique_ptr<LogSource>> open_served_source(LogClient client);
/// What `export tiles` made. `charter` must outlive it.
Result<std::unique_ptr<LogSource>> open_site_source(const std::string& folder,
                                                    const Charter& charter);
/// Has the folder the shape of a static site?
bool is_site(const std::string& folder);
bool is_url(const std::string& place);
/// Whichever of them it is.
Result<std::unique_ptr<LogSource>> open_source(const std::string& place, const Charter& charter);

}  // namespace tallinn
