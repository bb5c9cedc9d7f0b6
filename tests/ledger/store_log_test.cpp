#include <doctest/doctest.h>

#include "ledger/sha256.h"
#include "ledger/store_notes.h"
#include "ledger/store_tree.h"
#include "tests/ledger/slow_tree.h"
#include "tests/ledger/store_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr LogId kKyiv{OfficeNumber(0), Epoch(1)};
constexpr LogId kWarsaw{OfficeNumber(1), Epoch(1)};

Uuid id_of(std::uint64_t number) {
  Uuid id;
  id.bytes[6] = 0x70;
  id.bytes[14] = static_cast<std::uint8_t>(number >> 8);
  id.bytes[15] = static_cast<std::uint8_t>(number);
  return id;
}

Bytes event_of(std::uint64_t number) {
  return "event " + std::to_string(number);
}

/// Entry `index` has Lamport time 3 * index + 5.
Bytes entry_of(LogId log, std::uint64_t index) {
  Entry entry{.log = log,
              .lamport = Lamport(3 * index + 5),
              .seen = {},
              .recorded = UnixMillis(1),
              .event = event_of(index),
              .signatures = {EventSignature{}}};
  return encode_entry(entry);
}

/// Appends until the log has `size` entries; returns the leaf hashes of what was appended.
std::vector<Digest> grow(Store& store, LogId log, std::uint64_t size) {
  const StoredLogs logs(store);
  LogWriter writer(log, *logs.frontier(log, *logs.size(log)));
  Batch batch;
  std::vector<Digest> leaves;
  for (std::uint64_t i = writer.size().value(); i < size; ++i)
    leaves.push_back(writer.append(batch, entry_of(log, i), id_of(i), event_of(i)));
  REQUIRE(store.commit(std::move(batch)).has_value());
  CHECK(writer.size() == LogSize(size));
  CHECK(writer.root() == *StoredLogs(store).root(log, LogSize(size)));
  return leaves;
}

/// Counts the scans of tree rows.
class CountedScans final : public StoreReader {
 public:
  explicit CountedScans(const StoreReader& store) : store_(store) {}
  Stored<std::optional<Bytes>> get(Family family, BytesView key) const override {
    return store_.get(family, key);
  }
  Stored<void> scan(Family family, BytesView begin, BytesView end,
                    const Visit& visit) const override {
    ++scans;
    return store_.scan(family, begin, end, visit);
  }
  Stored<void> scan_back(Family family, BytesView begin, BytesView end,
                         const Visit& visit) const override {
    return store_.scan_back(family, begin, end, visit);
  }
  mutable int scans = 0;

 private:
  const StoreReader& store_;
};

}  // namespace

TEST_CASE("place and position keys sort as places and positions do, and are read back") {
  const Place places[] = {{kKyiv, LogIndex(0)},
                          {kKyiv, LogIndex(255)},
                          {kKyiv, LogIndex(256)},
                          {{OfficeNumber(0), Epoch(2)}, LogIndex(0)},
                          {{OfficeNumber(1), Epoch(1)}, LogIndex(7)},
                          {{OfficeNumber(256), Epoch(1)}, LogIndex(UINT64_MAX)}};
  CHECK(place_key(places[1]) == Bytes("\0\0\0\0\0\x01\0\0\0\0\0\0\0\xff", 14));
  for (const Place& a : places) {
    CHECK(parse_place_key(place_key(a)) == a);
    for (const Place& b : places) {
      CHECK((place_key(a) < place_key(b)) == (a < b));
      const Position first{Lamport(256), a};
      const Position second{Lamport(255), b};
      CHECK(parse_position_key(position_key(first)) == first);
      CHECK(position_key(second) < position_key(first));
    }
  }
}

