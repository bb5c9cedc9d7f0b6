// TileCache: tiles and entry bundles as ready answers. They never change, so that none is ever
// stale; the least recently used are dropped. Shell-free; thread-safe.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>

#include "events/strong.h"
#include "ledger/tiles.h"
#include "net/http.h"

namespace tallinn {

enum class Coding : std::uint8_t { identity, gzip };

class TileCache {
 public:
  struct Key {
    LogId log;
    TilePath tile;
    Coding coding = Coding::identity;
    auto operator<=>(const Key&) const = default;
  };
  /// `max_bytes`: of all bodies kept together; one that is larger alone is not kept.
  explicit TileCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Nothing when it is not there.
  std::shared_ptr<const HttpResponse> get(const Key& key);
  void put(const Key& key, std::shared_ptr<const HttpResponse> response);
  std::size_t bytes() const;

 private:
  struct Kept {
    Key key;
    std::shared_ptr<const HttpResponse> response;
  };
  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::list<Kept> by_use_;  ///< the most recently used first
  std::map<Key, std::list<Kept>::iterator> places_;
  std::size_t bytes_ = 0;
};

}  // namespace tallinn
