#include "ledger/store_db.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "tests/ledger/store_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

namespace fs = std::filesystem;

namespace {

constexpr std::array kAllFamilies = {Family::entries,  Family::rows,  Family::ids,  Family::notes,
                                     Family::withheld, Family::views, Family::undo, Family::meta};

Pairs read_back(const StoreReader& reader, Family family, BytesView begin, BytesView end) {
  Pairs pairs;
  const auto scanned = reader.scan_back(family, begin, end, [&](BytesView key, BytesView value) {
    pairs.emplace_back(key, value);
    return StoreReader::Next::go_on;
  });
  REQUIRE(scanned.has_value());
  return pairs;
}

std::string keys_of(const Pairs& pairs) {
  std::string keys;
  for (const auto& [key, value] : pairs) keys += key + " ";
  return keys;
}

Batch whole_batch(std::string_view value) {
  Batch batch;
  for (Family family : kAllFamilies) batch.put(family, "key", value);
  return batch;
}

void check_whole_batch(const StoreReader& reader, std::string_view value) {
  for (Family family : kAllFamilies) {
    CAPTURE(static_cast<int>(family));
    CHECK(reader.get(family, "key") == Stored<std::optional<Bytes>>(Bytes(value)));
  }
}

}  // namespace

TEST_CASE("what was committed is there after reopening, in a folder and on a memory disk") {
  const TemporaryFolder folder;
  const auto disk = MemoryDisk::make();
  for (const StoreOptions& options : {StoreOptions{}, StoreOptions{.disk = disk}}) {
    const std::string path = (folder.path() / "deep" / "store").string();
    {
      const auto store = open_store(path, options);
      REQUIRE(store->commit(whole_batch("first")).has_value());
      check_whole_batch(*store, "first");
      CHECK(store->get(Family::views, "absent") == Stored<std::optional<Bytes>>(std::nullopt));
    }
    const auto store = open_store(path, options);
    check_whole_batch(*store, "first");
  }
}

TEST_CASE("the folder of a new store is for its owner alone, whatever the umask") {
  const TemporaryFolder folder;
  const mode_t before = ::umask(0);
  const auto store = open_store((folder.path() / "store").string());
  ::umask(before);
  CHECK(fs::status(folder.path() / "store").permissions() == fs::perms::owner_all);
}

