#include "ledger/merkle.h"

#include <algorithm>

#include "ledger/sha256.h"

namespace tallinn {

namespace {

constexpr std::uint64_t kOne = 1;

std::unexpected<Error> false_proof(std::string detail) {
  return refuse(Code::failed, std::move(detail));
}

/// The largest power of two below `count`; count > 1. Where RFC 6962 splits a tree.
std::uint64_t split_point(std::uint64_t count) {
  return std::bit_floor(count - 1);
}

/// The hash of the RFC 6962 node over leaves [begin, end): its complete subtrees, folded from the
/// right.
Result<Digest> span_hash(std::uint64_t begin, std::uint64_t end, HashReader& reader) {
  std::vector<Digest> peaks;
  for (std::uint64_t at = begin; at < end;) {
    const std::uint64_t width = std::bit_floor(end - at);
    const auto level = static_cast<std::uint8_t>(std::countr_zero(width));
    auto hash = reader.read(NodeId{.level = level, .index = at >> level});
    if (!hash) return hash;
    peaks.push_back(*hash);
    at += width;
  }
  Digest hash = peaks.back();
  for (std::size_t i = peaks.size() - 1; i-- > 0;) hash = node_hash(peaks[i], hash);
  return hash;
}

/// Climbs from a leaf or node at `index`: bit i of the index says on which side the i-th sibling
/// stands.
Digest climb(Digest hash, std::uint64_t index, std::span<const Digest> siblings) {
  for (const Digest& sibling : siblings) {
    hash = (index & 1) != 0 ? node_hash(sibling, hash) : node_hash(hash, sibling);
    index >>= 1;
  }
  return hash;
}

/// The same, but only siblings on the left count: the root of the tree that ends here.
Digest climb_left_only(Digest hash, std::uint64_t index, std::span<const Digest> siblings) {
  for (const Digest& sibling : siblings) {
    if ((index & 1) != 0) hash = node_hash(sibling, hash);
    index >>= 1;
  }
  return hash;
}

/// A path splits into siblings below the right border of the tree, and left siblings along it.
struct PathShape {
  std::size_t inner = 0;
  std::size_t border = 0;
};
PathShape path_shape(std::uint64_t index, std::uint64_t size) {
  const auto inner = static_cast<std::size_t>(std::bit_width(index ^ (size - 1)));
  const std::uint64_t above = inner < 64 ? index >> inner : 0;
  return {.inner = inner, .border = static_cast<std::size_t>(std::popcount(above))};
}

Digest climb_border(Digest hash, std::span<const Digest> siblings) {
  for (const Digest& sibling : siblings) hash = node_hash(sibling, hash);
  return hash;
}

Result<void> check_range_bounds(LeafRange range, LogSize size) {
  const bool empty_tree = size.value() == 0 && range.end.value() == 0;
  const bool inside = range.begin < range.end && range.end.value() <= size.value();
  if (!empty_tree && !inside) return false_proof("the range does not lie inside the tree");
  if (empty_tree && range.begin.value() != 0)
    return false_proof("the range does not lie inside the tree");
  return {};
}

Result<void> collect_outside(std::uint64_t begin, std::uint64_t end, LeafRange range,
                             HashReader& reader, std::vector<Digest>& proof) {
  if (end <= range.begin.value() || begin >= range.end.value()) {
    auto hash = span_hash(begin, end, reader);
    if (!hash) return std::unexpected(hash.error());
    proof.push_back(*hash);
    return {};
  }
  if (begin >= range.begin.value() && end <= range.end.value()) return {};
  const std::uint64_t middle = begin + split_point(end - begin);
  auto left = collect_outside(begin, middle, range, reader, proof);
  return left ? collect_outside(middle, end, range, reader, proof) : left;
}

/// Rebuilds a root from leaves inside a range and hashes outside it; takes both from the front of
/// its spans.
class RangeFolder {
 public:
  RangeFolder(LeafRange range, std::span<const Digest> leaves, std::span<const Digest> proof)
      : range_(range), leaves_(leaves), proof_(proof) {}

