// Whatever comes first, and in what pieces: the views are a function of the set of entries alone.
#include <doctest/doctest.h>

#include "projections/conservation.h"
#include "projections/fold.h"
#include "projections/state_tree.h"
#include "tests/support/random_history.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

using Logs = std::vector<std::vector<OrderedEntry>>;

Logs read_logs(const RandomHistory& history) {
  Logs out(history.offices());
  for (std::size_t n = 0; n < history.offices(); ++n)
    for (std::size_t i = 0; i < history.log(n).size(); ++i)
      out[n].push_back(make_ordered(history.log(n)[i], LogIndex(i)).value());
  return out;
}

/// Views that a late arrival rewinds, as a node's are, but in memory.
class Node {
 public:
  explicit Node(const Charter& charter) : charter_(charter) { fold_genesis(views_, charter_); }

  void take(std::span<const OrderedEntry> piece) {
    std::vector<const OrderedEntry*> waiting;
    for (const OrderedEntry& entry : piece) waiting.push_back(&entry);
    while (!folded_.empty() && piece.front().position < folded_.back().entry->position) {
      views_.undo(decode_undo(folded_.back().undo));
      waiting.push_back(folded_.back().entry);
      folded_.pop_back();
      ++rewound_;
    }
    std::ranges::sort(waiting, {}, [](const OrderedEntry* entry) { return entry->position; });
    for (const OrderedEntry* entry : waiting) {
      views_.begin_undo();
      fold_entry(views_, charter_, *entry);
      folded_.push_back({entry, encode_undo(views_.take_undo())});
    }
  }
  std::vector<std::string> imbalances() { return tallinn::imbalances(views_); }
  StateRoot root() { return state_root(views_); }
  /// Back to what the charter alone makes.
  StateRoot root_of_nothing() {
    for (; !folded_.empty(); folded_.pop_back()) views_.undo(decode_undo(folded_.back().undo));
    return root();
  }
  std::uint64_t rewound() const { return rewound_; }

 private:
  struct Folded {
    const OrderedEntry* entry;
    Bytes undo;
  };
  const Charter& charter_;
  EmptyViews nothing_;
  Views views_{nothing_};
  std::vector<Folded> folded_;
  std::uint64_t rewound_ = 0;
};

StateRoot root_in_order(const RandomHistory& history, const Logs& logs) {
  std::vector<const OrderedEntry*> all;
  for (const auto& log : logs)
    for (const OrderedEntry& entry : log) all.push_back(&entry);
  std::ranges::sort(all, {}, [](const OrderedEntry* entry) { return entry->position; });
  EmptyViews nothing;
  Views views(nothing);
  fold_genesis(views, history.charter());
  for (const OrderedEntry* entry : all) fold_entry(views, history.charter(), *entry);
  return state_root(views);
}

}  // namespace

TEST_CASE(
    "each random history of two or three offices has one state root, in whatever order and pieces "
    "it arrives") {
  std::uint64_t rewound = 0;
  for (std::uint64_t seed = 1; seed <= history_count(1'000); ++seed) {
    CAPTURE(seed);
    const RandomHistory history({.seed = seed, .offices = 2 + seed % 2, .events = 36});
    const Logs logs = read_logs(history);
    Node node(history.charter());
    const StateRoot nothing = node.root();
    for (const RandomHistory::Piece& piece : history.arrival(seed, 16))
      node.take(std::span(logs[piece.office]).subspan(piece.from, piece.to - piece.from));
    CHECK(node.root() == root_in_order(history, logs));
    CHECK(node.imbalances().empty());
    rewound += node.rewound();
    CHECK(node.root_of_nothing() == nothing);
  }
  CHECK(rewound > 10 * history_count(1'000));
}
