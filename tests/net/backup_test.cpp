#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "ledger/file_text.h"
#include "ledger/store_standing.h"
#include "net/restore.h"
#include "tests/net/back_up.h"

using namespace tallinn;
using namespace tallinn::test;

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

TEST_CASE("only a manifest that is not there means that there is no backup to keep") {
  const TemporaryFolder folder;
  KeptStore kept;
  REQUIRE(back_up(kept, folder.path()).has_value());
  const auto manifest = read_file((folder.path() / "backup.txt").string());
  std::vector<std::filesystem::path> parts{folder.path() / "charter.txt"};
  for (const auto& file : std::filesystem::directory_iterator(folder.path()))
    if (file.path().filename().string().starts_with("notes-")) parts.push_back(file.path());
  REQUIRE(parts.size() == 2);
  KeptStore shorter;  // would pass for a first backup
  kept.grow(5);
  for (const auto& part : parts) {
    CAPTURE(part);
    const Bytes whole = read_file(part.string());
    std::filesystem::remove(part);
    CHECK(open_backup(folder.path()).error().code == Code::failed);
    for (const KeptStore* data : {&kept, &shorter}) {
      const auto refused = back_up(*data, folder.path());
      REQUIRE_FALSE(refused.has_value());
      CHECK(refused.error().code == Code::failed);
      CHECK(refused.error().detail.find(part.filename().string() + " is missing") !=
            std::string::npos);
    }
    CHECK(read_file((folder.path() / "backup.txt").string()) == manifest);
    REQUIRE(write_file_durably(part, whole).has_value());
  }
  std::filesystem::remove(folder.path() / "backup.txt");
  CHECK(open_backup(folder.path()).error().code == Code::not_found);
  CHECK(back_up(kept, folder.path()).has_value());
}

TEST_CASE("a log that was opened and has no entry yet is marked as restored like any other") {
  const TemporaryFolder folder;
  KeptStore kept;
  const LogId kyiv1{kKyiv, Epoch(1)};
  const LogId kyiv2{kKyiv, Epoch(2)};
  const Checkpoint end = kept.scribe.checkpoint(kKyiv);
  const std::string prefix = R"("epoch":1,"size":)" + std::to_string(end.size.value()) +
                             R"(,"root":")" + to_hex(end.root.view()) + "\"";
  const OfficePublicKeys keys = public_keys(test_office("kyiv of the second epoch"));
  const auto key = [](std::string_view name, const PublicKey& value) {
    return ",\"" + std::string(name) + "\":\"" + to_base64(value.view()) + "\"";
  };
  const auto record = [&](const std::string& type, const std::string& body) {
    kept.scribe.record(R"({"type":")" + type +
                           R"(","author":"EE","occurred":"2025-10-15","body":{"office":"kyiv",)" +
                           body + "}}",
                       kWarsaw);
  };
  record("LogSealed", prefix + R"(,"reason":"The disk was lost")");
  record("LogOpened", R"("role":"front","epoch":2)" + key("log", keys.log) +
                          key("witness", keys.witness) + key("state", keys.state) +
                          key("transport", keys.transport) + R"(,"previous":{)" + prefix +
                          R"(},"after":)" + std::to_string(kept.scribe.last_lamport().value()));
  kept.grow(0);
  REQUIRE(rebuild_views(*kept.store, kept.scribe.charter).has_value());
  REQUIRE(back_up(kept, folder.path()).has_value());
  const auto store = open_store(MemoryDisk::make());
  const auto restored =
      restore_store(open_backup(folder.path()).value(), folder.path(), *store, {});
  REQUIRE_MESSAGE(restored.has_value(), restored.error().detail);
  CHECK(StoredLogs(*store).size(kyiv2) == LogSize(0));
  for (const LogId log : {kyiv1, kyiv2, LogId{kWarsaw, Epoch(1)}})
    CHECK(*stopped_for_good(*store, log) == Standing::restored);
}

TEST_CASE("data that is catching up is not backed up, and it is said what to wait for") {
  const TemporaryFolder folder;
  KeptStore kept;
  const LogId log{kWarsaw, Epoch(1)};
  const auto held = kept.scribe.size(kWarsaw);
  const auto newest = notes::checkpoint_key(log);
  const auto cosigned = notes::cosigned_key(log, kKyiv);
  const Bytes older = Bytes(kept.scribe.cosigned_checkpoint(kWarsaw));
  const auto record = public_record();
  for (int i = 0; i < 3; ++i)
    kept.scribe.append(kWarsaw, kept.scribe.event(record[0]), {PartyId("EE")});
  kept.put(Family::notes, newest, kept.scribe.cosigned_checkpoint(kWarsaw));
  const auto ahead = back_up(kept, folder.path());
  REQUIRE_MESSAGE(ahead.has_value(), ahead.error().detail);  // of all that is held
  CHECK(read_file(
            (backup_log_folder(folder.path(), kept.scribe.charter, log) / "checkpoint").string()) ==
        older);
  kept.erase(Family::notes, cosigned);
  const auto manifest = read_file((folder.path() / "backup.txt").string());
  const auto refused = back_up(kept, folder.path());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Code::unavailable);
  CHECK(refused.error().detail.find("holds " + std::to_string(held) + " entries") !=
        std::string::npos);
  CHECK(refused.error().detail.find("of " + std::to_string(held + 3) + " entries") !=
        std::string::npos);
  CHECK(read_file((folder.path() / "backup.txt").string()) == manifest);
  kept.erase(Family::notes, newest);
  const auto unsigned_log = back_up(kept, folder.path());
  REQUIRE_FALSE(unsigned_log.has_value());
  CHECK(unsigned_log.error().code == Code::failed);
}

TEST_CASE("the checkpoint that a backup serves is replaced last, once its tiles are verified") {
  const TemporaryFolder folder;
  KeptStore kept;
  REQUIRE(back_up(kept, folder.path()).has_value());
  const auto log = backup_log_folder(folder.path(), kept.scribe.charter, {kKyiv, Epoch(1)});
  const auto served = read_file((log / "checkpoint").string());
  const auto full = log / "tile" / "entries" / "000";
  const Bytes whole = read_file(full.string());
  REQUIRE(write_file_durably(full, flipped(whole)).has_value());
  kept.grow(1);
  REQUIRE_FALSE(back_up(kept, folder.path()).has_value());
  CHECK(read_file((log / "checkpoint").string()) == served);
  REQUIRE(write_file_durably(full, whole).has_value());
  REQUIRE(back_up(kept, folder.path()).has_value());
  CHECK(read_file((log / "checkpoint").string()) == kept.scribe.cosigned_checkpoint(kKyiv));
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

TEST_CASE("a backup whose governance chain was changed is not restored") {
  const TemporaryFolder folder;
  const KeptStore kept;
  REQUIRE(back_up(kept, folder.path()).has_value());
  std::ofstream(folder.path() / "chain.json", std::ios::app) << "more";
  const auto store = open_store(MemoryDisk::make());
  const auto refused = restore_store(open_backup(folder.path()).value(), folder.path(), *store, {});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Code::failed);
  CHECK(refused.error().detail.starts_with("chain.json: "));
  CHECK(read_all(*store, Family::entries).empty());
}
