// StoredTree: the Merkle tree of one log as it was at one size, for its roots and proofs.
// Shell over any StoreReader; one caller at a time. Tiles are read whole, since a proof asks for
// all of one in up to eight pieces and a scan costs more to begin than to go on with, and what was
// read and hashed is kept for the next proof of the same tree: at most kTilesKept tiles of 16 KiB.
// Fault corrupt when the log does not reach so far, or the tree cannot have the proof: the caller
// asks within the size.
#pragma once

#include <map>
#include <vector>

#include "ledger/merkle.h"
#include "ledger/store_log.h"

namespace tallinn {

class StoredTree final : private HashReader {
 public:
  static constexpr std::size_t kTilesKept = 16;

  /// `store` must outlive it.
  StoredTree(const StoreReader& store, LogId log, LogSize size)
      : logs_(store), log_(log), size_(size) {}

  LogSize size() const { return size_; }
  Stored<Digest> root();
  Stored<std::vector<Digest>> inclusion(LogIndex index);
  Stored<std::vector<Digest>> consistency_from(LogSize old_size);
  Stored<Frontier> frontier();

 private:
  /// The rows of hashes over each other, each half as wide as the one below: complete subtrees
  /// only.
  using Tile = std::vector<std::vector<Digest>>;

  Result<Digest> read(NodeId complete_subtree) override;
  Result<Tile*> tile(std::uint8_t level, std::uint64_t first);
  /// What the mathematics answered, or what was broken beneath it.
  template <class T>
  Stored<T> answer(Result<T> result) const;

  const StoredLogs logs_;
  const LogId log_;
  const LogSize size_;
  std::map<std::pair<std::uint8_t, std::uint64_t>, Tile> tiles_;
  std::optional<Fault> fault_;
};

}  // namespace tallinn
