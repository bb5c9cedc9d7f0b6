// LogClient: reads logs that are served as c2sp.org/tlog-tiles: checkpoints, entry bundles, tiles;
// by a node over HTTP, or as files of a static site. Shell. One thread. Nothing it returns is
// trusted: the caller checks.
#pragma once

#include <functional>

#include "ledger/charter.h"
#include "ledger/tiles.h"
#include "net/http_client.h"
#include "projections/roster.h"

namespace tallinn {

/// Of any file of a site: a bundle of 256 entries has at most 16 MiB.
inline constexpr std::size_t kMaxServedBytes = 32u << 20;

struct NodeHolds {
  LogSize size;
  Digest root;
  Lamport last;  ///< greatest Lamport time of all its logs
};

class LogClient {
 public:
  /// `charter` must outlive it.
  static Result<LogClient> make(const std::string& url, const Charter& charter);
  /// `fetch("/log/kyiv/1/checkpoint")`: the resource, not_found, or unauthorised: an object store
  /// that must not list its objects says that of every absent one.
  using Fetch = std::function<Result<std::string>(const std::string& target)>;
  LogClient(Fetch fetch, const Charter& charter) : fetch_(std::move(fetch)), charter_(&charter) {}

  const Charter& charter() const { return *charter_; }
  /// The governance chain that is served with the logs, as a site's chain.json or by a node; an
  /// empty one where there is none.
  Result<std::string> chain();
  /// Where it leads, proven from the charter on.
  Result<Roster> roster();
  /// What the node holds of a log, as it says; an empty one when it has nothing of it.
  Result<NodeHolds> holds(LogId log);
  /// The checkpoint note; says_absent when the node has no such log, or nothing in it.
  Result<std::string> checkpoint(LogId log);
  /// `count` entries from `begin` on of a log of `size`, which has them.
  Result<std::vector<Bytes>> entries(LogId log, LogSize size, LogIndex begin, std::size_t count);
  /// `count` hashes of a tile row from `first` on, within one tile, of a tree of `size`.
  Result<std::vector<Digest>> row(LogId log, LogSize size, std::uint8_t level, std::uint64_t first,
                                  std::size_t count);
  /// Any other text; says_absent when it is not there.
  Result<std::string> text(const std::string& target) { return fetch_(target); }

 private:
  std::string folder_of(LogId log) const;
  /// A tile's or bundle's body. A partial one that is gone is the beginning of the full one.
  Result<std::string> tile(LogId log, TilePath path);

  Fetch fetch_;
  const Charter* charter_;
};

/// What a fetch answers for what is not there, where it need not be there.
bool says_absent(const Error& error);
/// The error where it must be there: a server that forbids it could not be read.
std::unexpected<Error> must_be_there(Error error);

/// A server as a place of resources.
Result<LogClient::Fetch> served_at(const std::string& url);
/// A folder as a place of resources: the target is a path below it.
LogClient::Fetch files_below(const std::string& folder);

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
