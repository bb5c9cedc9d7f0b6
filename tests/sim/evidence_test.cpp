// An office that signs two histories of one log: both keep the evidence, the log is frozen on
// every node that knows, and everything else goes on.
#include <set>

#include "ledger/store_notes.h"
#include "net/kept_evidence.h"
#include "net/state_notes.h"
#include "tests/sim/mirror.h"
#include "tests/sim/needs.h"
#include "tests/sim/office_logs.h"

namespace tallinn::sim {
namespace {

std::vector<KeptEvidence> evidence_at(World& world, std::size_t n) {
  auto kept = kept_evidence(*world.head(n)->snapshot);
  REQUIRE(kept.has_value());
  return *kept;
}

/// Both hold `shared` needs of Kyiv; then Kyiv's disk is lost, and a Kyiv that begins anew with
/// the same keys, and knows the parties, records `again` other needs before it meets Warsaw.
void make_fork(World& world, int shared, int again) {
  begin(world);
  const auto warsaw = world.head(kWarsaw);
  const auto parties = make_batch(*warsaw->snapshot, warsaw->held, {}, ValuesToo::include);
  REQUIRE(parties.has_value());
  for (int i = 0; i < shared; ++i) must_record(world, kKyiv, need(i));
  world.run_ms(3'000);
  REQUIRE(world.head(kWarsaw)->replicated[kKyiv1] == world.head(kKyiv)->held_of(kKyiv1));
  REQUIRE(world.head(kKyiv)->held_of(kKyiv1) == LogSize(static_cast<std::uint64_t>(shared)));
  world.cut();
  world.replace_disk(kKyiv);
  const auto taken = world.office(kKyiv).replica->stage_batch(*parties, Signatures::to_check);
  REQUIRE(taken.has_value());
  REQUIRE(taken->has_value());
  for (int i = 0; i < again; ++i) must_record(world, kKyiv, need(50 + i));
}

}  // namespace

TEST_CASE("a second history of a log is evidence at both offices, whichever is longer") {
  for (const auto& [shared, again] : std::vector<std::pair<int, int>>{{3, 3}, {5, 2}, {2, 5}}) {
    CAPTURE(shared);
    CAPTURE(again);
    World world(11);
    make_fork(world, shared, again);
    world.connect();
    world.run_ms(5'000);
    for (const std::size_t office : {kKyiv, kWarsaw}) {
      CAPTURE(office);
      const auto kept = evidence_at(world, office);
      REQUIRE(kept.size() == 1);
      CHECK(kept[0].claim.kind == (shared == again ? EvidenceKind::roots : EvidenceKind::prefix));
      CHECK(kept[0].claim.subject == world.charter().origin(kKyiv1));
      CHECK(check_evidence(parse_evidence(kept[0].text).value(),
                           evidence_keys(world.charter(), Roster(world.charter())))
                .has_value());
      CHECK(world.head(office)->frozen == std::set<LogId>{kKyiv1});
      CHECK(world.head(office)->alarms ==
            std::vector<std::string>{kept[0].claim.sentence + "; that log is frozen on this node"});
    }
    CHECK(evidence_at(world, kKyiv)[0].text == evidence_at(world, kWarsaw)[0].text);
  }
}

TEST_CASE("a frozen log grows no more anywhere, the other one goes on, also restarted") {
  World world(12);
  make_fork(world, 3, 3);
  world.connect();
  world.run_ms(3'000);
  const LogSize frozen_at = world.head(kWarsaw)->held_of(kKyiv1);
  const LogSize before = world.head(kWarsaw)->held_of(kWarsaw1);
  for (int start = 0; start < 2; ++start) {
    CHECK(world.head(kKyiv)->standing == Standing::contradicted);
    CHECK(world.head(kWarsaw)->standing == Standing::may_append);
    const auto refused = world.submit(kKyiv, test::submission_of(need(70), world.charter().id));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Code::not_appending);
    const auto replicated = world.head(kWarsaw)->replicated[kKyiv1];
    must_record(world, kWarsaw, test::kOneMorePledge);
    world.run_ms(2'000);
    CHECK(world.head(kWarsaw)->held_of(kKyiv1) == frozen_at);
    CHECK(world.head(kWarsaw)->replicated[kKyiv1] == replicated);
    CHECK(world.head(kWarsaw)->held_of(kWarsaw1) > before);
    CHECK(world.head(kKyiv)->held_of(kWarsaw1) == world.head(kWarsaw)->held_of(kWarsaw1));
    for (const std::size_t office : {kKyiv, kWarsaw}) {
      CHECK(evidence_at(world, office).size() == 1);
      world.crash(office);
      world.start(office);
    }
    CHECK(world.head(kWarsaw)->frozen == std::set<LogId>{kKyiv1});
    world.run_ms(2'000);
  }
}

TEST_CASE("evidence that proves nothing is refused, and freezes nothing") {
  World world(13);
  make_fork(world, 2, 2);
  world.connect();
  world.run_ms(3'000);
  const std::string text = evidence_at(world, kWarsaw)[0].text;
  World other(14);
  auto& replica = *other.office(kWarsaw).replica;
  for (std::size_t at = 0; at < text.size(); at += 7) {
    std::string bad = text;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    const auto taken = replica.stage_note({NoteKind::evidence, bad});
    REQUIRE(taken.has_value());
    CHECK_FALSE(taken->has_value());
  }
  REQUIRE(replica.commit(other.now()).has_value());
  CHECK(other.head(kWarsaw)->frozen.empty());
  REQUIRE(replica.stage_note({NoteKind::evidence, text}).value().has_value());
  REQUIRE(replica.commit(other.now()).has_value());
  CHECK(other.head(kWarsaw)->frozen == std::set<LogId>{kKyiv1});
  CHECK(other.head(kWarsaw)->standing == Standing::may_append);
  CHECK(replica.take_notes().size() == 1);
  REQUIRE(replica.stage_note({NoteKind::evidence, text}).value().has_value());
  REQUIRE(replica.commit(other.now()).has_value());
  CHECK(replica.take_notes().empty());
}

TEST_CASE("an entry behind its office's promise is refused, and the promise is evidence") {
  World world(15);
  begin(world);
  must_record(world, kKyiv, need(1));
  world.run_ms(3'000);
  // Kyiv promises more than its next entry keeps.
  const auto head = world.head(kKyiv);
  const OfficeKeys keys = test::test_office("kyiv");
  const LogSize size = head->held_of(kKyiv1);
  const Promise promise{.ledger = world.charter().id,
                        .own = {world.charter().origin(kKyiv1), size,
                                StoredLogs(*head->snapshot).root(kKyiv1, size).value()},
                        .lamport = Lamport(head->last.value() + 5),
                        .holds = {}};
  auto& warsaw = *world.office(kWarsaw).replica;
  REQUIRE(
      warsaw
          .stage_note({NoteKind::promise,
                       sign_promise(promise, world.charter().offices[0].state.name, keys.state)})
          .value()
          .has_value());
  REQUIRE(warsaw.commit(world.now()).has_value());
  must_record(world, kKyiv, need(2));
  world.run_ms(2'000);
  CHECK(world.head(kWarsaw)->held_of(kKyiv1) == size);
  const auto kept = evidence_at(world, kWarsaw);
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].claim.kind == EvidenceKind::promise);
  CHECK(world.head(kWarsaw)->frozen == std::set<LogId>{kKyiv1});
  CHECK(world.head(kKyiv)->standing == Standing::contradicted);
}

TEST_CASE("an office that signs two states of one point is told, and its log is not frozen") {
  World world(16);
  begin(world);
  world.cut();
  must_record(world, kWarsaw, test::kOneMorePledge);
  const auto head = world.head(kWarsaw);
  REQUIRE(head->joint_state < head->last);
  StateNote note =
      state_note_at(*head->snapshot, world.charter(), head->roster, head->held, head->last, kRules)
          .value();
  const OfficeKeys keys = test::test_office("kyiv");
  auto& warsaw = *world.office(kWarsaw).replica;
  for (const std::uint64_t records : {1, 2}) {
    note.records = records;
    const std::string text = format_state_note(note);
    const PeerNote state{
        NoteKind::state,
        format_note({text, {sign_note(world.charter().offices[0].state.name, keys.state, text)}})};
    REQUIRE(warsaw.stage_note(state).value().has_value());
    REQUIRE(warsaw.commit(world.now()).has_value());
  }
  const auto kept = evidence_at(world, kWarsaw);
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].claim.kind == EvidenceKind::states);
  CHECK(kept[0].claim.subject == world.charter().offices[0].state.name);
  CHECK(world.head(kWarsaw)->frozen.empty());
}

namespace {

/// A checkpoint of Kyiv's log that its key signs, of that size and of no history.
PeerNote false_checkpoint(const World& world, std::uint64_t size, std::string_view history) {
  const OfficeKeys keys = test::test_office("kyiv");
  const std::string origin = world.charter().origin(kKyiv1);
  const std::string text = format_checkpoint({origin, LogSize(size), leaf_hash(history)});
  return {NoteKind::checkpoint, format_note({text, {sign_note(origin, keys.log, text)}})};
}

void show(World& world, std::size_t office, const PeerNote& note) {
  Replica& replica = *world.office(office).replica;
  REQUIRE(replica.stage_note(note).value().has_value());
  REQUIRE(replica.commit(world.now()).has_value());
}

}  // namespace

TEST_CASE("a checkpoint of a size that never comes keeps no log from being cosigned") {
  World world(18);
  begin(world);
  must_record(world, kKyiv, need(1));
  world.run_ms(2'000);
  show(world, kWarsaw, false_checkpoint(world, std::uint64_t{1} << 60U, "never"));
  for (int i = 2; i < 6; ++i) must_record(world, kKyiv, need(i));
  world.run_ms(3'000);
  world.crash(kWarsaw);
  world.start(kWarsaw);
  world.connect();
  must_record(world, kKyiv, need(6));
  world.run_ms(3'000);
  for (const std::size_t office : {kKyiv, kWarsaw})
    CHECK(world.head(office)->replicated[kKyiv1] == world.head(kKyiv)->held_of(kKyiv1));
  CHECK(world.head(kWarsaw)->alarms.empty());

  INFO("and one of a size that comes is still compared");
  show(world, kWarsaw, false_checkpoint(world, 8, "another history"));
  world.crash(kWarsaw);
  world.start(kWarsaw);
  world.connect();
  for (int i = 7; i < 10; ++i) must_record(world, kKyiv, need(i));
  world.run_ms(3'000);
  CHECK(evidence_at(world, kWarsaw).size() == 1);
}

TEST_CASE("a checkpoint beyond what is held is kept until what comes shows that it was false") {
  World world(17);
  begin(world);
  must_record(world, kKyiv, need(1));
  world.run_ms(2'000);
  show(world, kWarsaw, false_checkpoint(world, 3, "another history"));
  CHECK(evidence_at(world, kWarsaw).empty());
  for (int i = 2; i < 6; ++i) {
    must_record(world, kKyiv, need(i));
    if (i == 2) world.run_ms(1'000);
  }
  world.run_ms(3'000);
  REQUIRE(evidence_at(world, kWarsaw).size() == 1);
  CHECK(world.head(kWarsaw)->frozen == std::set<LogId>{kKyiv1});
}

TEST_CASE(
    "a shorter history shown with news of another log leaves the checkpoint of what is held") {
  World world(12);
  begin(world);
  world.run_ms(3'000);
  world.cut();
  const auto batch_of = [&](std::size_t n, const std::vector<HeldLog>& peer_holds) {
    const auto head = world.head(n);
    auto made = make_batch(*head->snapshot, head->held, peer_holds, ValuesToo::leave_out);
    REQUIRE(made.has_value());
    return *std::move(made);
  };
  const auto take = [&](Replica& replica, const PeerBatch& batch) {
    const auto taken = replica.stage_batch(batch, Signatures::to_check);
    REQUIRE(taken.has_value());
    REQUIRE_MESSAGE(taken->has_value(), taken->error().detail);
    REQUIRE(replica.commit(world.now()).has_value());
  };
  const std::vector<HeldLog> parties = world.head(kWarsaw)->held;
  Mirror mirror(world.charter(), "tallinn");
  take(mirror.replica(), batch_of(kWarsaw, {}));
  must_record(world, kWarsaw,
              R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ae106","type":"PledgeAnnounced",)"
              R"("author":"EE","occurred":"2025-10-15","body":{"pledge":"EE-2026","donor":"EE",)"
              R"("year":2026,"value":{"amount":"1.00","currency":"EUR"},)"
              R"("purpose":"A test","source":{"title":"A test"}}})");
  for (int i = 0; i < 3; ++i) must_record(world, kKyiv, need(i));
  take(mirror.replica(), batch_of(kKyiv, parties));
  const auto checkpoint = [&] {
    return mirror.head()->snapshot->get(Family::notes, notes::checkpoint_key(kKyiv1)).value();
  };
  const auto kept = checkpoint();

  world.replace_disk(kKyiv);
  take(*world.office(kKyiv).replica, batch_of(kWarsaw, {}));
  for (int i = 0; i < 2; ++i) must_record(world, kKyiv, need(50 + i));
  take(mirror.replica(), batch_of(kKyiv, parties));
  CHECK(mirror.head()->held_of(kWarsaw1) == world.head(kWarsaw)->held_of(kWarsaw1));
  CHECK(mirror.head()->frozen == std::set<LogId>{kKyiv1});
  CHECK(checkpoint() == kept);
}

}  // namespace tallinn::sim
