#include <doctest/doctest.h>

#include <map>
#include <random>

#include "tests/ledger/store_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

/// By which of the keys or ranges.
using Answers = std::map<std::size_t, Pairs>;

Stored<Answers> each_got(const StoreReader& reader, Family family,
                         const std::vector<BytesView>& keys) {
  Answers out;
  const auto got =
      reader.get_each(family, keys, [&](std::size_t which, BytesView key, BytesView value) {
        out[which].emplace_back(key, value);
      });
  if (!got) return std::unexpected(got.error());
  return out;
}

Stored<Answers> each_scanned(const StoreReader& reader, Family family,
                             const std::vector<StoreReader::Range>& ranges) {
  Answers out;
  const auto scanned =
      reader.scan_each(family, ranges, [&](std::size_t which, BytesView key, BytesView value) {
        out[which].emplace_back(key, value);
      });
  if (!scanned) return std::unexpected(scanned.error());
  return out;
}

/// One by one.
Answers got(const StoreReader& reader, Family family, const std::vector<BytesView>& keys) {
  Answers out;
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (const auto value = reader.get(family, keys[i]); *value)
      out[i].emplace_back(keys[i], **value);
  return out;
}
Answers scanned(const StoreReader& reader, Family family,
                const std::vector<StoreReader::Range>& ranges) {
  Answers out;
  for (std::size_t i = 0; i < ranges.size(); ++i)
    if (auto pairs = read_all(reader, family, ranges[i].begin, ranges[i].end); !pairs.empty())
      out[i] = std::move(pairs);
  return out;
}

constexpr int kNumbers = 400;

/// As long as an event's id, so that keys of ids have a whole prefix.
Bytes key_of(int number) {
  const std::string digits = std::to_string(1'000 + number);
  return "0123456789ab" + digits;
}

/// Some keys of `kNumbers`: in tables of several ages, in memory, changed and erased again.
void fill(Store& store, std::mt19937& random, Family family) {
  for (int round = 0; round < 6; ++round) {
    Batch batch;
    for (int i = 0; i < 80; ++i) {
      const Bytes key = key_of(static_cast<int>(random() % kNumbers)) +
                        (random() % 3 == 0 ? Bytes("/more") : Bytes());
      if (random() % 5 == 0)
        batch.erase(family, key);
      else
        batch.put(family, key, "value " + std::to_string(random()));
    }
    REQUIRE(store.commit(std::move(batch)).has_value());
    if (round < 4) REQUIRE(store.flush().has_value());
  }
}

}  // namespace

TEST_CASE("many reads at once answer what reads one by one do, in whatever order they are asked") {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto store = open_store(MemoryDisk::make());
    const Family family = seed % 2 == 0 ? Family::views : Family::ids;
    fill(*store, random, family);
    const auto snapshot = store->snapshot();
    fill(*store, random, family);  // which the snapshot has not

    std::vector<Bytes> asked;
    for (std::size_t i = random() % 300; i > 0; --i)
      asked.push_back(key_of(static_cast<int>(random() % kNumbers)) +
                      (random() % 3 == 0 ? Bytes("/more") : Bytes()));
    if (!asked.empty()) asked.push_back(asked.front());
    const std::vector<BytesView> keys(asked.begin(), asked.end());
    std::vector<StoreReader::Range> ranges;  // also empty, turned around, within each other
    for (std::size_t i = 0; i + 1 < keys.size(); i += 2) ranges.push_back({keys[i], keys[i + 1]});
    if (!keys.empty()) ranges.push_back({keys[0], {}});
    for (const StoreReader* reader : {static_cast<const StoreReader*>(snapshot.get()),
                                      static_cast<const StoreReader*>(store.get())}) {
      CHECK(each_got(*reader, family, keys) == got(*reader, family, keys));
      CHECK(each_scanned(*reader, family, ranges) == scanned(*reader, family, ranges));
    }
  }
}

TEST_CASE("nothing is asked for, and nothing is found") {
  const auto store = open_store(MemoryDisk::make());
  const auto snapshot = store->snapshot();
  CHECK(each_got(*snapshot, Family::views, {}) == Answers());
  CHECK(each_scanned(*snapshot, Family::views, {}) == Answers());
}

TEST_CASE("a rotten table is a fault of many reads at once, too") {
  const auto disk = MemoryDisk::make();
  {
    const auto store = open_store(disk);
    REQUIRE(store->commit(one_put(Family::views, "key", Bytes(100, 'v'))).has_value());
    REQUIRE(store->flush().has_value());
  }
  bool met = false;
  for (std::size_t table = 0; !met && disk->flip_in_table(table); ++table) {
    const auto store =
        Store::open("/store", {.disk = disk, .access = StoreOptions::Access::salvage});
    REQUIRE(store.has_value());
    const auto snapshot = (*store)->snapshot();
    const auto seen = each_got(*snapshot, Family::views, {"key"});
    const auto ranges = each_scanned(*snapshot, Family::views, {{"a", "z"}});
    CHECK(seen.has_value() == ranges.has_value());
    if (seen) {
      disk->flip_in_table(table);
      continue;
    }
    met = true;
    CHECK(seen.error().kind == Fault::corrupt);
    CHECK(ranges.error().kind == Fault::corrupt);
  }
  CHECK(met);
}
