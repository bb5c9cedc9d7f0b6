// The Merkle tree of RFC 6962: hashes, roots, and prove/check pairs for inclusion, consistency and
// ranges. Pure. One narrow reader gives the hashes of complete subtrees; all mathematics is here.
// Nothing recurses deeper than 64. Errors: Code::failed when a proof does not hold or is asked of a
// tree that cannot have it; the reader's own errors pass through.
#pragma once

#include <bit>
#include <optional>
#include <span>
#include <vector>

#include "events/bytes.h"
#include "events/result.h"
#include "events/strong.h"

namespace tallinn {

/// SHA-256(0x00 || entry bytes).
Digest leaf_hash(BytesView entry);
/// SHA-256(0x01 || left || right).
Digest node_hash(const Digest& left, const Digest& right);
/// SHA-256 of nothing: the root of the empty tree.
Digest empty_root();

/// A complete subtree: the leaves [index << level, (index + 1) << level).
struct NodeId {
  std::uint8_t level = 0;
  std::uint64_t index = 0;
  auto operator<=>(const NodeId&) const = default;
};

/// Where the hashes of complete subtrees come from.
class HashReader {
 public:
  virtual ~HashReader() = default;
  /// Only asked for subtrees that lie inside the tree size the caller named.
  virtual Result<Digest> read(NodeId complete_subtree) = 0;
};

/// The hash of a subtree that `reader` can only put together from its two halves. Not for a leaf.
Result<Digest> read_halves(NodeId complete_subtree, HashReader& reader);

/// Reads at most 64 hashes.
Result<Digest> tree_root(LogSize size, HashReader& reader);

/// Sibling hashes, the leaf's first. `index` must be below `size`.
Result<std::vector<Digest>> prove_inclusion(LogIndex index, LogSize size, HashReader& reader);
Result<void> check_inclusion(LogIndex index, LogSize size, const Digest& leaf,
                             std::span<const Digest> proof, const Digest& root);

/// RFC 6962 section 2.1.2. Empty when old_size is 0 or equals new_size; `old_size` must not exceed
/// `new_size`.
Result<std::vector<Digest>> prove_consistency(LogSize old_size, LogSize new_size,
                                              HashReader& reader);
/// Refuses old_size 0: consistency with the empty tree proves nothing, so a caller that holds
/// nothing does not ask.
Result<void> check_consistency(LogSize old_size, const Digest& old_root, LogSize new_size,
                               const Digest& new_root, std::span<const Digest> proof);

/// Leaves [begin, end) of a tree.
struct LeafRange {
  LogIndex begin;
  LogIndex end;
};

/// The hashes of the maximal subtrees (nodes of the RFC 6962 tree of `size`, the last ones possibly
/// not complete) that have no leaf in the range, left to right. The range must not be empty, unless
/// the tree is.
Result<std::vector<Digest>> prove_range(LeafRange range, LogSize size, HashReader& reader);
/// Size and root must come from one signed text: alone, a root does not say how many leaves it has.
/// `leaf_hashes` are all leaf hashes of the range, in order. Cost: one node hash for each of leaves
/// and proof.
Result<void> check_range(LeafRange range, LogSize size, std::span<const Digest> leaf_hashes,
                         std::span<const Digest> proof, const Digest& root);

/// The compact form of a tree that only grows: one hash for each bit of its size. Copies; at most
/// 64 hashes.
class Frontier {
 public:
  Frontier() = default;
  static Result<Frontier> load(LogSize size, HashReader& reader);

  /// `completed(NodeId, const Digest&)` is called for every complete subtree that this leaf
  /// finishes, the leaf first.
  template <class Completed>
  void append(const Digest& leaf, Completed&& completed) {
    Digest hash = leaf;
    NodeId node{.level = 0, .index = size_};
    completed(node, hash);
    for (; (node.index & 1) != 0; node.index >>= 1) {
      hash = node_hash(peaks_.back(), hash);
      peaks_.pop_back();
      ++node.level;
      completed(NodeId{.level = node.level, .index = node.index >> 1}, hash);
    }
    peaks_.push_back(hash);
    ++size_;
  }
  void append(const Digest& leaf) {
    append(leaf, [](NodeId, const Digest&) {});
  }

  LogSize size() const { return LogSize(size_); }
  Digest root() const;
  bool operator==(const Frontier&) const = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<Digest> peaks_;  // complete subtrees, widest first
};

}  // namespace tallinn
