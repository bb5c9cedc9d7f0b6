// An audit of a served log that goes on where an earlier one was cut short: full tiles and full
// entry bundles, which never change, are kept in a folder as c2sp.org/tlog-tiles names them. Shell.
// One thread. Nothing kept is trusted: it is checked as everything that a server sends, and never
// speaks against the server. Everything else is fetched each time.
#pragma once

#include <filesystem>

#include "tools/audit.h"
#include "tools/log_client.h"

namespace tallinn {

class KeptTiles {
 public:
  /// Bounds what is kept; what is more is fetched, and not kept.
  static constexpr std::uint64_t kMostBytes = 64ULL << 30;

  explicit KeptTiles(std::filesystem::path folder, std::uint64_t most_bytes = kMostBytes);
  KeptTiles(const KeptTiles&) = delete;
  KeptTiles& operator=(const KeptTiles&) = delete;

  /// `fetch` through the folder. `this` must outlive it. Error unavailable when the folder cannot
  /// be written.
  LogClient::Fetch through(LogClient::Fetch fetch);
  /// How many answers came from the folder.
  std::uint64_t used() const { return used_; }
  /// From now on everything is fetched, and kept anew.
  void distrust() { trusted_ = false; }

 private:
  Result<std::string> get(const std::string& target, const LogClient::Fetch& fetch);

  const std::filesystem::path folder_;
  const std::uint64_t most_bytes_;
  std::uint64_t bytes_ = 0;
  std::uint64_t used_ = 0;
  bool trusted_ = true;
};

/// audit() of a source that reads through `kept`. When it does not hold and kept tiles were used,
/// once more without them: a failure is always the server's.
Result<AuditReport> audit_resumed(KeptTiles& kept, LogSource& source, const Charter& charter,
                                  const AuditOptions& options);

}  // namespace tallinn
