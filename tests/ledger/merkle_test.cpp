#include "ledger/merkle.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/ledger/slow_tree.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr std::size_t kTrees = 100;

Digest slow_root_of(const std::vector<Digest>& leaves, std::size_t size) {
  return slow_root(std::span(leaves).first(size));
}

}  // namespace

TEST_CASE("the published eight leaves give the published roots") {
  const std::vector<std::string> inputs{"",
                                        "00",
                                        "10",
                                        "2021",
                                        "3031",
                                        "40414243",
                                        "5051525354555657",
                                        "606162636465666768696a6b6c6d6e6f"};
  const std::vector<std::string> roots{
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  CHECK(to_base64(empty_root().view()) == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  Frontier frontier;
  CHECK(frontier.root() == empty_root());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    frontier.append(leaf_hash(*from_hex(inputs[i])));
    CHECK(to_hex(frontier.root().view()) == roots[i]);
  }
}

TEST_CASE("every root of every tree up to 100 leaves is the slow one, read, grown or loaded") {
  const auto leaves = make_leaves(kTrees);
  SlowHashes hashes(leaves);
  Frontier grown;
  for (std::size_t size = 0; size <= kTrees; ++size) {
    const Digest expected = slow_root_of(leaves, size);
    CHECK(tree_root(LogSize(size), hashes).value() == expected);
    CHECK(grown.root() == expected);
    CHECK(grown.size() == LogSize(size));
    CHECK(Frontier::load(LogSize(size), hashes).value() == grown);
    if (size < kTrees) grown.append(leaves[size]);
  }
}

TEST_CASE("an append names exactly the complete subtrees that it finishes, with their hashes") {
  const auto leaves = make_leaves(64);
  SlowHashes hashes(leaves);
  Frontier frontier;
  std::size_t completed = 0;
  for (const Digest& leaf : leaves) {
    frontier.append(leaf, [&](NodeId node, const Digest& hash) {
      ++completed;
      CHECK(((node.index + 1) << node.level) == frontier.size().value() + 1);
      CHECK(hashes.read(node).value() == hash);
    });
  }
  CHECK(completed == 127);
}

TEST_CASE("every inclusion proof of every tree up to 100 leaves holds") {
  const auto leaves = make_leaves(kTrees);
  SlowHashes hashes(leaves);
  for (std::size_t size = 1; size <= kTrees; ++size) {
    const Digest root = slow_root_of(leaves, size);
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = prove_inclusion(LogIndex(index), LogSize(size), hashes);
      REQUIRE(proof);
      const bool holds =
          check_inclusion(LogIndex(index), LogSize(size), leaves[index], *proof, root).has_value();
      REQUIRE_MESSAGE(holds, "index " << index << " size " << size);
    }
  }
  CHECK_FALSE(prove_inclusion(LogIndex(5), LogSize(5), hashes));
}

TEST_CASE("every damaged inclusion proof is refused") {
  const auto leaves = make_leaves(40);
  SlowHashes hashes(leaves);
  for (std::size_t size : {1u, 2u, 3u, 7u, 8u, 13u, 32u, 33u, 40u}) {
    const Digest root = slow_root_of(leaves, size);
    for (std::size_t index = 0; index < size; ++index) {
      const auto check = [&](std::size_t at, std::size_t of, const Digest& leaf,
                             const std::vector<Digest>& proof, const Digest& to) {
        return check_inclusion(LogIndex(at), LogSize(of), leaf, proof, to).has_value();
      };
      const auto proof = prove_inclusion(LogIndex(index), LogSize(size), hashes).value();
      for (const auto& bad : damaged(proof))
        CHECK_FALSE(check(index, size, leaves[index], bad, root));
      for (std::size_t other = 0; other <= size; ++other)
        if (other != index) CHECK_FALSE(check(other, size, leaves[index], proof, root));
      CHECK_FALSE(check(index, size, leaves[index], proof, empty_root()));
      CHECK_FALSE(check(index, size, empty_root(), proof, root));
    }
  }
}

TEST_CASE("every consistency proof between trees up to 100 leaves holds") {
  const auto leaves = make_leaves(kTrees);
  SlowHashes hashes(leaves);
  for (std::size_t newer = 1; newer <= kTrees; ++newer) {
    const Digest new_root = slow_root_of(leaves, newer);
    for (std::size_t older = 1; older <= newer; ++older) {
      const auto proof = prove_consistency(LogSize(older), LogSize(newer), hashes);
      REQUIRE(proof);
      const bool holds = check_consistency(LogSize(older), slow_root_of(leaves, older),
                                           LogSize(newer), new_root, *proof)
                             .has_value();
      REQUIRE_MESSAGE(holds, "from " << older << " to " << newer);
    }
  }
  CHECK(prove_consistency(LogSize(0), LogSize(9), hashes).value().empty());
  CHECK_FALSE(prove_consistency(LogSize(9), LogSize(8), hashes));
}

