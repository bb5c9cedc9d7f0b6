// Views and undo records made anew beside those that are read.
#include "ledger/store_next.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "tests/ledger/store_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

/// Many records that all say the same number.
Pairs records(int number) {
  Pairs out;
  for (int i = 0; i < 50; ++i)
    out.emplace_back("record " + std::to_string(100 + i), std::to_string(number));
  return out;
}

Batch batch_of(const Pairs& pairs) {
  Batch batch;
  for (const auto& [key, value] : pairs)
    for (const Family family : {Family::views, Family::undo}) batch.put(family, key, value);
  return batch;
}

std::unique_ptr<NextGeneration> begin_next(Store& store) {
  auto next = store.begin_next();
  REQUIRE(next.has_value());
  return std::move(*next);
}

/// Makes a generation that says `number`, its last record with the commit that places it, as a note
/// says too.
Stored<void> make_and_place(Store& store, int number) {
  auto next = store.begin_next();
  if (!next) return std::unexpected(next.error());
  Pairs made = records(number);
  const auto last = made.back();
  made.pop_back();
  if (auto written = (*next)->commit_derived(batch_of(made)); !written) return written;
  if (auto flushed = (*next)->flush(); !flushed) return flushed;
  Batch rest = batch_of({last});
  rest.put(Family::notes, "number", std::to_string(number));
  if (auto placed = store.commit_next(std::move(rest), **next); !placed) return placed;
  return store.drop_previous();
}

/// What the note says, after looking at whether all of one generation is there.
int number_in(const StoreReader& store) {
  const auto note = *store.get(Family::notes, "number");
  const int number = note ? std::stoi(*note) : 0;
  const bool same = read_all(store, Family::views) == records(number) &&
                    read_all(store, Family::undo) == records(number);
  return same ? number : -1;
}

}  // namespace

TEST_CASE("views made anew are read from their commit on, and by nobody who looked before") {
  const auto store = open_store(MemoryDisk::make());
  REQUIRE(store->commit(batch_of(records(0))).has_value());
  const auto before = store->snapshot();
  const auto next = begin_next(*store);
  CHECK(read_all(*next, Family::views).empty());
  REQUIRE(next->commit_derived(batch_of(records(1))).has_value());
  CHECK(read_all(*next, Family::views) == records(1));
  REQUIRE(store->commit(one_put(Family::views, "later", "x")).has_value());
  CHECK(read_all(*next, Family::views) == records(1));
  const auto between = store->snapshot();
  REQUIRE(next->flush().has_value());
  REQUIRE(store->commit_next(one_put(Family::notes, "n", "placed"), *next).has_value());
  CHECK(store->generation() == 1);
  CHECK(read_all(*store, Family::views) == records(1));
  CHECK(read_all(*store->snapshot(), Family::undo) == records(1));
  REQUIRE(store->drop_previous().has_value());
  CHECK(read_all(*before, Family::views) == records(0));
  CHECK(read_all(*between, Family::views).size() == records(0).size() + 1);
  CHECK(*between->get(Family::notes, "n") == std::nullopt);
  REQUIRE(store->commit(one_put(Family::views, "later", "y")).has_value());
  CHECK(read_all(*store, Family::views).size() == records(1).size() + 1);
}

TEST_CASE("what was made and not put in place is gone, and the next one begins empty") {
  const auto disk = MemoryDisk::make();
  auto store = open_store(disk);
  REQUIRE(store->commit(batch_of(records(0))).has_value());
  for (int round = 0; round < 2; ++round) {
    const auto next = begin_next(*store);
    CHECK(read_all(*next, Family::views).empty());
    REQUIRE(next->commit_derived(batch_of(records(1))).has_value());
    REQUIRE(next->flush().has_value());
  }
  store.reset();
  store = open_store(disk);
  CHECK(store->generation() == 0);
  CHECK(number_in(*store) == 0);
}

TEST_CASE("what was put in place is there after reopening, and what was before is not") {
  const auto disk = MemoryDisk::make();
  auto store = open_store(disk);
  REQUIRE(store->commit(batch_of(records(0))).has_value());
  for (const int number : {1, 2}) {
    REQUIRE(make_and_place(*store, number).has_value());
    CHECK(number_in(*store) == number);
    store.reset();
    disk->lose_unsynced();
    store = open_store(disk);
    CHECK(number_in(*store) == number);
    CHECK(store->generation() == static_cast<std::uint32_t>(number));
  }
}

TEST_CASE("a commit beside a generation that is being made makes nothing of it durable") {
  const auto disk = MemoryDisk::make();
  auto store = open_store(disk);
  const auto next = begin_next(*store);
  REQUIRE(next->commit_derived(batch_of(records(1))).has_value());
  const std::uint64_t written = store->bytes_of(Family::entries);
  REQUIRE(store->commit(one_put(Family::entries, "e", "entry")).has_value());
  CHECK(store->bytes_of(Family::entries) == written);  // it was not flushed for it
}

TEST_CASE("whichever write or sync fails, one of the two generations is there whole") {
  enum class Crash { loses_unsynced, keeps_unsynced };
  int failures = 0;
  for (const Crash crash : {Crash::loses_unsynced, Crash::keeps_unsynced}) {
    bool done = false;
    for (std::uint64_t operation = 1; !done && operation < 1'000; ++operation) {
      CAPTURE(static_cast<int>(crash));
      CAPTURE(operation);
      const auto disk = MemoryDisk::make();
      auto store = open_store(disk);
      REQUIRE(store->commit(batch_of(records(0))).has_value());
      disk->fail_after(operation);
      done = make_and_place(*store, 1).has_value();
      const int placed = done ? 1 : 0;
      disk->fail_after(0);
      store.reset();
      if (crash == Crash::loses_unsynced) disk->lose_unsynced();
      const int read_only = number_in(
          *open_store("/store", {.disk = disk, .access = StoreOptions::Access::read_only}));
      CHECK(read_only >= placed);
      const auto after = open_store(disk);
      CHECK(number_in(*after) == read_only);
      REQUIRE(make_and_place(*after, 7).has_value());
      CHECK(number_in(*after) == 7);
      if (!done) ++failures;
    }
    CHECK(done);
  }
  CHECK(failures > 30);
}

TEST_CASE("a store opened beside one that places generations has one of them whole") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "db").string();
  const auto store = open_store(path);
  REQUIRE(store->commit(batch_of(records(0))).has_value());
  std::atomic<bool> ending = false;
  std::atomic<int> placed = 0;
  std::thread writer([&] {
    while (!ending && make_and_place(*store, placed + 1)) ++placed;
  });
  int opened = 0;
  for (int wrong = 0; wrong == 0 && (opened < 30 || placed < 10); ++opened) {
    const int before = placed;
    const auto beside =
        Store::open(path, {.disk = nullptr, .access = StoreOptions::Access::read_only});
    if (!beside) MESSAGE(beside.error().detail);
    wrong = !beside || number_in(**beside) < before;
    CHECK(wrong == 0);
  }
  ending = true;
  writer.join();
}
