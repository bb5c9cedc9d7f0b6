// A store as a node keeps it, made by a Scribe: logs of more than one tile, checkpoints, views.
#pragma once

#include "ledger/store_notes.h"
#include "net/fsck.h"
#include "net/rebuild.h"
#include "tests/net/scribed_logs.h"
#include "tests/support/record.h"

namespace tallinn::test {

/// The public record and 300 needs more, in two logs with their checkpoints.
struct KeptStore {
  std::shared_ptr<MemoryDisk> disk = MemoryDisk::make();
  std::unique_ptr<Store> store = open_store(disk);
  Scribe scribe;

  KeptStore() {
    scribe.charter = signed_charter();
    scribe.record_all(public_record());
    grow(300);
    REQUIRE(prepare_views(*store, scribe.charter).has_value());
  }

  /// Records that many needs, which the store does not hold.
  void record(int needs, std::optional<OfficeNumber> office = std::nullopt) {
    for (int i = 0; i < needs; ++i) scribe.record(one_more_need(++needs_), office);
  }

  /// Records that many needs, and signs checkpoints of all.
  void grow(int needs) {
    record(needs);
    Batch batch;
    logs_.append(batch, scribe);
    for (const OfficeNumber office : {kKyiv, kWarsaw})
      batch.put(Family::notes, notes::checkpoint_key({office, Epoch(1)}),
                scribe.cosigned_checkpoint(office));
    batch.put(Family::notes, notes::cosigned_key({kWarsaw, Epoch(1)}, kKyiv),
              scribe.cosigned_checkpoint(kWarsaw));
    REQUIRE(store->commit(std::move(batch)).has_value());
  }

  void put(Family family, BytesView key, BytesView value) {
    REQUIRE(store->commit(one_put(family, key, value)).has_value());
  }
  void erase(Family family, BytesView key) {
    Batch batch;
    batch.erase(family, key);
    REQUIRE(store->commit(std::move(batch)).has_value());
  }
  void reopen() {
    store.reset();
    store = open_store(disk);
  }
  /// Bit rot in a block of that family, as the next opening finds it; the store is closed.
  void rot(Family family) {
    REQUIRE(store->compact().has_value());
    store.reset();
    for (std::size_t table = 0; disk->flip_in_table(table); ++table) {
      const auto past_damage =
          Store::open("/store", {.disk = disk, .access = StoreOptions::Access::salvage});
      REQUIRE(past_damage.has_value());
      const auto scanned = (*past_damage)->scan(family, {}, {}, [](BytesView, BytesView) {
        return StoreReader::Next::go_on;
      });
      if (!scanned) return;
      disk->flip_in_table(table);
    }
    FAIL("no table has a block of the family");
  }
  std::map<Family, Pairs> everything() const {
    std::map<Family, Pairs> all;
    for (std::size_t i = 0; i < kFamilies; ++i)
      all[static_cast<Family>(i)] = read_all(*store, static_cast<Family>(i));
    return all;
  }

 private:
  ScribedLogs logs_;
  int needs_ = 0;
};

/// What fsck finds.
inline FsckReport check(const KeptStore& kept) {
  const auto scratch = open_store(MemoryDisk::make());
  auto report = fsck(*kept.store, kept.scribe.charter, *scratch,
                     {.own = kKyiv, .threads = 2, .progress = {}});
  INFO((report ? std::string() : report.error().detail));
  REQUIRE(report.has_value());
  return std::move(*report);
}

inline Bytes flipped(Bytes value) {
  value[value.size() / 2] = static_cast<char>(value[value.size() / 2] ^ 1);
  return value;
}

}  // namespace tallinn::test
