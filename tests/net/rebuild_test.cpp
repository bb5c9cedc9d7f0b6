#include "net/rebuild.h"

#include <doctest/doctest.h>

#include "ledger/merkle.h"
#include "net/state_notes.h"
#include "tests/net/recorded_store.h"

using namespace tallinn;
using namespace tallinn::test;

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
