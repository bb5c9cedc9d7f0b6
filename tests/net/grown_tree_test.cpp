#include "net/grown_tree.h"

#include <doctest/doctest.h>

#include "tests/ledger/slow_tree.h"
#include "tests/ledger/store_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr LogId kGrownLog{OfficeNumber(1), Epoch(2)};

/// A store whose log has the first `size` of these leaves, and beside it another log.
std::unique_ptr<Store> store_with(std::span<const Digest> leaves, std::size_t size) {
  auto store = open_store(MemoryDisk::make());
  Batch batch;
  for (const LogId log : {kGrownLog, LogId{OfficeNumber(1), Epoch(1)}}) {
    Frontier frontier;
    for (std::size_t i = 0; i < size; ++i) {
      const Digest leaf = log == kGrownLog ? leaves[i] : sha256("of another log");
      append_to_rows(frontier, leaf,
                     [&](std::uint8_t level, std::uint64_t index, const Digest& hash) {
                       batch.put(Family::rows, row_key(log, level, index), hash.view());
                     });
    }
  }
  REQUIRE(store->commit(std::move(batch)).has_value());
  return store;
}

std::vector<Digest> leaves_from(std::span<const Digest> leaves, std::size_t begin) {
  const auto rest = leaves.subspan(begin);
  return {rest.begin(), rest.end()};
}

/// Counts what is read, and refuses it when told to.
class WatchedStore final : public StoreReader {
 public:
  explicit WatchedStore(const StoreReader& store) : store_(store) {}
  Stored<std::optional<Bytes>> get(Family family, BytesView key) const override {
    ++reads;
    if (fails) return std::unexpected(Fault{Fault::io, "the disk is gone"});
    return store_.get(family, key);
  }
  Stored<void> scan(Family family, BytesView begin, BytesView end,
                    const Visit& visit) const override {
    ++reads;
    if (fails) return std::unexpected(Fault{Fault::io, "the disk is gone"});
    return store_.scan(family, begin, end, visit);
  }
  Stored<void> scan_back(Family family, BytesView begin, BytesView end,
                         const Visit& visit) const override {
    ++reads;
    if (fails) return std::unexpected(Fault{Fault::io, "the disk is gone"});
    return store_.scan_back(family, begin, end, visit);
  }
  mutable int reads = 0;
  bool fails = false;

 private:
  const StoreReader& store_;
};

}  // namespace

TEST_CASE("wherever the store ends, every root of a grown tree is the slow one of all leaves") {
  const auto leaves = make_leaves(40);
  for (std::size_t stored = 0; stored <= leaves.size(); ++stored) {
    const auto store = store_with(leaves, stored);
    GrownTree tree(*store, kGrownLog, LogSize(stored), leaves_from(leaves, stored));
    CHECK(tree.size() == LogSize(leaves.size()));
    for (std::size_t size = 0; size <= leaves.size(); ++size) {
      INFO("stored " << stored << " size " << size);
      CHECK(tree.root(LogSize(size)) == slow_root(std::span(leaves).first(size)));
    }
    CHECK_FALSE(tree.fault());
  }
}

TEST_CASE("roots over the end of a tile are the slow ones, whether it is stored or grown") {
  const auto leaves = make_leaves(600);
  for (const std::size_t stored : {0u, 1u, 255u, 256u, 257u, 511u, 512u, 513u, 600u}) {
    const auto store = store_with(leaves, stored);
    GrownTree tree(*store, kGrownLog, LogSize(stored), leaves_from(leaves, stored));
    for (const std::size_t size : {255u, 256u, 257u, 300u, 511u, 512u, 513u, 599u, 600u}) {
      INFO("stored " << stored << " size " << size);
      CHECK(tree.root(LogSize(size)) == slow_root(std::span(leaves).first(size)));
    }
  }
}

