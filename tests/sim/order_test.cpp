// What counts is a function of the total order alone: whatever comes first, at whatever node,
// before and after a restart or a rebuild.
#include "tests/sim/history.h"
#include "tests/sim/office_logs.h"
#include "tests/sim/world.h"

namespace tallinn::sim {
namespace {

/// Kyiv has three entries, which Warsaw has seen before its two.
History five_entries() {
  History history(test::signed_charter());
  for (int i = 0; i < 3; ++i) history.append(kKyiv1, party(i), {});
  for (int i = 3; i < 5; ++i) history.append(kWarsaw1, party(i), {{kKyiv1, LogSize(3)}});
  return history;
}

void take_in(Reader& reader, History& history, std::initializer_list<HeldLog> order) {
  for (const HeldLog& log : order) reader.must_take(history, log.log, log.size);
}

}  // namespace

TEST_CASE("a log is not sealed by an entry of its own, neither when recorded nor when taken") {
  History history = five_entries();
  const Change change = change_of(history, kKyiv1, LogSize(2), Lamport(9), 0);
  World world(21);
  const std::string own =
      sim::change_of(world.charter(), kKyiv1, LogSize(0), empty_root(), Lamport(0), "kyiv again", 1)
          .sealed;
  CHECK(world.record(0, own).error().code == Code::invalid_transition);

  history.append(kKyiv1, change.sealed, {});
  history.append(kKyiv1, party(5), {});
  Reader reader(history.charter());
  reader.must_take(history, kKyiv1);
  reader.must_take(history, kWarsaw1);
  CHECK_FALSE(reader.head()->roster.log(kKyiv1)->sealed);
  Reader other(history.charter());
  other.must_take(history, kKyiv1, LogSize(3));
  other.must_take(history, kWarsaw1);
  other.must_take(history, kKyiv1);
  check_same(reader, other);
  check_lasting(reader);
}

TEST_CASE("of two logs that seal each other, the seal that stands first counts at every node") {
  for (const int more : {0, 1, 2}) {
    CAPTURE(more);
    History history = five_entries();
    const Change kyiv_ends = change_of(history, kKyiv1, LogSize(3), Lamport(9), 0);
    const Change warsaw_ends = change_of(history, kWarsaw1, LogSize(2), Lamport(9), 1, "w again");
    for (int i = 0; i < more; ++i) history.append(kKyiv1, party(5 + i), {{kWarsaw1, LogSize(2)}});
    history.append(kKyiv1, warsaw_ends.sealed, {{kWarsaw1, LogSize(2)}});
    history.append(kKyiv1, party(10), {{kWarsaw1, LogSize(2)}});
    history.append(kWarsaw1, kyiv_ends.sealed, {{kKyiv1, LogSize(3)}});
    history.append(kWarsaw1, party(11), {{kKyiv1, LogSize(3)}});
    const LogSize all = history.size(kKyiv1);
    Reader kyiv(history.charter());
    take_in(kyiv, history,
            {{kKyiv1, LogSize(3)}, {kWarsaw1, LogSize(2)}, {kKyiv1, all}, {kWarsaw1, LogSize(4)}});
    Reader warsaw(history.charter());
    take_in(warsaw, history,
            {{kKyiv1, LogSize(3)}, {kWarsaw1, LogSize(4)}, {kKyiv1, LogSize(4)}, {kKyiv1, all}});
    check_same(kyiv, warsaw);
    CHECK(kyiv.head()->roster.in_force(OfficeNumber(0)) == (more == 0));
    CHECK(kyiv.head()->roster.in_force(OfficeNumber(1)) == (more > 0));
    check_lasting(kyiv);
    check_lasting(warsaw);
  }
}

TEST_CASE("copies that a sealed office puts before a seal do not undo it") {
  History history = five_entries();
  Change change = change_of(history, kKyiv1, LogSize(3), Lamport(9), 0);
  const SigningKey fresh = test::test_key("EE's next key");
  const std::string enrolled =
      R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ae900","type":"KeyEnrolled","author":"EE",)"
      R"("occurred":"2025-10-15","body":{"party":"EE","key":")" +
      to_base64(fresh.public_key().view()) + R"(","roles":["govern"]}})";
  history.append(kWarsaw1, enrolled, {{kKyiv1, LogSize(3)}});
  change.sealed.insert(change.sealed.size() - 1, R"(,"signers":["PL"])");
  Submission sealed = test::submission_of(change.sealed, history.charter().id);
  sealed.signatures.push_back(sign_event(fresh, history.charter().id, sealed.event));
  std::ranges::sort(sealed.signatures, {}, &EventSignature::key);
  history.append(kWarsaw1, sealed, {{kKyiv1, LogSize(3)}});
  // Kyiv has not seen any of Warsaw's, so that its times are earlier.
  std::string same_id = party(20);
  same_id.replace(same_id.find("0199"), 36, "0199e52a-a000-7001-8d78-7d89ef3ae101");
  history.append(kKyiv1, enrolled, {});
  history.append(kKyiv1, same_id, {});
  history.append(kKyiv1, sealed, {});
  Reader before(history.charter());
  take_in(before, history, {{kKyiv1, LogSize(3)}, {kWarsaw1, LogSize(4)}, {kKyiv1, LogSize(6)}});
  Reader after(history.charter());
  take_in(after, history, {{kKyiv1, LogSize(6)}, {kWarsaw1, LogSize(4)}});
  CHECK(before.head()->roster.limit(kKyiv1) == LogSize(3));
  check_same(before, after);
  check_lasting(before);
  check_lasting(after);
}

