#include <doctest/doctest.h>

#include <algorithm>

#include "ledger/file_backup.h"
#include "ledger/file_text.h"
#include "ledger/store_standing.h"
#include "net/fsck_notes.h"
#include "tests/net/kept_store.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

Result<BackupReport> back_up(const KeptStore& kept, const std::filesystem::path& to) {
  const auto snapshot = kept.store->snapshot();
  Differences differences;
  const Roster roster(kept.scribe.charter);
  const auto notes = check_notes(*snapshot, kept.scribe.charter, roster, std::nullopt, differences);
  REQUIRE(notes.has_value());
  REQUIRE(differences.total() == 0);
  return write_backup(*snapshot, kept.scribe.charter, notes->said, to, {});
}

}  // namespace

TEST_CASE("a backup gives back every log and note, marked as restored, and no view") {
  const TemporaryFolder folder;
  KeptStore kept;
  kept.put(Family::withheld, "an event's field", "a value that stays here");
  const auto made = back_up(kept, folder.path());
  REQUIRE_MESSAGE(made.has_value(), made.error().detail);
  CHECK(made->entries == 376);
  CHECK(made->added == 376);
  const auto backup = open_backup(folder.path());
  REQUIRE(backup.has_value());
  CHECK(backup->charter == kept.scribe.charter);
  const auto store = open_store(MemoryDisk::make());
  const auto restored = restore_backup(*backup, folder.path(), *store, {});
  REQUIRE_MESSAGE(restored.has_value(), restored.error().detail);
  for (const Family family : {Family::entries, Family::rows, Family::ids, Family::notes})
    CHECK(read_all(*store, family) == read_all(*kept.store, family));
  for (const Family family : {Family::views, Family::undo, Family::withheld})
    CHECK(read_all(*store, family).empty());
  for (const OfficeNumber office : {kKyiv, kWarsaw})
    CHECK(*stopped_for_good(*store, {office, Epoch(1)}) == Standing::restored);
}

TEST_CASE("a second backup copies only what is new, and verifies what the first one copied") {
  const TemporaryFolder folder;
  KeptStore kept;
  REQUIRE(back_up(kept, folder.path()).has_value());
  const auto log = backup_log_folder(folder.path(), kept.scribe.charter, {kKyiv, Epoch(1)});
  const auto full = log / "tile" / "entries" / "000";
  REQUIRE(std::filesystem::exists(full));
  const auto written = std::filesystem::last_write_time(full);
  kept.grow(300);
  const auto second = back_up(kept, folder.path());
  REQUIRE_MESSAGE(second.has_value(), second.error().detail);
  CHECK(second->added == 300);
  CHECK(std::filesystem::last_write_time(full) == written);
  CHECK_FALSE(std::filesystem::exists(log / "tile" / "entries" / "001.p" / "78"));  // grown over
  const auto again = back_up(kept, folder.path());
  REQUIRE(again.has_value());
  CHECK(again->added == 0);

  const auto manifest = read_file((folder.path() / "backup.txt").string());
  const Bytes whole = read_file(full.string());
  REQUIRE(write_file_durably(full, flipped(whole)).has_value());
  kept.grow(1);
  const auto refused = back_up(kept, folder.path());
  REQUIRE_FALSE(refused.has_value());
  CHECK(read_file((folder.path() / "backup.txt").string()) == manifest);
  std::filesystem::remove(full);
  CHECK_FALSE(back_up(kept, folder.path()).has_value());
  REQUIRE(write_file_durably(full, whole).has_value());
  CHECK(back_up(kept, folder.path()).has_value());
}

TEST_CASE("data that is not what was signed is never backed up, and the earlier backup stays") {
  const TemporaryFolder folder;
  KeptStore kept;
  REQUIRE(back_up(kept, folder.path()).has_value());
  const auto manifest = read_file((folder.path() / "backup.txt").string());
  kept.grow(10);
  const Place place{{kKyiv, Epoch(1)}, LogIndex(kept.scribe.size(kKyiv) - 3)};
  const Bytes whole = *StoredLogs(*kept.store).entry(place);
  Entry entry = decode_entry(whole).value();
  entry.recorded = UnixMillis(entry.recorded.value() + 1);
  kept.put(Family::entries, place_key(place), encode_entry(entry));
  CHECK_FALSE(back_up(kept, folder.path()).has_value());
  CHECK(read_file((folder.path() / "backup.txt").string()) == manifest);
  const auto store = open_store(MemoryDisk::make());
  CHECK(restore_backup(open_backup(folder.path()).value(), folder.path(), *store, {}).has_value());
  kept.put(Family::entries, place_key(place), whole);
  CHECK(back_up(kept, folder.path()).has_value());
}

TEST_CASE("no manifest of a backup with one byte changed, removed or doubled is taken for one") {
  const TemporaryFolder folder;
  const KeptStore kept;
  REQUIRE(back_up(kept, folder.path()).has_value());
  const Bytes manifest = read_file((folder.path() / "backup.txt").string());
  REQUIRE(parse_backup_manifest(manifest, kept.scribe.charter).has_value());
  for (std::size_t i = 0; i < manifest.size(); ++i) {
    CAPTURE(i);
    for (const std::string& instead : {std::string(), std::string(2, manifest[i]),
                                       std::string(1, static_cast<char>(manifest[i] ^ 1))}) {
      Bytes damaged = manifest;
      damaged.replace(i, 1, instead);
      CHECK_FALSE(parse_backup_manifest(damaged, kept.scribe.charter).has_value());
    }
    CHECK_FALSE(parse_backup_manifest(manifest.substr(0, i), kept.scribe.charter).has_value());
  }
}
