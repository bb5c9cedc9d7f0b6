// LogClient: reads the logs that a node serves as c2sp.org/tlog-tiles: checkpoints, entry bundles,
// tiles. Shell. One thread. Nothing it returns is trusted: the caller checks.
#pragma once

#include "ledger/charter.h"
#include "ledger/tiles.h"
#include "net/http_client.h"

namespace tallinn {

class LogClient {
 public:
  /// `charter` must outlive it.
  static Result<LogClient> make(const std::string& url, const Charter& charter);

  /// The checkpoint note; not_found when the node has no such log, or nothing in it.
  Result<std::string> checkpoint(LogId log);
  /// `count` entries from `begin` on of a log of `size`.
  Result<std::vector<Bytes>> entries(LogId log, LogSize size, LogIndex begin, std::size_t count);
  /// `count` hashes of a tile row from `first` on, within one tile, of a tree of `size`.
  Result<std::vector<Digest>> row(LogId log, LogSize size, std::uint8_t level, std::uint64_t first,
                                  std::size_t count);
  /// Any other text that the node answers with status 200; not_found as such.
  Result<std::string> text(const std::string& target);

 private:
  LogClient(HttpClient client, const Charter& charter)
      : client_(std::move(client)), charter_(&charter) {}
  std::string folder_of(LogId log) const;

  HttpClient client_;
  const Charter* charter_;
};

/// The rows of one served tree, for hashes of any subtree. `client` must outlive it.
class ServedRows final : public TileRowReader {
 public:
  ServedRows(LogClient& client, LogId log, LogSize size)
      : client_(client), log_(log), size_(size) {}
  Result<std::vector<Digest>> read(std::uint8_t tile_level, std::uint64_t first_index,
                                   std::size_t count) override {
    return client_.row(log_, size_, tile_level, first_index, count);
  }

 private:
  LogClient& client_;
  LogId log_;
  LogSize size_;
};

}  // namespace tallinn