TEST_CASE("proofs read from a grown tree are those of the slow one") {
  const auto leaves = make_leaves(70);
  SlowHashes slow(leaves);
  for (const std::size_t stored : {0u, 1u, 31u, 32u, 33u, 64u, 70u}) {
    const auto store = store_with(leaves, stored);
    GrownTree tree(*store, kGrownLog, LogSize(stored), leaves_from(leaves, stored));
    for (std::size_t size = 1; size <= leaves.size(); ++size) {
      INFO("stored " << stored << " size " << size);
      CHECK(prove_consistency(LogSize(size), tree.size(), tree) ==
            prove_consistency(LogSize(size), tree.size(), slow));
      CHECK(prove_inclusion(LogIndex(size - 1), LogSize(size), tree) ==
            prove_inclusion(LogIndex(size - 1), LogSize(size), slow));
    }
  }
}

TEST_CASE("what stands in the store behind the size that is named is not part of a grown tree") {
  const auto leaves = make_leaves(40);
  const auto store = store_with(leaves, 40);
  auto grown = std::vector(leaves.begin(), leaves.begin() + 21);
  for (int i = 0; i < 19; ++i) grown.push_back(sha256("offered " + std::to_string(i)));
  GrownTree tree(*store, kGrownLog, LogSize(21), leaves_from(grown, 21));
  for (std::size_t size = 0; size <= grown.size(); ++size)
    CHECK(tree.root(LogSize(size)) == slow_root(std::span(grown).first(size)));
}

TEST_CASE("a size that the tree has not reached has no root, and that is no fault") {
  const auto leaves = make_leaves(12);
  const auto store = store_with(leaves, 7);
  GrownTree tree(*store, kGrownLog, LogSize(7), leaves_from(leaves, 7));
  for (const std::uint64_t size : {13u, 14u, 16u, 1000u}) CHECK_FALSE(tree.root(LogSize(size)));
  CHECK_FALSE(tree.fault());
  CHECK(tree.root(LogSize(12)) == slow_root(leaves));
}

TEST_CASE("a root that is remembered is given without a look at the store, and only at its size") {
  const auto leaves = make_leaves(30);
  const auto store = store_with(leaves, 20);
  const WatchedStore watched(*store);
  const GrownTree::Roots known{{LogSize(9), sha256("remembered")}, {LogSize(20), sha256("too")}};
  GrownTree tree(watched, kGrownLog, LogSize(20), leaves_from(leaves, 20), &known);
  CHECK(tree.root(LogSize(9)) == sha256("remembered"));
  CHECK(tree.root(LogSize(20)) == sha256("too"));
  CHECK(watched.reads == 0);
  for (std::size_t size = 0; size <= leaves.size(); ++size)
    if (!known.contains(LogSize(size)))
      CHECK(tree.root(LogSize(size)) == slow_root(std::span(leaves).first(size)));
  CHECK(watched.reads > 0);
}

TEST_CASE("a root that was computed is not computed again") {
  const auto leaves = make_leaves(30);
  const auto store = store_with(leaves, 21);
  const WatchedStore watched(*store);
  GrownTree tree(watched, kGrownLog, LogSize(21), leaves_from(leaves, 21));
  for (const std::uint64_t size : {7u, 21u, 29u}) {
    const auto first = tree.root(LogSize(size));
    const int reads = std::exchange(watched.reads, 0);
    CHECK(reads > 0);
    CHECK(tree.root(LogSize(size)) == first);
    CHECK(watched.reads == 0);
  }
}

TEST_CASE(
    "a store that cannot be read, or has not what it should, is a fault that the tree keeps") {
  const auto leaves = make_leaves(30);
  const auto store = store_with(leaves, 21);
  WatchedStore watched(*store);
  GrownTree tree(watched, kGrownLog, LogSize(21), leaves_from(leaves, 21));
  watched.fails = true;
  CHECK_FALSE(tree.root(LogSize(25)));
  REQUIRE(tree.fault());
  CHECK(tree.fault()->kind == Fault::io);
  watched.fails = false;
  CHECK(tree.root(LogSize(25)) == slow_root(std::span(leaves).first(25)));  // it was not remembered

  GrownTree longer(*store, kGrownLog, LogSize(24), leaves_from(leaves, 24));
  CHECK_FALSE(longer.root(LogSize(25)));
  REQUIRE(longer.fault());
  CHECK(longer.fault()->kind == Fault::corrupt);
}
