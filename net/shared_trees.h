// SharedTrees: the trees of what one snapshot holds, for whoever makes receipts of it: the entries
// of one commit stand beside each other, and what the first proof has read and hashed serves the
// next. Shell; thread-safe. Memory: at most kTreesKept trees (ledger/store_tree.h).
#pragma once

#include <memory>
#include <mutex>

#include "ledger/store_tree.h"

namespace tallinn {

class SharedTrees {
 public:
  static constexpr std::size_t kTreesKept = 4;

  explicit SharedTrees(std::shared_ptr<const StoreReader> snapshot)
      : snapshot_(std::move(snapshot)) {}
  /// As StoredTree::inclusion.
  Stored<std::vector<Digest>> inclusion(const Place& place, LogSize size);

 private:
  const std::shared_ptr<const StoreReader> snapshot_;
  std::mutex mutex_;
  std::map<std::pair<LogId, LogSize>, StoredTree> trees_;
};

}  // namespace tallinn