TEST_CASE("a log that opens itself cuts off what stands before it and was lost") {
  History history(test::signed_charter());
  for (int i = 0; i < 4; ++i) history.append(kKyiv1, party(i), {});
  const Change change = change_of(history, kKyiv1, LogSize(3), Lamport(3), 0);
  history.open(kKyiv2, "kyiv again");
  const Position lost{history.lamport({kKyiv1, LogIndex(3)}), {kKyiv1, LogIndex(3)}};
  const Position opened =
      history.append(kKyiv2, change.opened, {}, {Place{kKyiv1, LogIndex(2)}, Lamport(3)});
  REQUIRE(lost < opened);
  history.append(kKyiv2, party(7), {});
  Reader with(history.charter());
  take_in(with, history, {{kKyiv1, LogSize(4)}, {kKyiv2, LogSize(1)}, {kKyiv2, LogSize(2)}});
  Reader without(history.charter());
  take_in(without, history, {{kKyiv1, LogSize(3)}, {kKyiv2, LogSize(2)}, {kKyiv1, LogSize(4)}});
  CHECK(with.head()->roster.limit(kKyiv1) == LogSize(3));
  check_same(with, without);
  check_lasting(with);
}

TEST_CASE(
    "a log that opens itself before it was sealed elsewhere is taken, and the order decides") {
  History history(test::signed_charter());
  for (int i = 0; i < 4; ++i) history.append(kKyiv1, party(i), {});
  const Change sealed = change_of(history, kKyiv1, LogSize(4), Lamport(9), 0);
  const Change opened = change_of(history, kKyiv1, LogSize(3), Lamport(3), 1);
  history.append(kWarsaw1, sealed.sealed, {{kKyiv1, LogSize(4)}});
  history.open(kKyiv2, "kyiv again");
  history.append(kKyiv2, opened.opened, {}, {Place{kKyiv1, LogIndex(2)}, Lamport(3)});
  Reader sealing(history.charter());
  take_in(sealing, history, {{kKyiv1, LogSize(4)}, {kWarsaw1, LogSize(1)}, {kKyiv2, LogSize(1)}});
  Reader opening(history.charter());
  take_in(
      opening, history,
      {{kKyiv1, LogSize(3)}, {kKyiv2, LogSize(1)}, {kKyiv1, LogSize(4)}, {kWarsaw1, LogSize(1)}});
  CHECK(sealing.head()->roster.limit(kKyiv1) == LogSize(3));
  CHECK(sealing.head()->roster.offices()[0].current == kKyiv2);
  check_same(sealing, opening);
  check_lasting(sealing);
}

