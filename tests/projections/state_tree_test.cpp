#include "projections/state_tree.h"

#include <doctest/doctest.h>

#include "tests/projections/scribe.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

/// Keys "k01", "k03"... so that there is room between any two.
void fill(Views& views, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    std::string key = "k" + std::string(i < 5 ? "0" : "") + std::to_string(2 * i + 1);
    views.put(key, "value " + std::to_string(i));
  }
}

/// The slow reference: RFC 6962, straight from its definition.
Digest slow_root(const std::vector<Digest>& leaves, std::size_t begin, std::size_t end) {
  if (begin == end) return empty_root();
  if (end - begin == 1) return leaves[begin];
  std::size_t split = 1;
  while (split * 2 < end - begin) split *= 2;
  return node_hash(slow_root(leaves, begin, begin + split), slow_root(leaves, begin + split, end));
}

std::string key_at(std::size_t n) {
  return "k" + std::string(n < 10 ? "0" : "") + std::to_string(n);
}

}  // namespace

TEST_CASE(
    "the state root is the RFC 6962 root over records in key order, whatever the order of "
    "writing") {
  EmptyViews nothing;
  for (std::size_t count = 0; count <= 20; ++count) {
    Views views(nothing);
    fill(views, count);
    std::vector<Digest> leaves;
    views.scan({}, {}, [&](BytesView key, BytesView value) {
      leaves.push_back(state_leaf(key, value));
      return ViewReader::Next::go_on;
    });
    CHECK(state_root(views) == StateRoot{count, slow_root(leaves, 0, leaves.size())});
    CHECK(StateTree(views).root() == state_root(views));
  }
}

TEST_CASE("every range of every small state is proven complete, absence included") {
  EmptyViews nothing;
  for (std::size_t count = 0; count <= 12; ++count) {
    Views views(nothing);
    fill(views, count);
    const StateTree tree(views);
    for (std::size_t begin = 0; begin <= 2 * count + 1; ++begin) {
      for (std::size_t end = begin; end <= 2 * count + 2; ++end) {
        const auto range = tree.prove(views, key_at(begin), key_at(end));
        const auto inside = check_range_complete(range, key_at(begin), key_at(end), tree.root());
        REQUIRE_MESSAGE(inside, count << " records, [" << begin << "," << end << ")");
        std::size_t expected = 0;
        for (std::size_t i = 0; i < count; ++i) expected += 2 * i + 1 >= begin && 2 * i + 1 < end;
        CHECK(inside->size() == expected);
      }
    }
  }
}

TEST_CASE("a range proof with anything changed is refused") {
  EmptyViews nothing;
  Views views(nothing);
  fill(views, 11);
  const StateTree tree(views);
  const auto good = tree.prove(views, "k06", "k12");
  REQUIRE(check_range_complete(good, "k06", "k12", tree.root()));
  struct Case {
    const char* what;
    void (*change)(StateTree::Range&);
  };
  const Case cases[] = {
      {"first", [](auto& r) { ++r.first; }},
      {"a value", [](auto& r) { r.records[1].second += "x"; }},
      {"a key", [](auto& r) { r.records[1].first += "x"; }},
      {"a record gone", [](auto& r) { r.records.erase(r.records.begin() + 1); }},
      {"the left neighbour gone", [](auto& r) { r.records.erase(r.records.begin()), ++r.first; }},
      {"the right neighbour gone", [](auto& r) { r.records.pop_back(); }},
      {"two records swapped", [](auto& r) { std::swap(r.records[1], r.records[2]); }},
      {"a hash gone", [](auto& r) { r.proof.pop_back(); }},
      {"a hash changed", [](auto& r) { r.proof[0].bytes[5] ^= 1; }},
      {"a hash too many", [](auto& r) { r.proof.push_back(r.proof[0]); }},
      {"no records", [](auto& r) { r.records.clear(); }},
  };
  for (const Case& one : cases) {
    auto changed = good;
    one.change(changed);
    CHECK_MESSAGE(!check_range_complete(changed, "k06", "k12", tree.root()), one.what);
  }
  CHECK(!check_range_complete(good, "k04", "k12", tree.root()));
  CHECK(!check_range_complete(good, "k06", "k16", tree.root()));
}

TEST_CASE(
    "views at an earlier point are those that were, whether later entries are taken back from the "
    "newest or left out from the first") {
  Scribe scribe;
  scribe.record_all(public_record());
  EmptyViews nothing;
  Views views(nothing);
  fold_genesis(views, scribe.charter);
  std::vector<StateRoot> roots{state_root(views)};
  std::vector<std::vector<Change>> undo;
  for (const OrderedEntry& entry : scribe.ordered()) {
    views.begin_undo();
    fold_entry(views, scribe.charter, entry);
    undo.push_back(decode_undo(encode_undo(views.take_undo())));
    roots.push_back(state_root(views));
  }
  for (std::size_t i = undo.size(); i-- > 0;) {
    ViewsAt at(views);
    for (std::size_t later = i; later < undo.size(); ++later) at.leave_out(undo[later]);
    CHECK(state_root(at) == roots[i]);
  }
  for (std::size_t i = undo.size(); i-- > 0;) {
    views.undo(undo[i]);
    CHECK(state_root(views) == roots[i]);
  }
}