TEST_CASE("every damaged consistency proof is refused, and so is one from nothing") {
  const auto leaves = make_leaves(40);
  SlowHashes hashes(leaves);
  for (std::size_t newer : {1u, 2u, 7u, 8u, 13u, 32u, 33u, 40u}) {
    const Digest new_root = slow_root_of(leaves, newer);
    for (std::size_t older = 1; older <= newer; ++older) {
      const Digest old_root = slow_root_of(leaves, older);
      const auto check = [&](std::size_t from, const Digest& from_root, std::size_t to,
                             const Digest& to_root, const std::vector<Digest>& proof) {
        return check_consistency(LogSize(from), from_root, LogSize(to), to_root, proof).has_value();
      };
      const auto proof = prove_consistency(LogSize(older), LogSize(newer), hashes).value();
      for (const auto& bad : damaged(proof))
        CHECK_FALSE(check(older, old_root, newer, new_root, bad));
      CHECK_FALSE(check(older, empty_root(), newer, new_root, proof));
      CHECK_FALSE(check(older, old_root, newer, empty_root(), proof));
      CHECK_FALSE(check(older - 1, old_root, newer, new_root, proof));
      CHECK_FALSE(check(0, empty_root(), newer, new_root, {}));
      if (older != newer) CHECK_FALSE(check(newer, new_root, older, old_root, proof));
    }
  }
  CHECK_FALSE(check_consistency(LogSize(0), empty_root(), LogSize(0), empty_root(), {}));
}

TEST_CASE("sizes up to the last of 64 bits neither overflow nor pass") {
  const std::vector<Digest> proof(64);
  const LogSize huge(UINT64_MAX);
  CHECK_FALSE(check_inclusion(LogIndex(UINT64_MAX - 1), huge, Digest{}, proof, Digest{}));
  CHECK_FALSE(check_inclusion(LogIndex(0), huge, Digest{}, proof, Digest{}));
  CHECK_FALSE(check_consistency(LogSize(UINT64_MAX - 1), Digest{}, huge, Digest{}, proof));
  CHECK_FALSE(check_consistency(LogSize(std::uint64_t{1} << 63), Digest{}, huge, Digest{}, proof));
  const std::vector<Digest> one(1);
  const LeafRange last{.begin = LogIndex(UINT64_MAX - 1), .end = LogIndex(UINT64_MAX)};
  CHECK_FALSE(check_range(last, huge, one, proof, Digest{}));
}

TEST_CASE(
    "every range proof of every tree up to 40 leaves holds, and every damaged one is refused") {
  const auto leaves = make_leaves(40);
  SlowHashes hashes(leaves);
  for (std::size_t size = 1; size <= 40; ++size) {
    const Digest root = slow_root_of(leaves, size);
    for (std::size_t begin = 0; begin < size; ++begin) {
      for (std::size_t end = begin + 1; end <= size; ++end) {
        const LeafRange range{.begin = LogIndex(begin), .end = LogIndex(end)};
        const auto inside = std::span(leaves).subspan(begin, end - begin);
        const auto proof = prove_range(range, LogSize(size), hashes).value();
        REQUIRE(check_range(range, LogSize(size), inside, proof, root));
        if (size % 13 != 0) continue;
        for (const auto& bad : damaged(proof))
          CHECK_FALSE(check_range(range, LogSize(size), inside, bad, root));
        for (const auto& bad : damaged({inside.begin(), inside.end()}))
          CHECK_FALSE(check_range(range, LogSize(size), bad, proof, root));
        const LeafRange next{.begin = LogIndex(begin + 1), .end = LogIndex(end + 1)};
        CHECK_FALSE(check_range(next, LogSize(size), inside, proof, root));
      }
    }
  }
}

TEST_CASE("a range of one leaf is proved by its inclusion proof in another order") {
  const auto leaves = make_leaves(21);
  SlowHashes hashes(leaves);
  auto inclusion = prove_inclusion(LogIndex(20), LogSize(21), hashes).value();
  const LeafRange range{.begin = LogIndex(20), .end = LogIndex(21)};
  const auto outside = prove_range(range, LogSize(21), hashes).value();
  std::ranges::reverse(inclusion);
  CHECK(outside == inclusion);
}

TEST_CASE("the empty range exists in the empty tree only") {
  SlowHashes hashes(make_leaves(4));
  const LeafRange none{.begin = LogIndex(0), .end = LogIndex(0)};
  CHECK(prove_range(none, LogSize(0), hashes).value().empty());
  CHECK(check_range(none, LogSize(0), {}, {}, empty_root()));
  CHECK_FALSE(check_range(none, LogSize(0), {}, {}, Digest{}));
  CHECK_FALSE(prove_range(none, LogSize(4), hashes));
  CHECK_FALSE(check_range(none, LogSize(4), {}, {}, empty_root()));
}

TEST_CASE("a reader's error comes out of every prover") {
  SlowHashes hashes(make_leaves(4));
  const LeafRange range{.begin = LogIndex(0), .end = LogIndex(1)};
  CHECK(tree_root(LogSize(9), hashes).error().code == Code::not_found);
  CHECK(prove_inclusion(LogIndex(0), LogSize(9), hashes).error().code == Code::not_found);
  CHECK(prove_consistency(LogSize(3), LogSize(9), hashes).error().code == Code::not_found);
  CHECK(prove_range(range, LogSize(9), hashes).error().code == Code::not_found);
  CHECK(Frontier::load(LogSize(9), hashes).error().code == Code::not_found);
}