TEST_CASE("what would change a state that every office in force has signed is not taken") {
  History history = five_entries();
  const Change kyiv_ends = change_of(history, kKyiv1, LogSize(3), Lamport(9), 0);
  const Change warsaw_ends = change_of(history, kWarsaw1, LogSize(2), Lamport(9), 1, "w again");
  history.append(kWarsaw1, kyiv_ends.sealed, {{kKyiv1, LogSize(3)}});
  history.append(kWarsaw1, party(11), {{kKyiv1, LogSize(3)}});
  Reader warsaw(history.charter());
  take_in(warsaw, history, {{kKyiv1, LogSize(3)}, {kWarsaw1, LogSize(4)}});
  settle(warsaw, {"warsaw"}, warsaw.head()->last);
  const StateRoot root = warsaw.root();
  const LogSize before = history.size(kKyiv1);

  SUBCASE("neither a seal that stands before it") {
    history.append(kKyiv1, warsaw_ends.sealed, {{kWarsaw1, LogSize(2)}});
    const auto refused = warsaw.take(history, kKyiv1);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Code::failed);
    CHECK(warsaw.head()->held_of(kKyiv1) == before);
    REQUIRE(warsaw.head()->alarms.size() == 1);
    CHECK(warsaw.head()->alarms[0] == refused.error().detail);
  }
  SUBCASE("nor a log that opens itself before it") {
    const Change opened = change_of(history, kKyiv1, LogSize(2), Lamport(2), 2);
    history.open(kKyiv2, "kyiv again");
    history.append(kKyiv2, opened.opened, {}, {Place{kKyiv1, LogIndex(1)}, Lamport(2)});
    const auto refused = warsaw.take(history, kKyiv2);
    REQUIRE_FALSE(refused.has_value());
    CHECK(warsaw.head()->held_of(kKyiv2) == LogSize(0));
    CHECK(warsaw.head()->alarms.size() == 1);
  }
  SUBCASE(
      "while facts beyond a seal, and seals that nobody has signed, are kept and count nothing") {
    std::string alone = warsaw_ends.sealed;
    alone.insert(alone.size() - 1, R"(,"signers":["EE"])");
    history.append(kKyiv1, alone, {{kWarsaw1, LogSize(2)}});
    history.append(kKyiv1, party(12), {{kWarsaw1, LogSize(2)}});
    warsaw.must_take(history, kKyiv1);
    CHECK(warsaw.head()->held_of(kKyiv1) == history.size(kKyiv1));
    CHECK(warsaw.head()->alarms.empty());
  }
  CHECK(warsaw.root() == root);
  check_lasting(warsaw);
}

TEST_CASE("a seal that cuts off what is settled is not taken, and leaves no trace") {
  History history = five_entries();
  history.append(kKyiv1, party(5), {{kWarsaw1, LogSize(2)}});
  const Change change = change_of(history, kKyiv1, LogSize(3), Lamport(9), 0);
  Reader reader(history.charter());
  take_in(reader, history, {{kKyiv1, LogSize(3)}, {kWarsaw1, LogSize(2)}, {kKyiv1, LogSize(4)}});
  settle(reader, {"kyiv", "warsaw"}, reader.head()->last);
  history.append(kWarsaw1, party(6), {{kKyiv1, LogSize(3)}});
  history.append(kWarsaw1, change.sealed, {{kKyiv1, LogSize(3)}});
  const StateRoot root = reader.root();
  CHECK_FALSE(reader.take(history, kWarsaw1).has_value());
  CHECK(reader.root() == root);
  CHECK(reader.head()->held_of(kWarsaw1) == LogSize(2));
  CHECK_FALSE(reader.head()->roster.log(kKyiv1)->sealed);
  CHECK(reader.head()->alarms.size() == 1);
  check_lasting(reader);
}