  std::optional<Digest> fold(std::uint64_t begin, std::uint64_t end) {
    if (end <= range_.begin.value() || begin >= range_.end.value()) return take(proof_);
    if (end - begin == 1) return take(leaves_);
    const std::uint64_t middle = begin + split_point(end - begin);
    const auto left = fold(begin, middle);
    const auto right = left ? fold(middle, end) : std::nullopt;
    if (!right) return std::nullopt;
    return node_hash(*left, *right);
  }
  bool used_up() const { return leaves_.empty() && proof_.empty(); }

 private:
  static std::optional<Digest> take(std::span<const Digest>& from) {
    if (from.empty()) return std::nullopt;
    const Digest hash = from.front();
    from = from.subspan(1);
    return hash;
  }
  LeafRange range_;
  std::span<const Digest> leaves_;
  std::span<const Digest> proof_;
};

}  // namespace

Digest leaf_hash(BytesView entry) {
  const std::array<BytesView, 2> parts{BytesView("\0", 1), entry};
  return sha256(parts);
}

Digest node_hash(const Digest& left, const Digest& right) {
  std::array<char, 1 + 2 * Digest::kSize> message;
  message[0] = 1;
  std::memcpy(&message[1], left.bytes.data(), Digest::kSize);
  std::memcpy(&message[1 + Digest::kSize], right.bytes.data(), Digest::kSize);
  return sha256(BytesView(message.data(), message.size()));
}

Digest empty_root() {
  return sha256(BytesView());
}

Result<Digest> read_halves(NodeId node, HashReader& reader) {
  const auto below = static_cast<std::uint8_t>(node.level - 1);
  const auto left = reader.read({.level = below, .index = node.index * 2});
  if (!left) return left;
  const auto right = reader.read({.level = below, .index = node.index * 2 + 1});
  if (!right) return right;
  return node_hash(*left, *right);
}

Result<Digest> tree_root(LogSize size, HashReader& reader) {
  if (size.value() == 0) return empty_root();
  return span_hash(0, size.value(), reader);
}

Result<std::vector<Digest>> prove_inclusion(LogIndex index, LogSize size, HashReader& reader) {
  if (index.value() >= size.value()) return false_proof("the index is not inside the tree");
  std::vector<Digest> proof;
  std::uint64_t begin = 0;
  std::uint64_t end = size.value();
  while (end - begin > 1) {
    const std::uint64_t middle = begin + split_point(end - begin);
    const bool in_left = index.value() < middle;
    auto sibling = in_left ? span_hash(middle, end, reader) : span_hash(begin, middle, reader);
    if (!sibling) return std::unexpected(sibling.error());
    proof.push_back(*sibling);
    (in_left ? end : begin) = middle;
  }
  std::ranges::reverse(proof);
  return proof;
}

Result<void> check_inclusion(LogIndex index, LogSize size, const Digest& leaf,
                             std::span<const Digest> proof, const Digest& root) {
  if (index.value() >= size.value()) return false_proof("the index is not inside the tree");
  const PathShape shape = path_shape(index.value(), size.value());
  if (proof.size() != shape.inner + shape.border)
    return false_proof("the inclusion proof has the wrong length");
  const Digest inner = climb(leaf, index.value(), proof.first(shape.inner));
  if (climb_border(inner, proof.subspan(shape.inner)) != root)
    return false_proof("the inclusion proof does not lead to the root");
  return {};
}

Result<std::vector<Digest>> prove_consistency(LogSize old_size, LogSize new_size,
                                              HashReader& reader) {
  if (old_size > new_size) return false_proof("the older tree is larger than the newer one");
  std::vector<Digest> proof;
  if (old_size.value() == 0) return proof;
  std::uint64_t begin = 0;
  std::uint64_t end = new_size.value();
  while (end != old_size.value()) {
    const std::uint64_t middle = begin + split_point(end - begin);
    const bool in_left = old_size.value() <= middle;
    auto sibling = in_left ? span_hash(middle, end, reader) : span_hash(begin, middle, reader);
    if (!sibling) return std::unexpected(sibling.error());
    proof.push_back(*sibling);
    (in_left ? end : begin) = middle;
  }
  if (begin != 0) {
    auto seed = span_hash(begin, end, reader);
    if (!seed) return std::unexpected(seed.error());
    proof.push_back(*seed);
  }
  std::ranges::reverse(proof);
  return proof;
}

Result<void> check_consistency(LogSize old_size, const Digest& old_root, LogSize new_size,
                               const Digest& new_root, std::span<const Digest> proof) {
  if (old_size > new_size) return false_proof("the older tree is larger than the newer one");
  if (old_size.value() == 0) return false_proof("consistency with the empty tree proves nothing");
  if (old_size == new_size) {
    if (!proof.empty()) return false_proof("a proof between equal sizes is empty");
    if (old_root != new_root) return false_proof("two different roots for one size");
    return {};
  }
  // The old tree's last node whose parent grew is the seed; it is the old root itself when that
  // tree is complete.
  const PathShape shape = path_shape(old_size.value() - 1, new_size.value());
  const auto seed_level = static_cast<std::size_t>(std::countr_zero(old_size.value()));
  const std::size_t inner = shape.inner - seed_level;
  const std::size_t seed_hashes = old_size.value() == kOne << seed_level ? 0 : 1;
  if (proof.size() != seed_hashes + inner + shape.border)
    return false_proof("the consistency proof has the wrong length");
  const Digest seed = seed_hashes == 0 ? old_root : proof.front();
  const auto path = proof.subspan(seed_hashes);
  const std::uint64_t index = (old_size.value() - 1) >> seed_level;
  const Digest old_inner = climb_left_only(seed, index, path.first(inner));
  if (climb_border(old_inner, path.subspan(inner)) != old_root)
    return false_proof("the consistency proof does not lead to the older root");
  const Digest new_inner = climb(seed, index, path.first(inner));
  if (climb_border(new_inner, path.subspan(inner)) != new_root)
    return false_proof("the consistency proof does not lead to the newer root");
  return {};
}

Result<std::vector<Digest>> prove_range(LeafRange range, LogSize size, HashReader& reader) {
  if (auto bounds = check_range_bounds(range, size); !bounds)
    return std::unexpected(bounds.error());
  std::vector<Digest> proof;
  if (size.value() == 0) return proof;
  if (auto done = collect_outside(0, size.value(), range, reader, proof); !done)
    return std::unexpected(done.error());
  return proof;
}

Result<void> check_range(LeafRange range, LogSize size, std::span<const Digest> leaf_hashes,
                         std::span<const Digest> proof, const Digest& root) {
  if (auto bounds = check_range_bounds(range, size); !bounds) return bounds;
  if (leaf_hashes.size() != range.end.value() - range.begin.value())
    return false_proof("the range has another number of leaves");
  RangeFolder folder(range, leaf_hashes, proof);
  const auto folded =
      size.value() == 0 ? std::optional(empty_root()) : folder.fold(0, size.value());
  if (!folded || !folder.used_up()) return false_proof("the range proof has the wrong length");
  if (*folded != root) return false_proof("the range proof does not lead to the root");
  return {};
}

Result<Frontier> Frontier::load(LogSize size, HashReader& reader) {
  Frontier frontier;
  for (std::uint64_t at = 0; at < size.value();) {
    const std::uint64_t width = std::bit_floor(size.value() - at);
    const auto level = static_cast<std::uint8_t>(std::countr_zero(width));
    auto hash = reader.read(NodeId{.level = level, .index = at >> level});
    if (!hash) return std::unexpected(hash.error());
    frontier.peaks_.push_back(*hash);
    at += width;
  }
  frontier.size_ = size.value();
  return frontier;
}

Digest Frontier::root() const {
  if (peaks_.empty()) return empty_root();
  Digest hash = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) hash = node_hash(peaks_[i], hash);
  return hash;
}

}  // namespace tallinn
