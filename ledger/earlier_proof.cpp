#include "ledger/earlier_proof.h"

#include <algorithm>

#include "events/assert.h"

namespace tallinn {
namespace {

/// A node of the RFC 6962 tree over `size` leaves from `begin` on, and how many of them are held.
struct Node {
  std::uint64_t begin = 0;
  std::uint64_t held = 0;
  std::uint64_t size = 0;
  std::uint64_t split() const { return std::bit_floor(size - 1); }
  bool held_left() const { return held <= split(); }
  /// The half that the border of what is held runs through.
  Node half() const {
    if (held_left()) return {begin, held, split()};
    return {begin + split(), held - split(), size - split()};
  }
};

/// Goes down both borders, that of the earlier prefix and that of what is held, as far as they are
/// one; RFC 6962, section 2.1.2.
class Descent {
 public:
  Descent(std::span<const Digest> proof, HashReader& reader) : proof_(proof), reader_(reader) {}

  Result<std::vector<Digest>> run(std::uint64_t earlier, Node node) {
    std::vector<Digest> outer;
    bool whole = true;
    while (earlier != node.held && node.held != node.size) {
      const auto sibling = next();
      if (!sibling) return std::unexpected(sibling.error());
      const std::uint64_t split = node.split();
      if (earlier <= split && !node.held_left()) {
        auto right = hash(node.half());
        if (!right) return std::unexpected(right.error());
        outer.push_back(*right);
        node = {node.begin, split, split};
        continue;
      }
      outer.push_back(*sibling);
      if (!node.held_left()) {
        earlier -= split;
        whole = false;
      }
      node = node.half();
    }
    auto inner = earlier == node.held && node.held != node.size
                     ? Result<std::vector<Digest>>(std::vector(proof_.begin(), proof_.end()))
                     : complete(earlier, node, whole);
    if (inner) inner->insert(inner->end(), outer.rbegin(), outer.rend());
    return inner;
  }

 private:
  Result<Digest> next() {
    if (proof_.empty()) return refuse(Code::failed, "the proof is too short");
    const Digest hash = proof_.back();
    proof_ = proof_.first(proof_.size() - 1);
    return hash;
  }

  Result<Digest> read(std::uint64_t begin, std::uint64_t size) {
    TALLINN_ASSERT(std::has_single_bit(size));
    const auto level = static_cast<std::uint8_t>(std::countr_zero(size));
    return reader_.read({.level = level, .index = begin >> level});
  }

  /// Of a node that is held in part: its border from what is held, the rest from the proof.
  Result<Digest> hash(const Node& node) {
    if (node.held == node.size) return read(node.begin, node.size);
    const auto sibling = next();
    if (!sibling) return sibling;
    const auto border = hash(node.half());
    if (!border) return border;
    return node.held_left() ? node_hash(*border, *sibling) : node_hash(*sibling, *border);
  }

  /// The proof inside a complete subtree that is held.
  Result<std::vector<Digest>> complete(std::uint64_t earlier, Node node, bool whole) {
    std::vector<Digest> proof;
    while (earlier != node.size) {
      const std::uint64_t split = node.split();
      const bool left = earlier <= split;
      const auto sibling = read(left ? node.begin + split : node.begin, split);
      if (!sibling) return std::unexpected(sibling.error());
      proof.push_back(*sibling);
      node = {left ? node.begin : node.begin + split, split, split};
      if (!left) earlier -= split;
      whole = whole && left;
    }
    if (!whole) {
      const auto border = read(node.begin, node.size);
      if (!border) return std::unexpected(border.error());
      proof.push_back(*border);
    }
    std::ranges::reverse(proof);
    return proof;
  }

  std::span<const Digest> proof_;
  HashReader& reader_;
};

}  // namespace

Result<std::vector<Digest>> prove_earlier(LogSize earlier, LogSize held, LogSize size,
                                          std::span<const Digest> proof, HashReader& reader) {
  TALLINN_ASSERT(earlier <= held && held < size);
  if (earlier == LogSize(0)) return std::vector<Digest>();
  return Descent(proof, reader).run(earlier.value(), {0, held.value(), size.value()});
}

}  // namespace tallinn