TEST_CASE("a seal of another history than the one held is told, also when the log comes later") {
  History history(test::signed_charter());
  for (int i = 0; i < 3; ++i) history.append(kKyiv1, party(i), {});
  const std::string sealed = sim::change_of(history.charter(), kKyiv1, LogSize(3),
                                            leaf_hash("another history"), Lamport(9), "k", 0)
                                 .sealed;
  history.append(kWarsaw1, sealed, {{kKyiv1, LogSize(2)}});
  Reader reader(history.charter());
  reader.must_take(history, kKyiv1, LogSize(2));
  reader.must_take(history, kWarsaw1);
  CHECK(reader.head()->alarms.empty());
  reader.must_take(history, kKyiv1);
  REQUIRE(reader.head()->alarms.size() == 1);
  CHECK(reader.head()->alarms[0].find("not those that its seal names") != std::string::npos);
  Reader other(history.charter());
  other.must_take(history, kKyiv1);
  other.must_take(history, kWarsaw1);
  CHECK(other.head()->alarms == reader.head()->alarms);
  other.restart();
  CHECK(other.head()->alarms == reader.head()->alarms);
}

TEST_CASE("a seal covers what its own entry has seen, also of what is not committed yet") {
  History history = five_entries();
  World world(22);
  auto& warsaw = *world.office(1).replica;
  REQUIRE(warsaw.stage_batch(history.batch(kKyiv1, LogSize(0), LogSize(2)), Signatures::to_check)
              .value()
              .has_value());
  REQUIRE(warsaw.commit(world.now()).has_value());
  REQUIRE(warsaw.stage_batch(history.batch(kKyiv1, LogSize(2), LogSize(3)), Signatures::to_check)
              .value()
              .has_value());
  const auto seal = [&](std::uint64_t size, int number) {
    const Change change = change_of(history, kKyiv1, LogSize(size), Lamport(9), number);
    return *warsaw.stage_submission(test::submission_of(change.sealed, world.charter().id),
                                    world.now());
  };
  CHECK(seal(2, 0).error().code == Code::invalid_value);
  CHECK(seal(3, 1).has_value());
}

TEST_CASE("an office that dies while it is caught up with is sealed, and what came is given on") {
  History history(test::signed_charter());
  for (int i = 0; i < 9; ++i) history.append(kKyiv1, party(i), {});
  World world(23);
  auto& warsaw = *world.office(1).replica;
  for (const std::uint64_t size : {2, 6}) {
    const LogSize held = world.head(1)->held_of(kKyiv1);
    REQUIRE(warsaw.stage_batch(history.batch(kKyiv1, held, LogSize(size)), Signatures::to_check)
                .value()
                .has_value());
    REQUIRE(warsaw.commit(world.now()).has_value());
  }
  const Change change = change_of(history, kKyiv1, LogSize(6), Lamport(9), 0);
  const auto sealed = world.record(1, change.sealed);
  REQUIRE_MESSAGE(sealed.has_value(), sealed.error().detail);
  for (const std::uint64_t already : {0, 1, 5}) {
    Reader reader(history.charter());
    if (already > 0) reader.must_take(history, kKyiv1, LogSize(already));
    const auto batch = make_batch(*world.head(1)->snapshot, world.head(1)->given(),
                                  reader.head()->held, ValuesToo::leave_out);
    REQUIRE(batch.has_value());
    const auto taken = reader.replica().stage_batch(*batch, Signatures::to_check);
    REQUIRE(taken.has_value());
    REQUIRE_MESSAGE(taken->has_value(), taken->error().detail);
    REQUIRE(reader.replica().commit(UnixMillis(0)).has_value());
    CHECK(reader.head()->held_of(kKyiv1) == LogSize(6));
    CHECK(reader.head()->roster == world.head(1)->roster);
  }
}

}  // namespace tallinn::sim
