// Every place where a disk can fail during a short history, each followed by a crash in two forms:
// all that was not synced is gone, or all of it (with the torn half of the last write) is still
// there.
#include <doctest/doctest.h>

#include "tests/ledger/store_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

/// What was acknowledged, and what was asked for next.
struct Progress {
  int acknowledged = -1;  // commit number
  bool opened = false;
};

constexpr int kCommits = 12;

/// Commit i writes i over all families, so that a torn batch shows; some commits flush before or
/// follow derived ones.
void run_history(const std::shared_ptr<MemoryDisk>& disk, Progress& progress) {
  for (int i = 0; i < kCommits;) {
    auto store = Store::open("/store", {.disk = disk});
    if (!store) return;
    progress.opened = true;
    for (const int until = i + 4; i < until; ++i) {
      Batch batch;
      for (const Family family : {Family::entries, Family::rows, Family::views, Family::undo})
        batch.put(family, "number", std::to_string(i));
      batch.put(Family::notes, "note " + std::to_string(i), Bytes(300, static_cast<char>('a' + i)));
      Batch derived;
      for (const Family family : {Family::ids, Family::withheld, Family::meta})
        derived.put(family, "derived", std::to_string(i));
      if (i % 3 == 1 && !(*store)->commit_derived(std::move(derived))) return;
      if (!(*store)->commit(std::move(batch))) return;
      progress.acknowledged = i;
      if (i % 5 == 2 && !(*store)->flush()) return;
    }
  }
}

void check_recovered(const std::shared_ptr<MemoryDisk>& disk, const Progress& progress) {
  const auto store = open_store(disk);
  const auto number = *store->get(Family::entries, "number");
  const int last = number ? std::stoi(*number) : -1;
  CHECK(last >= progress.acknowledged);
  CHECK(last <= progress.acknowledged + 1);
  for (const Family family : {Family::rows, Family::views, Family::undo})
    CHECK(*store->get(family, "number") == number);
  const auto derived = *store->get(Family::meta, "derived");
  for (const Family family : {Family::ids, Family::withheld})
    CHECK(*store->get(family, "derived") == derived);
  CHECK(read_all(*store, Family::notes).size() == static_cast<std::size_t>(last + 1));
  CHECK(store->commit(one_put(Family::entries, "number", "after")).has_value());
}

}  // namespace

TEST_CASE("whichever write or sync fails, all that was acknowledged is there after reopening") {
  enum class Crash { loses_unsynced, keeps_unsynced };
  std::uint64_t failures = 0;
  for (const Crash crash : {Crash::loses_unsynced, Crash::keeps_unsynced}) {
    for (std::uint64_t operation = 1;; ++operation) {
      CAPTURE(static_cast<int>(crash));
      CAPTURE(operation);
      const auto disk = MemoryDisk::make();
      disk->fail_after(operation);
      Progress progress;
      run_history(disk, progress);
      const bool finished = progress.acknowledged == kCommits - 1;
      disk->fail_after(0);
      if (crash == Crash::loses_unsynced) disk->lose_unsynced();
      check_recovered(disk, progress);
      if (finished) break;
      ++failures;
    }
  }
  CHECK(failures > 100);  // the history is long enough to mean something
}

TEST_CASE(
    "whichever write fails while erased records are compacted away, the store stops and says so") {
  std::uint64_t failures = 0;
  for (bool finished = false; !finished; ++failures) {
    CAPTURE(failures);
    const auto disk = MemoryDisk::make();
    {
      const auto store = open_store(disk);
      Batch erased;
      for (const char* key : {"a", "b", "c"}) {
        REQUIRE(store->commit(one_put(Family::undo, key, "v")).has_value());
        erased.erase(Family::undo, key);
      }
      REQUIRE(store->compact().has_value());
      REQUIRE(store->commit(std::move(erased)).has_value());
      disk->fail_after(failures + 1);
      finished = store->compact().has_value();
      if (!finished) CHECK_FALSE(store->commit(one_put(Family::undo, "d", "v")).has_value());
    }
    disk->fail_after(0);
    disk->lose_unsynced();
    CHECK(read_all(*open_store(disk), Family::undo).empty());
  }
  CHECK(failures > 10);
}
