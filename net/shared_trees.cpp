#include "net/shared_trees.h"

namespace tallinn {

Stored<std::vector<Digest>> SharedTrees::inclusion(const Place& place, LogSize size) {
  const std::lock_guard lock(mutex_);
  if (trees_.size() == kTreesKept && !trees_.contains({place.log, size})) trees_.clear();
  const auto [tree, fresh] = trees_.try_emplace({place.log, size}, *snapshot_, place.log, size);
  return tree->second.inclusion(place.index);
}

}  // namespace tallinn
