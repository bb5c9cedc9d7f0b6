#include "net/grown_tree.h"

namespace tallinn {

GrownTree::GrownTree(const StoreReader& store, LogId log, LogSize stored,
                     std::vector<Digest> leaves, const Roots* known)
    : rows_(store, log),
      hashes_(rows_),
      stored_(stored),
      leaves_(std::move(leaves)),
      known_(known) {}

Result<std::vector<Digest>> GrownTree::Rows::read(std::uint8_t tile_level,
                                                  std::uint64_t first_index, std::size_t count) {
  auto row = logs.row(log, tile_level, first_index, count);
  if (row) return std::move(*row);
  fault = row.error();
  return refuse(Code::unavailable, row.error().detail);
}

Result<Digest> GrownTree::read(NodeId node) {
  if (((node.index + 1) << node.level) <= stored_.value()) return hashes_.read(node);
  if (node.level == 0) {
    const std::uint64_t behind = node.index - stored_.value();
    if (behind >= leaves_.size()) return refuse(Code::failed, "the tree has not grown so far");
    return leaves_[behind];
  }
  return read_halves(node, *this);
}

std::optional<Digest> GrownTree::root(LogSize size) {
  if (known_ != nullptr && known_->contains(size)) return known_->at(size);
  if (roots_.contains(size)) return roots_.at(size);
  const auto computed = tree_root(size, *this);
  if (!computed) return std::nullopt;
  roots_.emplace(size, *computed);
  return *computed;
}

}  // namespace tallinn
