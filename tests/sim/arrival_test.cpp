// Random histories of two and three offices at real nodes with real stores: whatever comes first,
// in what pieces, before and after a restart or a rebuild. tests/projections/arrival_test.cpp tries
// many more of them in memory.
#include "tests/sim/history.h"
#include "tests/support/random_history.h"

namespace tallinn::sim {
namespace {

using test::RandomHistory;

History history_of(const RandomHistory& random) {
  History history(random.charter());
  for (std::size_t n = 0; n < random.offices(); ++n)
    history.add(RandomHistory::log_of(n), random.log(n));
  return history;
}

/// Takes it all; now and then it is stopped in between, or its views are made anew.
void take_pieces(Reader& reader, History& history, const RandomHistory& random,
                 std::uint64_t seed) {
  std::mt19937_64 chance(seed);
  for (const RandomHistory::Piece& piece : random.arrival(seed, 1 + chance() % 30)) {
    const auto taken = reader.take(history, RandomHistory::log_of(piece.office), LogSize(piece.to),
                                   Signatures::checked_good);
    REQUIRE_MESSAGE(taken.has_value(), taken.error().detail);
    const std::uint64_t dice = chance() % 100;
    if (dice < 4) reader.restart();
    if (dice == 4) reader.rebuild();
  }
}

std::vector<Position> undoable(const Reader& reader) {
  std::vector<Position> out;
  REQUIRE(reader.head()
              ->snapshot
              ->scan(Family::undo, {}, {},
                     [&](BytesView key, BytesView) {
                       out.push_back(parse_position_key(key));
                       return StoreReader::Next::go_on;
                     })
              .has_value());
  return out;
}

}  // namespace

TEST_CASE(
    "nodes to which a random history comes in different orders and pieces have one state root") {
  for (std::uint64_t seed = 1; seed <= test::history_count(1'000) / 50; ++seed) {
    CAPTURE(seed);
    const RandomHistory random({.seed = seed, .offices = 2 + seed % 2, .events = 60});
    History history = history_of(random);
    Reader one(random.charter());
    take_pieces(one, history, random, seed);
    Reader other(random.charter());
    take_pieces(other, history, random, seed + 1'000'000);
    check_same(one, other);
    check_lasting(one);
  }
}

TEST_CASE(
    "what every office has signed is never undone, so its undo records are gone, those after it "
    "stay") {
  const RandomHistory random({.seed = 5, .offices = 3, .events = 60});
  History history = history_of(random);
  Reader reader(random.charter());
  take_pieces(reader, history, random, 5);
  const std::vector<Position> all = undoable(reader);
  const Lamport point(reader.head()->last.value() / 2);
  settle(reader, {"kyiv", "warsaw", "brussels"}, point);
  std::vector<Position> after;
  std::ranges::copy_if(all, std::back_inserter(after),
                       [&](const Position& one) { return one.lamport > point; });
  CHECK(undoable(reader) == after);
  CHECK(after.size() > 10);
  CHECK(all.size() > after.size() + 10);
}

}  // namespace tallinn::sim
