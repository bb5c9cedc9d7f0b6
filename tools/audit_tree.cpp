#include "tools/audit_tree.h"

#include <utility>

namespace tallinn {

void AuditTree::add(NodeId node, const Digest& hash) {
  if (node.level % 8 != 0 || node.level / 8 >= kTileLevels) return;
  const auto level = static_cast<std::uint8_t>(node.level / 8);
  made_[level].push_back(hash);
  if (made_[level].size() == kTileWidth) compare(level, node.index / kTileWidth);
}

void AuditTree::finish() {
  for (const TileRow& row : tile_rows(log_.size))
    if (row.partial_width > 0) compare(row.level, row.full_tiles);
}

void AuditTree::compare(std::uint8_t level, std::uint64_t index) {
  const std::vector<Digest> made = std::exchange(made_[level], {});
  if (failed_) return;
  const auto shown = source_.row(log_, level, index * kTileWidth, made.size());
  if (!shown && shown.error().code == Code::unavailable) {
    failed_ = shown.error();
    return;
  }
  const std::string tile = format_tile_path({.kind = TilePath::Kind::hashes,
                                             .level = level,
                                             .index = index,
                                             .width = static_cast<std::uint32_t>(made.size())});
  if (!shown)
    wrong_.push_back(tile + " of its tree cannot be read: " + shown.error().detail);
  else if (*shown != made)
    wrong_.push_back(tile + " of its tree is not what its entries give");
}

Result<std::vector<std::string>> AuditTree::take_wrong() {
  if (failed_) return std::unexpected(*failed_);
  return std::exchange(wrong_, {});
}

}  // namespace tallinn
