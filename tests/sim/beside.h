// Rebuilds beside a node, driven step by step by a test; when one is in place, what is read is
// compared with what a rebuild into an empty store makes.
#pragma once

#include <doctest/doctest.h>

#include "net/rebuild.h"
#include "net/rebuild_beside.h"
#include "net/replica.h"
#include "tests/ledger/store_for_tests.h"

namespace tallinn::sim {

/// The views, and the undo records that there are, are those that the entries make, to the byte.
inline void check_made_of_entries(const StoreReader& store, const Charter& charter) {
  const auto fresh = test::open_store(MemoryDisk::make());
  REQUIRE(derive_views(store, charter, *fresh).has_value());
  CHECK(test::read_all(store, Family::views) == test::read_all(*fresh, Family::views));
  const test::Pairs undo = test::read_all(store, Family::undo);
  const test::Pairs made = test::read_all(*fresh, Family::undo);
  const std::size_t both = std::min(undo.size(), made.size());
  CHECK(std::equal(undo.end() - static_cast<std::ptrdiff_t>(both), undo.end(),
                   made.end() - static_cast<std::ptrdiff_t>(both)));
}

class Beside {
 public:
  /// All outlive it.
  Beside(Store& store, Replica& replica) : store_(store), replica_(replica) {
    auto begun = RebuildBeside::begin(store_, replica_.charter());
    REQUIRE_MESSAGE(begun.has_value(), begun.error().detail);
    rebuild_ = std::move(*begun);
  }

  /// At most `most` entries more, or all that is to be compared. Are the new views in place? Then
  /// it is over.
  bool step(std::size_t most) {
    constexpr std::size_t kAll = 1'000'000;
    const bool comparing = rebuild_->progress().phase == RebuildBeside::Phase::comparing;
    const auto phase = rebuild_->step(comparing ? kAll : most);
    REQUIRE_MESSAGE(phase.has_value(), phase.error().detail);
    took_back_ = took_back_ || *phase == RebuildBeside::Phase::taking_back;
    if (*phase != RebuildBeside::Phase::ready) return false;
    const auto placed = replica_.take_views(*rebuild_, 4, UnixMillis(0));
    REQUIRE_MESSAGE(placed.has_value(), placed.error().detail);
    if (!*placed) return false;
    REQUIRE(store_.drop_previous().has_value());
    check_made_of_entries(store_, replica_.charter());
    return true;
  }
  void finish() {
    int steps = 0;
    while (!step(50) && steps < 10'000) ++steps;
    REQUIRE(steps < 10'000);
  }
  const RebuildBeside& rebuild() const { return *rebuild_; }
  /// Has anything come late?
  bool took_back() const { return took_back_; }

 private:
  Store& store_;
  Replica& replica_;
  std::unique_ptr<RebuildBeside> rebuild_;
  bool took_back_ = false;
};

}  // namespace tallinn::sim