TEST_CASE("a log grown in steps holds its entries, ids and Lamport times, apart from other logs") {
  const auto store = open_store(MemoryDisk::make());
  StoredLogs logs(*store);
  const LogId last{OfficeNumber(UINT16_MAX), Epoch(UINT32_MAX)};
  const LogId second_epoch{OfficeNumber(0), Epoch(2)};
  CHECK(logs.logs()->empty());
  CHECK(*logs.size(kKyiv) == LogSize(0));
  CHECK(*logs.root(kKyiv, LogSize(0)) == empty_root());
  for (const std::uint64_t size : {3u, 10u}) grow(*store, kKyiv, size);
  grow(*store, second_epoch, 1);
  grow(*store, kWarsaw, 2);
  grow(*store, last, 1);

  CHECK(*logs.logs() == std::vector<LogId>{kKyiv, second_epoch, kWarsaw, last});
  CHECK(*logs.size(kKyiv) == LogSize(10));
  CHECK(*logs.size(second_epoch) == LogSize(1));
  CHECK(*logs.size(last) == LogSize(1));
  CHECK(*logs.size({OfficeNumber(7), Epoch(1)}) == LogSize(0));
  CHECK(*logs.entry({kKyiv, LogIndex(9)}) == entry_of(kKyiv, 9));
  CHECK(logs.entry({kKyiv, LogIndex(10)}).error().kind == Fault::corrupt);
  CHECK(*logs.lamport_at(kKyiv, LogIndex(4)) == Lamport(17));

  const auto places = *logs.places_of(id_of(1));
  REQUIRE(places.size() == 2);
  CHECK(places[0].place == Place{kKyiv, LogIndex(1)});
  CHECK(places[1].place == Place{kWarsaw, LogIndex(1)});
  CHECK(places[1].event == sha256(event_of(1)));
  CHECK(logs.places_of(id_of(0))->size() == 4);
  CHECK(logs.places_of(id_of(99))->empty());
}

TEST_CASE("each visits a range in order, stops when told, and calls a gap corrupt") {
  const auto store = open_store(MemoryDisk::make());
  const StoredLogs logs(*store);
  grow(*store, kKyiv, 6);
  grow(*store, kWarsaw, 6);
  std::string seen;
  const auto note = [&](LogIndex index, BytesView bytes) {
    CHECK(bytes == entry_of(kKyiv, index.value()));
    seen += std::to_string(index.value());
    return index == LogIndex(4) ? StoreReader::Next::stop : StoreReader::Next::go_on;
  };
  CHECK(logs.each(kKyiv, LogIndex(1), LogIndex(4), note).has_value());
  CHECK(seen == "123");
  CHECK(logs.each(kKyiv, LogIndex(2), LogIndex(6), note).has_value());
  CHECK(seen == "123234");
  CHECK(logs.each(kKyiv, LogIndex(5), LogIndex(100), note).has_value());
  CHECK(seen == "1232345");
  CHECK(logs.each(kKyiv, LogIndex(5), LogIndex(5), note).has_value());
  CHECK(seen == "1232345");

  Batch hole;
  hole.erase(Family::entries, place_key({kKyiv, LogIndex(2)}));
  REQUIRE(store->commit(std::move(hole)).has_value());
  CHECK(logs.each(kKyiv, LogIndex(0), LogIndex(6), note).error().kind == Fault::corrupt);
  CHECK(logs.each(kKyiv, LogIndex(2), LogIndex(6), note).error().kind == Fault::corrupt);
}

TEST_CASE("prefix_at agrees with counting, for every Lamport time and size") {
  const auto store = open_store(MemoryDisk::make());
  StoredLogs logs(*store);
  for (std::uint64_t size = 0; size < 9; ++size) {
    if (size > 0) grow(*store, kKyiv, size);
    for (std::uint64_t lamport = 0; lamport < 40; ++lamport) {
      std::uint64_t count = 0;
      while (count < size && 3 * count + 5 <= lamport) ++count;
      CHECK(*logs.prefix_at(kKyiv, Lamport(lamport)) == LogSize(count));
    }
  }
}