TEST_CASE("keys and values are any bytes, also empty values and zero bytes") {
  const auto store = open_store(MemoryDisk::make());
  const Bytes odd_key("\0\xff\0k", 4);
  Batch batch;
  batch.put(Family::views, odd_key, "");
  batch.put(Family::views, Bytes(kMaxKeyBytes, '\xff'), Bytes(100'000, '\0'));
  REQUIRE(store->commit(std::move(batch)).has_value());
  CHECK(store->get(Family::views, odd_key) == Stored<std::optional<Bytes>>(Bytes()));
  CHECK(read_all(*store, Family::views) ==
        Pairs{{odd_key, ""}, {Bytes(kMaxKeyBytes, '\xff'), Bytes(100'000, '\0')}});
}

TEST_CASE("later changes of a key in one batch win") {
  const auto store = open_store(MemoryDisk::make());
  REQUIRE(store->commit(one_put(Family::views, "d", "old")).has_value());
  Batch batch;
  CHECK(batch.empty());
  batch.put(Family::views, "a", "1");
  batch.put(Family::views, "a", "2");
  batch.put(Family::views, "b", "1");
  batch.erase(Family::views, "b");
  batch.put(Family::views, "c", "1");
  batch.erase(Family::views, "c");
  batch.erase(Family::views, "d");
  batch.put(Family::views, "c", "3");
  CHECK(!batch.empty());
  CHECK(batch.bytes() > 10);
  REQUIRE(store->commit(std::move(batch)).has_value());
  CHECK(read_all(*store, Family::views) == Pairs{{"a", "2"}, {"c", "3"}});
}

TEST_CASE(
    "a scan gives begin <= key < end of its family, and a scan back the same keys in reverse") {
  const auto store = open_store(MemoryDisk::make());
  Batch batch;
  for (const char* key : {"a", "b", "b\x01", "c", "\xff\xff"}) batch.put(Family::rows, key, "row");
  batch.put(Family::ids, "b", "id");
  batch.put(Family::views, "b", "view");
  REQUIRE(store->commit(std::move(batch)).has_value());

  struct Row {
    const char* begin;
    const char* end;
    const char* keys;
  };
  const Row table[] = {
      {"", "", "a b b\x01 c \xff\xff "},
      {"a", "c", "a b b\x01 "},
      {"b", "b\x01", "b "},
      {"b", "b", ""},
      {"c", "b", ""},
      {"aa", "bb", "b b\x01 "},
      {"d", "", "\xff\xff "},
      {"d", "e", ""},
      {"", "a", ""},
      {"\xff\xff\xff", "", ""},
  };
  for (const Row& row : table) {
    CAPTURE(row.begin);
    CAPTURE(row.end);
    Pairs forward = read_all(*store, Family::rows, row.begin, row.end);
    CHECK(keys_of(forward) == row.keys);
    std::ranges::reverse(forward);
    CHECK(read_back(*store, Family::rows, row.begin, row.end) == forward);
  }
}

TEST_CASE("scans see all ids, whatever their first 16 bytes, in memory and in files") {
  const auto disk = MemoryDisk::make();
  for (const bool flushed : {false, true}) {
    const auto store = open_store(disk);
    const Bytes a(16, 'a');
    const Bytes b(16, 'b');
    Batch batch;
    for (const Bytes& key : {a + "1", a + "2", b + "1"}) batch.put(Family::ids, key, "x");
    REQUIRE(store->commit(std::move(batch)).has_value());
    if (flushed) REQUIRE(store->flush().has_value());
    CHECK(read_all(*store, Family::ids).size() == 3);
    CHECK(read_all(*store, Family::ids, a, b).size() == 2);
    CHECK(read_all(*store, Family::ids, b).size() == 1);
    CHECK(read_all(*store, Family::ids, Bytes(16, 'c'), Bytes(16, 'd')).empty());
    CHECK(read_back(*store, Family::ids, a, b).size() == 2);
    CHECK(read_all(*store, Family::ids, "a", "b").size() == 2);
  }
}

TEST_CASE("a visit that stops ends the scan") {
  const auto store = open_store(MemoryDisk::make());
  Batch batch;
  for (const char* key : {"a", "b", "c"}) batch.put(Family::views, key, "v");
  REQUIRE(store->commit(std::move(batch)).has_value());
  int visits = 0;
  const auto once = [&](BytesView, BytesView) { return ++visits, StoreReader::Next::stop; };
  CHECK(store->scan(Family::views, "", "", once).has_value());
  CHECK(store->scan_back(Family::views, "", "", once).has_value());
  CHECK(visits == 2);
}

TEST_CASE("a family made empty stays empty after reopening, and the others keep all they have") {
  const auto disk = MemoryDisk::make();
  {
    const auto store = open_store(disk);
    REQUIRE(store->commit(whole_batch("old")).has_value());
    REQUIRE(store->make_empty(Family::views).has_value());
    CHECK(read_all(*store, Family::views).empty());
    REQUIRE(store->commit(one_put(Family::views, "k", "new")).has_value());
  }
  disk->lose_unsynced();
  const auto store = open_store(disk);
  CHECK(read_all(*store, Family::views) == Pairs{{"k", "new"}});
  CHECK_FALSE(read_all(*store, Family::undo).empty());
  CHECK_FALSE(read_all(*store, Family::entries).empty());
}

TEST_CASE("a snapshot does not change") {
  const auto store = open_store(MemoryDisk::make());
  REQUIRE(store->commit(whole_batch("old")).has_value());
  const auto snapshot = store->snapshot();
  Batch batch = whole_batch("new");
  batch.put(Family::views, "key2", "new");
  REQUIRE(store->commit(std::move(batch)).has_value());
  check_whole_batch(*snapshot, "old");
  check_whole_batch(*store, "new");
  CHECK(read_all(*snapshot, Family::views) == Pairs{{"key", "old"}});
  CHECK(read_back(*snapshot, Family::views, "", "") == Pairs{{"key", "old"}});
}

TEST_CASE("every committed batch survives a power cut, whole over all families") {
  const auto disk = MemoryDisk::make();
  for (int i = 0; i < 5; ++i) {
    {
      const auto store = open_store(disk);
      if (i > 0) check_whole_batch(*store, std::to_string(i - 1) + "b");
      REQUIRE(store->commit(whole_batch(std::to_string(i) + "a")).has_value());
      REQUIRE(store->commit(whole_batch(std::to_string(i) + "b")).has_value());
    }
    disk->lose_unsynced();
  }
  check_whole_batch(*open_store(disk), "4b");
}

TEST_CASE("derived changes survive a power cut after a flush or a later commit, and not before") {
  enum class Then { nothing, flush, commit };
  for (const Then then : {Then::nothing, Then::flush, Then::commit}) {
    CAPTURE(static_cast<int>(then));
    const auto disk = MemoryDisk::make();
    {
      const auto store = open_store(disk);
      REQUIRE(store->commit(one_put(Family::entries, "e", "1")).has_value());
      REQUIRE(store->commit_derived(whole_batch("derived")).has_value());
      check_whole_batch(*store, "derived");
      if (then == Then::flush) REQUIRE(store->flush().has_value());
      if (then == Then::commit)
        REQUIRE(store->commit(one_put(Family::entries, "e", "2")).has_value());
    }
    disk->lose_unsynced();
    const auto store = open_store(disk);
    CHECK(*store->get(Family::entries, "e") == (then == Then::commit ? "2" : "1"));
    if (then == Then::nothing)
      CHECK(*store->get(Family::views, "key") == std::nullopt);
    else
      check_whole_batch(*store, "derived");
  }
}

TEST_CASE("after a failed commit every later one answers the same fault, and reads still work") {
  const auto disk = MemoryDisk::make();
  const auto store = open_store(disk);
  REQUIRE(store->commit(whole_batch("kept")).has_value());
  disk->fail_after(1);
  const auto failed = store->commit(whole_batch("lost"));
  REQUIRE(!failed.has_value());
  CHECK(failed.error().kind == Fault::io);
  disk->fail_after(0);  // a disk that works again changes nothing
  CHECK(store->commit(whole_batch("later")) == failed);
  CHECK(store->commit({}) == failed);
  CHECK(store->commit_derived(whole_batch("later")) == failed);
  CHECK(store->flush() == failed);
  check_whole_batch(*store, "kept");
}

TEST_CASE("a store has one writer, and readers beside it see what it committed") {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "store").string();
  const StoreOptions read_only{.disk = nullptr, .access = StoreOptions::Access::read_only};
  CHECK(Store::open(path, read_only).error().kind == Fault::io);
  CHECK(!std::filesystem::exists(path));

  const auto store = open_store(path);
  REQUIRE(store->commit(whole_batch("first")).has_value());
  const auto second = Store::open(path);
  REQUIRE(!second.has_value());
  CHECK(second.error().kind == Fault::io);
  const auto reader = open_store(path, read_only);
  check_whole_batch(*reader, "first");
  CHECK(!reader->commit(whole_batch("second")).has_value());
  check_whole_batch(*store, "first");
}

TEST_CASE("a store of another format version, or without one, is corrupt") {
  const auto disk = MemoryDisk::make();
  REQUIRE(open_store(disk)
              ->commit(one_put(Family::meta, "format", Bytes("\0\0\0\x02", 4)))
              .has_value());
  auto opened = Store::open("/store", {.disk = disk});
  REQUIRE(!opened.has_value());
  CHECK(opened.error().kind == Fault::corrupt);

  const auto other = MemoryDisk::make();
  {
    Batch batch = whole_batch("data");
    batch.erase(Family::meta, "format");
    REQUIRE(open_store(other)->commit(std::move(batch)).has_value());
  }
  opened = Store::open("/store", {.disk = other});
  REQUIRE(!opened.has_value());
  CHECK(opened.error().kind == Fault::corrupt);
}

TEST_CASE(
    "a store whose files are damaged or missing does not open, but what is left of it can be "
    "salvaged") {
  enum class Damage { current_removed, table_truncated, log_middle_flipped, log_end_cut };
  const std::pair<Damage, bool> table[] = {{Damage::current_removed, false},
                                           {Damage::table_truncated, false},
                                           {Damage::log_middle_flipped, false},
                                           {Damage::log_end_cut, true}};
  for (const auto& [damage, opens] : table) {
    CAPTURE(static_cast<int>(damage));
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "store").string();
    {
      const auto store = open_store(path);
      REQUIRE(store->commit(whole_batch("in tables")).has_value());
      REQUIRE(store->flush().has_value());
      for (int i = 0; i < 9; ++i)
        REQUIRE(store->commit(one_put(Family::entries, std::to_string(i), Bytes(100, 'x')))
                    .has_value());
    }
    for (const auto& item : std::filesystem::directory_iterator(path)) {
      const std::string ending = item.path().extension().string();
      const auto size = item.file_size();
      if (damage == Damage::current_removed && item.path().filename() == "CURRENT")
        std::filesystem::remove(item);
      if (damage == Damage::table_truncated && ending == ".sst")
        std::filesystem::resize_file(item.path(), size / 2);
      if (damage == Damage::log_end_cut && ending == ".log")
        std::filesystem::resize_file(item.path(), size - 50);
      if (damage == Damage::log_middle_flipped && ending == ".log") {
        std::fstream file(item.path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(size / 2)).put('!');
      }
    }
    const auto opened = Store::open(path);
    CHECK(opened.has_value() ==
          opens);  // a cut end is what a crash leaves; the head anchor notices when it was more
    if (!opened) CHECK(opened.error().kind == Fault::corrupt);
    if (damage == Damage::log_middle_flipped) {
      const auto rest =
          open_store(path, {.disk = nullptr, .access = StoreOptions::Access::salvage});
      check_whole_batch(*rest, "in tables");
      const std::size_t left = read_all(*rest, Family::entries).size() - 1;
      CHECK(left > 0);
      CHECK(left < 9);
      CHECK(!rest->commit(whole_batch("more")).has_value());
    }
  }
}

TEST_CASE(
    "a family that was being emptied when the power went is whole or empty, for readers too") {
  bool failed = true;
  std::uint64_t operation = 0;
  while (failed && ++operation < 100) {
    CAPTURE(operation);
    const auto disk = MemoryDisk::make();
    auto store = open_store(disk);
    REQUIRE(store->commit(one_put(Family::entries, "e", "entry")).has_value());
    REQUIRE(store->commit(one_put(Family::ids, "i", "id")).has_value());
    disk->fail_after(operation);
    failed = !store->make_empty(Family::ids).has_value();
    disk->fail_after(0);
    store.reset();
    disk->lose_unsynced();
    for (const auto access : {StoreOptions::Access::read_only, StoreOptions::Access::salvage,
                              StoreOptions::Access::read_write}) {
      const auto after = open_store("/store", {.disk = disk, .access = access});
      CHECK(read_all(*after, Family::entries) == Pairs{{"e", "entry"}});
      const Pairs ids = read_all(*after, Family::ids);
      CHECK((ids.empty() || ids == Pairs{{"i", "id"}}));
      CHECK(after->get(Family::ids, "i")->has_value() == !ids.empty());
    }
  }
  CHECK_FALSE(failed);
  CHECK(operation > 2);
}
