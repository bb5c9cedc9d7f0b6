// What a node holds of a log it can give to whoever has nothing of it, whatever checkpoint it
// keeps.
#include "ledger/store_notes.h"
#include "tests/sim/cut.h"
#include "tests/sim/mirror.h"

namespace tallinn::sim {
namespace {

void check_gives_all(Cut& world) {
  const auto warsaw = world.head(kWarsaw);
  const auto given = make_batch(*warsaw->snapshot, warsaw->held, {}, ValuesToo::leave_out);
  REQUIRE(given.has_value());
  CHECK(sizes_after(*given) == warsaw->held);
  Mirror mirror(world.charter(), "tallinn");
  const auto taken = mirror.replica().stage_batch(*given, Signatures::to_check);
  REQUIRE(taken.has_value());
  CHECK_MESSAGE(taken->has_value(), taken->error().detail);
}

}  // namespace

TEST_CASE("what is held is given on, also when the checkpoint that is kept is of another history") {
  for (const std::uint64_t other : {2u, 3u, 9u}) {  // within what comes, its size, beyond it
    CAPTURE(other);
    Cut world(32);
    const std::string origin = world.charter().origin(kKyiv1);
    const LogSize before = world.head(kKyiv)->held_of(kKyiv1);
    const std::string lie =
        format_checkpoint({origin, LogSize(before.value() + other), leaf_hash("another history")});
    REQUIRE(world
                .tell(NoteKind::checkpoint,
                      format_note({lie, {sign_note(origin, test::test_office("kyiv").log, lie)}}))
                .has_value());
    for (int n = 1; n <= 3; ++n) must_record(world, kKyiv, need(n));
    REQUIRE(world.give(world.batch_from(kKyiv)).has_value());
    const auto warsaw = world.head(kWarsaw);
    CHECK(warsaw->held == world.head(kKyiv)->held);
    CHECK(warsaw->frozen.contains(kKyiv1) == (other <= 3));
    check_gives_all(world);
  }
}

TEST_CASE("what is held is given on, also when the next checkpoint came in the same commit") {
  Cut world(35);
  must_record(world, kKyiv, need(1));
  const PeerBatch first = world.batch_from(kKyiv);
  must_record(world, kKyiv, need(2));
  const auto next =
      world.head(kKyiv)->snapshot->get(Family::notes, notes::checkpoint_key(kKyiv1)).value();
  REQUIRE(world.warsaw().stage_batch(first, Signatures::to_check).value().has_value());
  REQUIRE(world.warsaw().stage_note({NoteKind::checkpoint, *next}).value().has_value());
  REQUIRE(world.warsaw().commit(world.now()).has_value());
  check_gives_all(world);
}

}  // namespace tallinn::sim