TEST_CASE("roots, proofs and frontiers of every size up to 300 are those of the leaves") {
  const auto store = open_store(MemoryDisk::make());
  const StoredLogs logs(*store);
  constexpr std::uint64_t kMost = 300;
  const std::vector<Digest> leaves = grow(*store, kKyiv, kMost);
  Frontier frontier;
  std::vector<Digest> roots = {empty_root()};
  for (std::uint64_t size = 1; size <= kMost; ++size) {
    CAPTURE(size);
    frontier.append(leaves[size - 1]);
    roots.push_back(frontier.root());
    CHECK(*logs.frontier(kKyiv, LogSize(size)) == frontier);
    REQUIRE(*logs.root(kKyiv, LogSize(size)) == roots[size]);
    if (size % 50 == 7 || size > 297)
      CHECK(roots[size] == slow_root(std::span(leaves).first(size)));
  }
  for (const std::uint64_t size : {1u, 2u, 3u, 255u, 256u, 257u, 299u, 300u}) {
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto proof = logs.inclusion({kKyiv, LogIndex(index)}, LogSize(size));
      REQUIRE(proof.has_value());
      CHECK(check_inclusion(LogIndex(index), LogSize(size), leaves[index], *proof, roots[size])
                .has_value());
    }
    for (std::uint64_t old = 1; old <= size; ++old) {
      const auto proof = logs.consistency(kKyiv, LogSize(old), LogSize(size));
      REQUIRE(proof.has_value());
      CHECK(check_consistency(LogSize(old), roots[old], LogSize(size), roots[size], *proof)
                .has_value());
    }
  }
  CHECK(logs.row(kKyiv, 0, 0, 256)->size() == 256);
  CHECK(*logs.row(kKyiv, 0, 299, 1) == std::vector{leaves[299]});
  CHECK(*logs.row(kKyiv, 1, 0, 1) == std::vector{roots[256]});
}

