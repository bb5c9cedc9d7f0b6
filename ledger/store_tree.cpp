#include "ledger/store_tree.h"

#include <algorithm>

#include "events/assert.h"

namespace tallinn {

Result<StoredTree::Tile*> StoredTree::tile(std::uint8_t level, std::uint64_t first) {
  if (const auto kept = tiles_.find({level, first}); kept != tiles_.end()) return &kept->second;
  const std::uint64_t length = tile_row_length(level, size_);
  TALLINN_ASSERT(first < length);  // the mathematics stays inside the tree
  auto row = logs_.row(log_, level, first, std::min<std::uint64_t>(kTileWidth, length - first));
  if (!row) {
    fault_ = row.error();
    return refuse(Code::failed, fault_->detail);
  }
  if (tiles_.size() == kTilesKept) tiles_.clear();
  Tile& fresh = tiles_[{level, first}];
  fresh.push_back(*std::move(row));
  return &fresh;
}

Result<Digest> StoredTree::read(NodeId node) {
  const unsigned height = node.level % 8;
  const std::uint64_t in_row = node.index << height;
  const std::uint64_t first = in_row / kTileWidth * kTileWidth;
  const auto rows = tile(static_cast<std::uint8_t>(node.level / 8), first);
  if (!rows) return std::unexpected(rows.error());
  while ((*rows)->size() <= height) {
    const std::vector<Digest>& below = (*rows)->back();
    std::vector<Digest> above(below.size() / 2);
    for (std::size_t i = 0; i < above.size(); ++i)
      above[i] = node_hash(below[2 * i], below[2 * i + 1]);
    (*rows)->push_back(std::move(above));
  }
  const std::size_t at = (in_row - first) >> height;
  TALLINN_ASSERT(at < (**rows)[height].size());
  return (**rows)[height][at];
}

template <class T>
Stored<T> StoredTree::answer(Result<T> result) const {
  if (result) return std::move(*result);
  if (fault_) return std::unexpected(*fault_);
  return broken(Fault::corrupt, words_of(log_) + ": " + result.error().detail);
}

Stored<Digest> StoredTree::root() {
  return answer(tree_root(size_, *this));
}

Stored<std::vector<Digest>> StoredTree::inclusion(LogIndex index) {
  return answer(prove_inclusion(index, size_, *this));
}

Stored<std::vector<Digest>> StoredTree::consistency_from(LogSize old_size) {
  return answer(prove_consistency(old_size, size_, *this));
}

Stored<Frontier> StoredTree::frontier() {
  return answer(Frontier::load(size_, *this));
}

}  // namespace tallinn
