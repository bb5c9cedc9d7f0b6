#include "net/earlier_views.h"

#include <doctest/doctest.h>

#include "net/rebuild.h"
#include "tests/net/recorded_store.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

/// The slow and obvious way: everything that counts, folded in memory.
StateRoot folded(const Scribe& scribe, const Standpoint& standpoint) {
  EmptyViews nothing;
  Views views(nothing);
  fold_genesis(views, scribe.charter);
  StandpointFilter filter(standpoint);
  for (const OrderedEntry& entry : scribe.ordered())
    if (filter.counts(entry)) fold_entry(views, scribe.charter, entry);
  return state_root(views);
}

StateRoot root_of(const EarlierView& view) {
  StoredViews views(view.scratch->store());
  return state_root(views);
}

struct Opened : RecordedStore {
  Opened() {
    REQUIRE(prepare_views(*store, scribe.charter).has_value());
    head = load_head(*store, scribe.charter).value();
  }
  std::shared_ptr<Head> head;
};

}  // namespace

TEST_CASE("at any standpoint the views are those of the entries that count, and of no other") {
  Opened opened;
  const Charter& charter = opened.scribe.charter;
  EarlierViews earlier(charter);
  for (const auto& [as_of, known_on] :
       std::vector<std::pair<std::string, std::string>>{{"", "none"},
                                                        {"", "kyiv/1:3,warsaw/1:40"},
                                                        {"", "warsaw/1:25"},
                                                        {"2024-06-30", ""},
                                                        {"2024-12-31", "2025-03-01"},
                                                        {"", "2024-10-01"},
                                                        {"2199-12-31", "2199-12-31"}}) {
    CAPTURE(as_of);
    CAPTURE(known_on);
    const Standpoint standpoint = parse_standpoint(as_of, known_on, charter).value();
    const auto view = earlier.at(*opened.head, standpoint);
    REQUIRE_MESSAGE(view.has_value(), view.error().detail);
    CHECK(root_of(**view) == folded(opened.scribe, standpoint));
    const Standpoint by_sizes{.as_of = standpoint.as_of, .known_on = {}, .sizes = (*view)->known};
    CHECK(root_of(**earlier.at(*opened.head, by_sizes)) == root_of(**view));
  }
}

TEST_CASE("a standpoint asked for again is not folded again, one of many is let go of") {
  Opened opened;
  EarlierViews earlier(opened.scribe.charter);
  const auto at = [&](std::uint64_t size) {
    const Standpoint standpoint{
        .as_of = {},
        .known_on = {},
        .sizes = std::vector<HeldLog>{{{kWarsaw, Epoch(1)}, LogSize(size)}}};
    return earlier.at(*opened.head, standpoint).value();
  };
  const std::weak_ptr<const EarlierView> first = at(1);
  CHECK(at(1) == first.lock());
  for (std::uint64_t size = 2; size <= 4; ++size) at(size);
  CHECK(at(1) == first.lock());
  for (std::uint64_t size = 5; size <= 8; ++size) at(size);
  CHECK(first.expired());
}

TEST_CASE("more than is held is not guessed at") {
  Opened opened;
  EarlierViews earlier(opened.scribe.charter);
  const Standpoint standpoint{
      .as_of = {},
      .known_on = {},
      .sizes = std::vector<HeldLog>{{{kWarsaw, Epoch(1)}, LogSize(1'000'000)}}};
  const auto view = earlier.at(*opened.head, standpoint);
  REQUIRE_FALSE(view.has_value());
  CHECK(view.error().code == Code::not_found);
}
