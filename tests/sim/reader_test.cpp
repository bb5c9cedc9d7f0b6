// A node without an office: what comes to it comes in an order that no office sees.
#include "net/kept_evidence.h"
#include "net/stored_bundle.h"
#include "tests/sim/epochs.h"
#include "tests/sim/history.h"

namespace tallinn::sim {
namespace {

/// Kyiv has three entries and Warsaw two, which have not seen one another.
History apart() {
  History history(test::signed_charter());
  for (int i = 0; i < 3; ++i) history.append(kKyiv1, party(i), {});
  for (int i = 3; i < 5; ++i) history.append(kWarsaw1, party(i), {});
  return history;
}

/// The reader takes all that an office gives.
void take_from(Reader& reader, const Head& office) {
  for (int rounds = 0; rounds < 100; ++rounds) {
    const auto batch =
        make_batch(*office.snapshot, office.given(), reader.head()->held, ValuesToo::leave_out);
    REQUIRE(batch.has_value());
    if (batch->entries.empty()) return;
    const auto taken = reader.replica().stage_batch(*batch, Signatures::to_check);
    REQUIRE(taken.has_value());
    REQUIRE_MESSAGE(taken->has_value(), taken->error().detail);
    REQUIRE(reader.replica().commit(UnixMillis(0)).has_value());
  }
}

}  // namespace

TEST_CASE("a state note waits for the entries that it speaks of, so that they can be folded") {
  History history = apart();
  Reader all(history.charter());
  all.must_take(history, kKyiv1);
  all.must_take(history, kWarsaw1);
  Reader late(history.charter());
  late.must_take(history, kKyiv1);
  const PeerNote note = state_signed_by(all, {"kyiv", "warsaw"}, Lamport(3));
  REQUIRE(late.replica().stage_note(note).value().has_value());
  REQUIRE(late.replica().commit(UnixMillis(0)).has_value());
  CHECK_FALSE(late.head()->joint_state);
  late.must_take(history, kWarsaw1);
  CHECK(late.head()->joint_state == Lamport(3));
  check_same(all, late);
}

TEST_CASE("no bundle is issued that would not verify for want of a cosignature") {
  History history = apart();
  Reader reader(history.charter());
  reader.must_take(history, kKyiv1);
  reader.must_take(history, kWarsaw1);
  settle(reader, {"kyiv", "warsaw"}, Lamport(3));
  const auto bundle = make_stored_bundle(*reader.head(), history.charter(), PartyId("EE"));
  REQUIRE(bundle.has_value());
  REQUIRE_FALSE(bundle->has_value());
  CHECK(bundle->error().code == Code::unavailable);
}

TEST_CASE(
    "a node that hears of a contradiction first comes to the seal that ends it all the same") {
  World world(31);
  const auto rest = begin_record(world, 20);
  const LogSize size = world.head(kWarsaw)->held_of(kKyiv1);
  const std::string origin = world.charter().origin(kKyiv1);
  const std::string text = format_checkpoint({origin, size, leaf_hash("another history")});
  const PeerNote other{
      NoteKind::checkpoint,
      format_note({text, {sign_note(origin, test::test_office("kyiv").log, text)}})};
  REQUIRE(world.office(kWarsaw).replica->stage_note(other).has_value());
  const Change change = next_epoch(world, kWarsaw, kKyiv1, "kyiv again", 9);
  world.run_ms(2'000);
  const auto evidence = kept_evidence(*world.head(kWarsaw)->snapshot);
  REQUIRE(evidence->size() == 1);
  lose_and_open(world, kKyiv, change);
  meet_anew(world, kKyiv, "kyiv again");
  record_all(world, rest);
  const auto warsaw = world.head(kWarsaw);
  REQUIRE(warsaw->frozen.contains(kKyiv1));
  REQUIRE(warsaw->held_of(kKyiv2) > LogSize(0));

  Reader reader(world.charter());
  const PeerNote told{NoteKind::evidence, evidence->front().text};
  REQUIRE(reader.replica().stage_note(told).value().has_value());
  REQUIRE(reader.replica().commit(UnixMillis(0)).has_value());
  REQUIRE(reader.head()->frozen.contains(kKyiv1));
  take_from(reader, *warsaw);
  CHECK(reader.head()->held == warsaw->held);
  CHECK(reader.root() == root_of(world, kWarsaw));
}

TEST_CASE("a node that meets a broken promise first comes to the seal that ends it all the same") {
  World world(32);
  const auto rest = begin_record(world, 20);
  const std::string origin = world.charter().origin(kKyiv1);
  REQUIRE(world.head(kKyiv)->held_of(kKyiv1) > LogSize(1));
  const Digest first = StoredLogs(*world.head(kKyiv)->snapshot).root(kKyiv1, LogSize(1)).value();
  const Promise promise{.ledger = world.charter().id,
                        .own = {origin, LogSize(1), first},
                        .lamport = world.head(kKyiv)->last,
                        .holds = {}};
  const PeerNote told{NoteKind::promise,
                      sign_promise(promise, state_key_name(world.charter().ledger, "kyiv"),
                                   test::test_office("kyiv").state)};
  const Change change = next_epoch(world, kWarsaw, kKyiv1, "kyiv again", 9);
  world.run_ms(2'000);
  lose_and_open(world, kKyiv, change);
  meet_anew(world, kKyiv, "kyiv again");
  record_all(world, rest);
  const auto warsaw = world.head(kWarsaw);

  Reader reader(world.charter());
  REQUIRE(reader.replica().stage_note(told).value().has_value());
  REQUIRE(reader.replica().commit(UnixMillis(0)).has_value());
  const auto batch =
      make_batch(*warsaw->snapshot, warsaw->given(), reader.head()->held, ValuesToo::leave_out);
  REQUIRE(batch.has_value());
  CHECK_FALSE(reader.replica().stage_batch(*batch, Signatures::to_check).value().has_value());
  REQUIRE(reader.replica().commit(UnixMillis(0)).has_value());
  REQUIRE(reader.head()->frozen.contains(kKyiv1));  // and from now on it knows
  take_from(reader, *warsaw);
  CHECK(reader.head()->held == warsaw->held);
  CHECK(reader.root() == root_of(world, kWarsaw));
}

}  // namespace tallinn::sim
