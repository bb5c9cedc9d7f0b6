// A store with both offices' logs of the public record, and no views: for tests of what is derived.
#pragma once

#include "ledger/store_notes.h"
#include "tests/net/scribed_logs.h"

namespace tallinn::test {

/// The public record in the two logs of a store.
struct RecordedStore {
  std::shared_ptr<MemoryDisk> disk = MemoryDisk::make();
  std::unique_ptr<Store> store = open_store(disk);
  Scribe scribe;

  RecordedStore() {
    scribe.record_all(public_record());
    Batch batch;
    ScribedLogs().append(batch, scribe);
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

}  // namespace tallinn::test
