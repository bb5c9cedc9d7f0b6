#include "net/derived_views.h"

#include <doctest/doctest.h>

#include "ledger/store_log.h"
#include "tests/ledger/store_for_tests.h"
#include "tests/projections/scribe.h"
#include "tests/support/record.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

Pairs all_of(ViewReader& views) {
  Pairs pairs;
  views.scan({}, {}, [&](BytesView key, BytesView value) {
    pairs.emplace_back(key, value);
    return ViewReader::Next::go_on;
  });
  return pairs;
}

}  // namespace

TEST_CASE("views folded into a store, in steps of any size, are those folded in memory") {
  Scribe scribe;
  for (const std::string& line : public_record()) scribe.record(line);
  const auto entries = scribe.ordered();
  EmptyViews nothing;
  Views expected(nothing);
  Pairs undo;
  fold_genesis(expected, scribe.charter);
  for (const OrderedEntry& entry : entries) {
    expected.begin_undo();
    fold_entry(expected, scribe.charter, entry);
    undo.emplace_back(position_key(entry.position), encode_undo(expected.take_undo()));
  }

  for (const std::size_t at_once : {1u, 7u, 100u, 1'000'000u}) {
    CAPTURE(at_once);
    const auto store = open_store(MemoryDisk::make());
    DerivedViews derived(*store, at_once);
    fold_genesis(derived.views(), scribe.charter);
    for (const OrderedEntry& entry : entries) {
      derived.fold(scribe.charter, entry, DerivedViews::Undo::keep);
      REQUIRE(derived.spill_when_full().has_value());
    }
    CHECK(all_of(derived.views()) == all_of(expected));
    REQUIRE(derived.finish().has_value());
    CHECK(read_all(*store, Family::views) == all_of(expected));
    CHECK(read_all(*store, Family::undo) == undo);
  }
}

TEST_CASE("a store that fails while views are written is a fault, not a silent gap") {
  Scribe scribe;
  const auto disk = MemoryDisk::make();
  const auto store = open_store(disk);
  DerivedViews derived(*store, 1);
  fold_genesis(derived.views(), scribe.charter);
  disk->fail_after(1);
  CHECK_FALSE(derived.finish().has_value());
}
