// The obvious Merkle tree: RFC 6962's definitions word by word, for comparison with
// ledger/merkle.h.
#pragma once

#include <string>
#include <vector>

#include "ledger/merkle.h"
#include "ledger/sha256.h"

namespace tallinn::test {

inline Digest slow_root(std::span<const Digest> leaves) {
  if (leaves.empty()) return sha256("");
  if (leaves.size() == 1) return leaves[0];
  std::size_t k = 1;
  while (k * 2 < leaves.size()) k *= 2;
  const std::string message = "\x01" + std::string(slow_root(leaves.first(k)).view()) +
                              std::string(slow_root(leaves.subspan(k)).view());
  return sha256(message);
}

/// Different leaf hashes; the same for the same count.
inline std::vector<Digest> make_leaves(std::size_t count) {
  std::vector<Digest> leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(leaf_hash("leaf " + std::to_string(i)));
  return leaves;
}

/// Hashes of complete subtrees, made anew for every question.
class SlowHashes final : public HashReader {
 public:
  explicit SlowHashes(std::vector<Digest> leaves) : leaves_(std::move(leaves)) {}
  Result<Digest> read(NodeId node) override {
    const std::size_t width = std::size_t{1} << node.level;
    const std::size_t begin = node.index * width;
    if (begin + width > leaves_.size()) return refuse(Code::not_found, "asked outside the tree");
    return slow_root(std::span(leaves_).subspan(begin, width));
  }

 private:
  std::vector<Digest> leaves_;
};

/// Every one-step damage of a proof: a bit of each hash, each hash left out, each hash doubled,
/// neighbours swapped.
inline std::vector<std::vector<Digest>> damaged(const std::vector<Digest>& proof) {
  std::vector<std::vector<Digest>> all;
  const auto step = [](std::size_t i) { return static_cast<std::ptrdiff_t>(i); };
  for (std::size_t i = 0; i < proof.size(); ++i) {
    all.push_back(proof);
    all.back()[i].bytes[i % 32] ^= static_cast<std::uint8_t>(1u << (i % 8));
    all.push_back(proof);
    all.back().erase(all.back().begin() + step(i));
    all.push_back(proof);
    all.back().insert(all.back().begin() + step(i), proof[i]);
    if (i + 1 < proof.size()) {
      all.push_back(proof);
      std::swap(all.back()[i], all.back()[i + 1]);
    }
  }
  all.push_back(proof);
  all.back().push_back(Digest{});
  return all;
}

}  // namespace tallinn::test
