#include "net/rebuild.h"

#include <doctest/doctest.h>

#include "ledger/merkle.h"
#include "ledger/store_log.h"
#include "ledger/store_notes.h"
#include "net/state_notes.h"
#include "tests/ledger/store_for_tests.h"
#include "tests/projections/scribe.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

/// The public record in the two logs of a store.
struct RecordedStore {
  std::shared_ptr<MemoryDisk> disk = MemoryDisk::make();
  std::unique_ptr<Store> store = open_store(disk);
  Scribe scribe;

  RecordedStore() {
    scribe.record_all(public_record());
    Batch batch;
    std::map<LogId, LogWriter> writers;
    for (const OrderedEntry& entry : scribe.ordered()) {
      const LogId log = entry.position.place.log;
      const auto writer = writers.try_emplace(log, log, Frontier()).first;
      writer->second.append(batch, encode_entry(entry.entry), entry.event->id, entry.entry.event);
    }
    REQUIRE(store->commit(std::move(batch)).has_value());
  }

  /// A state note of both offices at that time; what it says of the state is not looked at here.
  void sign_state(Lamport settled) {
    const StateNote note{.ledger = scribe.charter.ledger,
                         .rules = kRules,
                         .settled = settled,
                         .logs = {},
                         .records = 1,
                         .state = {}};
    const std::string text = format_state_note(note);
    Note both{text, {}};
    for (const char* office : {"kyiv", "warsaw"}) {
      const auto number = scribe.charter.office_number(office);
      both.signatures.push_back(
          sign_note(scribe.charter.office(*number)->state.name, test_office(office).state, text));
    }
    REQUIRE(store->commit(one_put(Family::notes, notes::state_key(settled), format_note(both)))
                .has_value());
  }
};

}  // namespace

TEST_CASE("a rebuild cut short at any write or sync is done again by the next start") {
  RecordedStore expected;
  REQUIRE(prepare_views(*expected.store, expected.scribe.charter).has_value());
  const Pairs views = read_all(*expected.store, Family::views);
  const Pairs undo = read_all(*expected.store, Family::undo);
  REQUIRE(undo.size() == expected.scribe.ordered().size());

  bool failed = true;
  std::uint64_t operation = 0;
  while (failed && ++operation < 1'000) {
    CAPTURE(operation);
    RecordedStore cut;
    REQUIRE(prepare_views(*cut.store, cut.scribe.charter).has_value());
    cut.disk->fail_after(operation);
    failed = !rebuild_views(*cut.store, cut.scribe.charter).has_value();
    cut.disk->fail_after(0);
    cut.store.reset();
    cut.disk->lose_unsynced();
    cut.store = open_store(cut.disk);
    REQUIRE(prepare_views(*cut.store, cut.scribe.charter).has_value());
    CHECK(read_all(*cut.store, Family::views) == views);
    CHECK(read_all(*cut.store, Family::undo) == undo);
  }
  CHECK_FALSE(failed);
  CHECK(operation > 10);
}

TEST_CASE("a rebuild keeps undo records only of what lies after the newest joint state note") {
  RecordedStore recorded;
  const auto entries = recorded.scribe.ordered();
  const Lamport settled = entries[40].position.lamport;
  recorded.sign_state(settled);
  REQUIRE(rebuild_views(*recorded.store, recorded.scribe.charter).has_value());
  Pairs expected;
  for (const OrderedEntry& entry : entries)
    if (entry.position.lamport > settled)
      expected.emplace_back(position_key(entry.position), Bytes());
  Pairs kept = read_all(*recorded.store, Family::undo);
  for (auto& [key, value] : kept) value.clear();
  CHECK(kept == expected);
  CHECK(expected.size() < entries.size());
}
