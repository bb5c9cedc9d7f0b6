// Views made anew beside a node that goes on: while it records, hears late arrivals, loses the link
// and its power; what it has in the end is what its entries say.
#include "net/rebuilt.h"
#include "tests/sim/epoch_lines.h"
#include "tests/sim/needs.h"
#include "tests/sim/seeds.h"

namespace tallinn::sim {
namespace {

/// Each office some of what only it decides, while they do not meet.
void record_apart(World& world, int begin, int end) {
  world.cut();
  for (int i = begin; i < end; ++i) {
    REQUIRE(world.record_here(kKyiv, need(i)).has_value());
    if (i % 2 == 0) REQUIRE(world.record_here(kWarsaw, party(i)).has_value());
  }
}

}  // namespace

TEST_CASE("what comes late is taken into views that are made anew, before and after their place") {
  World world(61);
  begin(world);
  record_apart(world, 0, 20);
  Office& kyiv = world.office(kKyiv);
  world.begin_rebuild_beside(kKyiv);
  const RebuildBeside& rebuild = kyiv.beside->rebuild();
  while (rebuild.progress().done < rebuild.progress().entries) REQUIRE_FALSE(kyiv.beside->step(3));
  const auto old_head = world.head(kKyiv);
  const StateRoot old_root = root_of(world, kKyiv);
  world.connect();
  world.run_ms(3'000);
  CHECK(kyiv.rebuilt_beside == 1);
  CHECK(kyiv.took_back_beside == 1);
  CHECK(kyiv.store->generation() == 1);
  StoredViews old_views(*old_head->snapshot);
  CHECK(state_root(old_views) == old_root);  // who had begun to read has what there was
  check_converged(world);

  record_apart(world, 20, 40);
  world.connect();
  world.run_ms(5'000);
  check_converged(world);
  check_made_of_entries(*kyiv.store, world.charter());
  CHECK((*last_rebuilt(*kyiv.store))->differences == 0);
}

TEST_CASE("a record that is wrong is found, told, and right in the new views") {
  World world(62);
  world.connect();
  for (std::size_t i = 0; i < 30; ++i) {
    REQUIRE(world.record(kKyiv, test::public_record()[i]).has_value());
    world.run_ms(100);
  }
  world.run_ms(3'000);
  const StateRoot right = root_of(world, kKyiv);
  Office& kyiv = world.office(kKyiv);
  const auto views = test::read_all(*kyiv.store, Family::views);
  Batch wrong;
  wrong.put(Family::views, views[3].first, views[3].second + "x");
  wrong.put(Family::views, views[7].first + "x", "y");
  wrong.erase(Family::views, views[9].first);
  REQUIRE(kyiv.store->commit(std::move(wrong)).has_value());
  Beside beside(*kyiv.store, *kyiv.replica);
  beside.finish();
  CHECK(beside.rebuild().differences().total() == 3);
  REQUIRE(world.head(kKyiv)->alarms.size() == 1);
  CHECK(world.head(kKyiv)->alarms[0].find("3 records, the first ") != std::string::npos);
  CHECK((*last_rebuilt(*kyiv.store))->differences == 3);
  CHECK(root_of(world, kKyiv) == right);
  for (std::size_t i = 30; i < 40; ++i) {  // the writer has forgotten what was wrong, too
    REQUIRE(world.record(kKyiv, test::public_record()[i]).has_value());
    world.run_ms(100);
  }
  world.run_ms(3'000);
  CHECK(root_of(world, kKyiv) == root_of(world, kWarsaw));
  check_made_of_entries(*kyiv.store, world.charter());
}

TEST_CASE(
    "offices that make their views anew while they write, are cut and lose power come out equal") {
  int rebuilt = 0;
  int took_back = 0;
  for (std::uint64_t seed = 1; seed <= seed_count() / 2; ++seed) {
    CAPTURE(seed);
    World world(seed, {.least_delay_ms = 1, .most_delay_ms = 80, .cut_percent = 1});
    record_through(world, [&] {
      const std::size_t n = world.random(2);
      if (world.random(8) == 0 && !world.office(n).beside) world.begin_rebuild_beside(n);
      if (world.random(15) == 0) world.cut();
      if (world.random(10) == 0) world.connect();
      if (world.random(60) == 0) {
        world.crash(n);
        world.start(n);
      }
    });
    for (const std::size_t n : {kKyiv, kWarsaw}) {
      rebuilt += world.office(n).rebuilt_beside;
      took_back += world.office(n).took_back_beside;
      check_made_of_entries(*world.office(n).store, world.charter());
    }
  }
  CHECK(rebuilt > 20);
  CHECK(took_back > 5);
}

}  // namespace tallinn::sim
