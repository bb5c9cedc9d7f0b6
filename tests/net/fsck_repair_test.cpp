// Repairs that are cut short, and stores that can only be read in part.
#include <doctest/doctest.h>

#include <algorithm>

#include "net/fsck.h"
#include "net/replica.h"
#include "tests/net/kept_store.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

std::optional<Fault> fault_of_opening(KeptStore& kept) {
  std::optional<AnchorState> nothing;
  const auto anchor = open_anchor_memory(nothing);
  HeadSlot heads;
  const auto opened =
      Replica::open(*kept.store, *anchor, heads, {.charter = kept.scribe.charter, .identity = {}});
  return opened ? std::nullopt : std::optional(opened.error());
}

bool readable(const Store& store, Family family) {
  return store.scan(family, {}, {}, [](BytesView, BytesView) { return StoreReader::Next::go_on; })
      .has_value();
}

}  // namespace

TEST_CASE("a repair cut short at any write or sync is never taken for a whole store") {
  bool failed = true;
  bool refused = false;
  std::uint64_t operation = 0;
  while (failed && ++operation < 1'000) {
    CAPTURE(operation);
    KeptStore kept;
    const auto before = kept.everything();
    kept.rot(Family::ids);
    kept.reopen();
    const FsckReport found = check(kept);
    REQUIRE(found.differences.of(Family::ids) == 1);
    kept.disk->fail_after(operation);
    failed = !repair(*kept.store, kept.scribe.charter, found).has_value();
    kept.disk->fail_after(0);
    kept.store.reset();
    kept.disk->lose_unsynced();
    kept.reopen();

    const auto whole = logs_are_whole(*kept.store);
    REQUIRE(whole.has_value());
    const bool ids_are_there = readable(*kept.store, Family::ids) &&
                               read_all(*kept.store, Family::ids) == before.at(Family::ids);
    if (*whole && readable(*kept.store, Family::ids)) CHECK(ids_are_there);
    if (!*whole) {
      refused = true;
      const auto fault = fault_of_opening(kept);
      REQUIRE(fault);
      CHECK(fault->kind == Fault::corrupt);
      CHECK(fault->detail.find("fsck --repair") != std::string::npos);
      CHECK(check(kept).differences.of(Family::meta) == 1);
    }
    const FsckReport again = check(kept);
    REQUIRE(again.repairable());
    REQUIRE(repair(*kept.store, kept.scribe.charter, again).has_value());
    CHECK(check(kept).differences.total() == 0);
    CHECK(kept.everything() == before);
    CHECK_FALSE(fault_of_opening(kept));
  }
  CHECK_FALSE(failed);
  CHECK(refused);
  CHECK(operation > 10);
}

TEST_CASE("a repair writes what it has found before it has found all of it") {
  KeptStore kept;
  const auto before = kept.everything();
  constexpr std::size_t kStrays = 9'000;
  Batch strays;
  for (std::size_t i = 0; i < kStrays; ++i) {
    Bytes key(1'000, 'x');
    key += std::to_string(i);
    strays.put(Family::ids, key, "stray");
  }
  REQUIRE(kept.store->commit(std::move(strays)).has_value());
  std::vector<std::uint64_t> written;
  const auto changed =
      repair_logs(*kept.store, [&](std::uint64_t so_far) { written.push_back(so_far); });
  CHECK(changed == kStrays);
  REQUIRE(written.size() >= 3);
  CHECK(written.front() < kStrays / 2);
  CHECK(written.back() == kStrays);
  CHECK(kept.everything() == before);
}

TEST_CASE("a damaged block of marks is named, and everything else is checked all the same") {
  KeptStore kept;
  kept.rot(Family::meta);
  CHECK_FALSE(Store::open("/store", {.disk = kept.disk, .access = StoreOptions::Access::read_only})
                  .has_value());
  kept.store = *Store::open("/store", {.disk = kept.disk, .access = StoreOptions::Access::salvage});
  const FsckReport report = check(kept);
  REQUIRE(report.differences.total() == 1);
  CHECK(report.differences.kept()[0].family == Family::meta);
  CHECK(spell(report.differences.kept()[0].kind) == "unreadable");
  CHECK(report.logs.entries == 376);
  CHECK(report.logs.ids == 376);
  CHECK(report.notes == 4);
  CHECK(report.undo == 376);
}