TEST_CASE("a proof reads no tile of the tree twice") {
  const auto store = open_store(MemoryDisk::make());
  const auto leaves = grow(*store, kKyiv, 1'000);
  const CountedScans counted(*store);
  const StoredLogs logs(counted);
  const auto proof = logs.inclusion({kKyiv, LogIndex(300)}, LogSize(1'000));
  CHECK(counted.scans == 3);  // the leaf's tile, the last one of its row, and the one above
  CHECK(check_inclusion(LogIndex(300), LogSize(1'000), leaves[300], *proof,
                        *logs.root(kKyiv, LogSize(1'000))));
  counted.scans = 0;
  CHECK(logs.consistency(kKyiv, LogSize(300), LogSize(1'000)));
  CHECK(counted.scans == 3);
}

TEST_CASE("proofs of one tree are those of fresh trees, also of more tiles than it keeps") {
  const auto store = open_store(MemoryDisk::make());
  constexpr std::uint64_t kSize = 5'000;
  static_assert(kSize / kTileWidth > StoredTree::kTilesKept);
  grow(*store, kKyiv, kSize);
  const StoredLogs logs(*store);
  const CountedScans counted(*store);
  StoredTree tree(counted, kKyiv, LogSize(kSize));
  CHECK(*tree.root() == *logs.root(kKyiv, LogSize(kSize)));
  for (std::uint64_t index = 0; index < kSize; index += 97) {
    CAPTURE(index);
    CHECK(*tree.inclusion(LogIndex(index)) ==
          *logs.inclusion({kKyiv, LogIndex(index)}, LogSize(kSize)));
  }
  CHECK(*tree.consistency_from(LogSize(777)) ==
        *logs.consistency(kKyiv, LogSize(777), LogSize(kSize)));
  CHECK(*tree.frontier() == *logs.frontier(kKyiv, LogSize(kSize)));
  REQUIRE(tree.inclusion(LogIndex(kSize - 1)).has_value());
  counted.scans = 0;
  for (std::uint64_t index = kSize - 64; index < kSize; ++index)
    REQUIRE(tree.inclusion(LogIndex(index)).has_value());
  CHECK(counted.scans == 0);
}

TEST_CASE("a tile is its hashes or entries joined, and one that the log has not whole is a fault") {
  const auto store = open_store(MemoryDisk::make());
  const auto leaves = grow(*store, kKyiv, 300);
  grow(*store, kWarsaw, 10);
  const StoredLogs logs(*store);
  for (const std::uint32_t width : {1u, 44u, 256u}) {
    TilePath path{.index = width == kTileWidth ? 0u : 1u, .width = width};
    const std::span<const Digest> of(leaves.data() + path.index * kTileWidth, width);
    CHECK(logs.tile(kKyiv, path) == encode_tile(of));
    path.kind = TilePath::Kind::entries;
    Bytes bundle;
    for (std::uint64_t i = 0; i < width; ++i)
      put_bundle_entry(bundle, entry_of(kKyiv, path.index * kTileWidth + i));
    CHECK(logs.tile(kKyiv, path) == bundle);
  }
  CHECK(decode_tile(*logs.tile(kKyiv, {.level = 1, .index = 0, .width = 1}), 1).has_value());
  for (const TilePath::Kind kind : {TilePath::Kind::hashes, TilePath::Kind::entries})
    CHECK(logs.tile(kKyiv, {.kind = kind, .index = 1, .width = 45}).error().kind == Fault::corrupt);
}

TEST_CASE("what the store lacks is a fault, not a wrong root") {
  const auto store = open_store(MemoryDisk::make());
  const StoredLogs logs(*store);
  grow(*store, kKyiv, 10);
  CHECK(logs.root(kKyiv, LogSize(11)).error().kind == Fault::corrupt);
  CHECK(logs.inclusion({kKyiv, LogIndex(10)}, LogSize(10)).error().kind == Fault::corrupt);
  CHECK(logs.consistency(kKyiv, LogSize(10), LogSize(9)).error().kind == Fault::corrupt);
  CHECK(logs.row(kKyiv, 0, 8, 3).error().kind == Fault::corrupt);
  REQUIRE(
      store->commit(one_put(Family::rows, Bytes("\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\x03", 15), "short"))
          .has_value());
  CHECK(logs.row(kKyiv, 0, 0, 8).error().kind == Fault::corrupt);
}

TEST_CASE("a log read from a snapshot stays as it was") {
  const auto store = open_store(MemoryDisk::make());
  grow(*store, kKyiv, 5);
  const auto snapshot = store->snapshot();
  const Digest before = *StoredLogs(*snapshot).root(kKyiv, LogSize(5));
  grow(*store, kKyiv, 9);
  CHECK(*StoredLogs(*snapshot).size(kKyiv) == LogSize(5));
  CHECK(*StoredLogs(*store).root(kKyiv, LogSize(5)) == before);
}

TEST_CASE("withheld values are found by their event") {
  const auto store = open_store(MemoryDisk::make());
  const StoredLogs logs(*store);
  WithheldValue value{.event = id_of(1), .field = Name("site"), .salt = {}, .value = "Kharkiv"};
  value.salt.bytes.fill(7);
  Batch batch;
  batch.put(Family::withheld, withheld_key(value.event, value.field),
            Bytes(value.salt.view()) + value.value);
  batch.put(Family::withheld, withheld_key(id_of(2), Name("site")), "too short");
  REQUIRE(store->commit(std::move(batch)).has_value());
  CHECK(*logs.withheld_of(id_of(1)) == std::vector{value});
  CHECK(logs.withheld_of(id_of(3))->empty());
  CHECK(logs.withheld_of(id_of(2)).error().kind == Fault::corrupt);
}

TEST_CASE(
    "notes of different kinds and logs have different keys, and state keys sort by settled time") {
  const std::vector<Bytes> keys = {notes::checkpoint_key(kKyiv),
                                   notes::checkpoint_key(kWarsaw),
                                   notes::cosigned_key(kKyiv, OfficeNumber(1)),
                                   notes::promise_key(kKyiv),
                                   notes::counting_promise_key(kKyiv),
                                   notes::charter_key()};
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) CHECK(keys[i] != keys[j]);
    CHECK((keys[i] < notes::state_begin() || keys[i] >= notes::state_end()));
  }
  CHECK(notes::state_begin() < notes::state_key(Lamport(0)));
  CHECK(notes::state_key(Lamport(255)) < notes::state_key(Lamport(256)));
  CHECK(notes::state_key(Lamport(UINT64_MAX)) < notes::state_end());
}
