#include "ledger/sha256.h"
#include "ledger/store_erased.h"
#include "ledger/store_sim_disk.h"
#include "tests/ledger/store_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

/// 64 bytes that no compression makes shorter, so that a file that holds them shows them.
Bytes secret(int n) {
  const Digest first = sha256("secret " + std::to_string(n));
  return Bytes(first.view()).append(sha256(first.view()).view());
}
Bytes key(int n) {
  return "key" + std::to_string(1'000 + n);
}

Store& fill(Store& store) {
  for (int n = 0; n < 100; ++n)
    REQUIRE(store.commit(one_put(Family::withheld, key(n), secret(n))).has_value());
  return store;
}

void erase(Store& store, int n) {
  Batch batch;
  batch.erase(Family::withheld, key(n));
  REQUIRE(store.commit(std::move(batch)).has_value());
}

bool scrubbed(Store& store, int n) {
  const std::vector<Bytes> keys{key(n)};
  const auto done = store.scrub(Family::withheld, keys);
  REQUIRE(done.has_value());
  return *done == Scrubbed::all;
}

}  // namespace

TEST_CASE(
    "what was erased is in no file any more: not in a log, not in a table, not in an old one") {
  const auto disk = MemoryDisk::make();
  const auto store = open_store(disk);
  fill(*store);
  erase(*store, 7);  // in the write-ahead log only
  CHECK(disk->has_bytes(secret(7)));
  CHECK(scrubbed(*store, 7));
  CHECK_FALSE(disk->has_bytes(secret(7)));
  REQUIRE(store->compact().has_value());  // in a table of the last level
  for (const int n : {0, 50, 99}) {
    CHECK(disk->has_bytes(secret(n)));
    erase(*store, n);
    CHECK(disk->has_bytes(secret(n)));
    CHECK(scrubbed(*store, n));
    CHECK_FALSE(disk->has_bytes(secret(n)));
  }
  CHECK(read_all(*store, Family::withheld).size() == 96);
  CHECK(disk->has_bytes(secret(8)));
}

TEST_CASE("what a reader from before still needs is not scrubbed, and is once the reader is gone") {
  const auto disk = MemoryDisk::make();
  const auto store = open_store(disk);
  fill(*store);
  auto before = store->snapshot();
  erase(*store, 7);
  const auto after = store->snapshot();
  CHECK_FALSE(scrubbed(*store, 7));
  CHECK(*before->get(Family::withheld, key(7)) == secret(7));
  before.reset();
  CHECK(scrubbed(*store, 7));
  CHECK_FALSE(disk->has_bytes(secret(7)));
  CHECK_FALSE(after->get(Family::withheld, key(7))->has_value());
}

TEST_CASE("waiting for the files of a reader from before writes nothing to the disk") {
  const auto disk = SimDisk::make();
  const auto store = open_store(disk);
  fill(*store);
  REQUIRE(store->compact().has_value());
  erase(*store, 7);
  const auto after = store->snapshot();
  bool asked = false;
  const auto read = after->scan(Family::withheld, "", "", [&](BytesView, BytesView) {
    CHECK_FALSE(scrubbed(*store, 7));  // its tables are being read
    disk->fail_mine_after(1, SimDisk::Failing::broken);
    const auto again = store->scrub(Family::withheld, {});
    REQUIRE(again.has_value());
    CHECK(*again == Scrubbed::but_for_old_files);
    disk->fail_mine_after(0, SimDisk::Failing::broken);
    asked = true;
    return StoreReader::Next::stop;
  });
  REQUIRE(read.has_value());
  REQUIRE(asked);
  CHECK(*store->scrub(Family::withheld, {}) == Scrubbed::all);
  CHECK_FALSE(disk->has_bytes(secret(7)));
}

TEST_CASE("a power cut brings nothing back that was scrubbed, and what was not yet is remembered") {
  const auto disk = MemoryDisk::make();
  auto store = open_store(disk);
  fill(*store);
  REQUIRE(store->compact().has_value());
  Batch batch;
  batch.erase(Family::withheld, key(7));
  put_to_scrub(batch, key(7));
  REQUIRE(store->commit(std::move(batch)).has_value());
  store.reset();
  disk->lose_unsynced();
  store = open_store(disk);
  CHECK(disk->has_bytes(secret(7)));
  CHECK(*keys_to_scrub(*store) == std::vector<Bytes>{key(7)});
  CHECK(scrubbed(*store, 7));
  store.reset();
  disk->lose_unsynced();
  CHECK_FALSE(disk->has_bytes(secret(7)));
  store = open_store(disk);
  Batch done;
  erase_to_scrub(done, key(7));
  REQUIRE(store->commit(std::move(done)).has_value());
  CHECK(keys_to_scrub(*store)->empty());
  CHECK(read_all(*store, Family::withheld).size() == 99);
}
