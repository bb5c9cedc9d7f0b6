// A mirror holds what the offices hold, cosigns it in its own name, decides nothing, and gives back
// what an office has lost.
#include "tests/sim/mirror.h"

#include "ledger/store_notes.h"
#include "net/kept_evidence.h"
#include "tests/ledger/store_for_tests.h"
#include "tests/sim/beside.h"
#include "tests/sim/needs.h"
#include "tests/sim/office_logs.h"

namespace tallinn::sim {
namespace {

/// Offices that list a mirror and hold the public record, settled; the mirror knows nothing yet.
struct Mirrored : World {
  enum class Listed : std::uint8_t { yes, no };
  Mirror mirror;
  explicit Mirrored(std::uint64_t seed, Listed listed = Listed::yes)
      : World(seed), mirror(charter(), "tallinn") {
    if (listed == Listed::yes) list_mirrors(*this, {"tallinn"});
    connect();
    for (const std::string& line : test::public_record()) {
      must_record(*this, kKyiv, line);
      run_ms(200);
    }
    run_ms(10'000);
    check_converged(*this);
  }
};

/// A fact that any office takes.
std::string attested_by_ee(int number) {
  return R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ae8)" + std::to_string(number) +
         R"(","type":"ReconciliationAttested","author":"EE","occurred":"2025-10-15","body":)"
         R"({"party":"EE","from":"2025-01-01","to":"2025-06-30","agrees":true,"figures":[]}})";
}

std::string kept_checkpoint(const Head& head, LogId log) {
  const auto text = head.snapshot->get(Family::notes, notes::checkpoint_key(log));
  REQUIRE(text.has_value());
  REQUIRE(text->has_value());
  return **text;
}

}  // namespace

TEST_CASE("a mirror that meets one office holds, folds and settles both logs as the offices do") {
  Mirrored world(101);
  CHECK(meet(world, kKyiv, world.mirror).empty());
  const auto head = world.mirror.head();
  const auto kyiv = world.head(kKyiv);
  CHECK(head->held == kyiv->held);
  CHECK(head->roster == kyiv->roster);
  CHECK(head->settled == kyiv->settled);
  CHECK(head->replicated == kyiv->replicated);
  CHECK(head->joint_state == kyiv->joint_state);
  CHECK(world.mirror.root() == root_of(world, kKyiv));
  CHECK(head->standing == Standing::mirror);
  CHECK_FALSE(head->own.has_value());
  CHECK(head->alarms.empty());
}

TEST_CASE("a mirror holds what it is shown against what it alone has cosigned") {
  Mirrored world(111);
  world.cut();
  must_record(world, kKyiv, attested_by_ee(41));
  CHECK(meet(world, kKyiv, world.mirror).empty());
  const LogSize held = world.mirror.head()->held_of(kKyiv1);
  REQUIRE(held > world.head(kWarsaw)->held_of(kKyiv1));
  const std::string origin = world.charter().origin(kKyiv1);
  for (const std::uint64_t beyond : {5u, 0u}) {  // the first one is kept in the place of its own
    const std::string lie =
        format_checkpoint({origin, LogSize(held.value() + beyond), leaf_hash("another history")});
    const PeerNote note{
        NoteKind::checkpoint,
        format_note({lie, {sign_note(origin, test::test_office("kyiv").log, lie)}})};
    REQUIRE(world.mirror.replica().stage_note(note).value().has_value());
    REQUIRE(world.mirror.replica().commit(world.now()).has_value());
    CHECK(world.mirror.head()->frozen.contains(kKyiv1) == (beyond == 0));
  }
}

TEST_CASE("a mirror's cosignatures reach both offices by one of them, under its own name") {
  Mirrored world(102);
  CHECK(meet(world, kKyiv, world.mirror).empty());
  world.run_ms(3'000);
  const MirrorKeys keys = test::mirror_keys(world.charter(), "tallinn");
  for (const std::size_t n : {kKyiv, kWarsaw})
    for (const LogId log : {kKyiv1, kWarsaw1}) {
      CAPTURE(n);
      const auto head = world.head(n);
      CHECK(head->cosigned[log][std::string("tallinn")].size == head->held_of(log));
      const auto note = parse_note(kept_checkpoint(*head, log));
      REQUIRE(note.has_value());
      const auto verified = verify_note(*note, std::array{keys.witness});
      REQUIRE(verified.has_value());
      CHECK(signed_by(*verified, keys.witness));
    }
  for (const std::size_t n : {kKyiv, kWarsaw}) {  // and they are kept
    const auto before = world.head(n)->cosigned;
    world.crash(n);
    world.start(n);
    CHECK(world.head(n)->cosigned == before);
  }
}

TEST_CASE("what only a mirror has cosigned is neither replicated nor settled") {
  World world(103);
  list_mirrors(world, {"tallinn"});
  begin(world);
  world.run_ms(3'000);
  world.cut();
  const auto before = world.head(kKyiv);
  for (int i = 0; i < 3; ++i) must_record(world, kKyiv, need(i));
  Mirror mirror(world.charter(), "tallinn");
  CHECK(meet(world, kKyiv, mirror).empty());
  const auto after = world.head(kKyiv);
  CHECK(after->cosigned[kKyiv1][std::string("tallinn")].size == after->held_of(kKyiv1));
  CHECK(after->held_of(kKyiv1) > before->held_of(kKyiv1));
  CHECK(after->replicated[kKyiv1] == before->replicated[kKyiv1]);
  CHECK(after->settled == before->settled);
  CHECK(mirror.head()->settled == before->settled);
}

TEST_CASE("an office that does not list a mirror keeps none of its lines") {
  Mirrored world(104, Mirrored::Listed::no);
  CHECK(meet(world, kKyiv, world.mirror).empty());
  world.run_ms(1'000);
  CHECK(world.mirror.head()->cosigned[kKyiv1].size() == 2);
  CHECK(world.head(kKyiv)->cosigned[kKyiv1].size() == 1);
  CHECK(kept_checkpoint(*world.head(kKyiv), kKyiv1).find("/tallinn/witness") == std::string::npos);
}

TEST_CASE("a cosignature in a listed mirror's name by another key is refused") {
  Mirrored world(105);
  auto note = *parse_note(kept_checkpoint(*world.head(kKyiv), kWarsaw1));
  const MirrorKeys keys = test::mirror_keys(world.charter(), "tallinn");
  NoteSignature forged = cosign_note(keys.witness.name, test::test_mirror("somebody").witness,
                                     UnixSeconds(1'800'000'000), note.text);
  forged.key_id = keys.witness.id;
  note.signatures.push_back(forged);
  const auto taken =
      world.office(kKyiv).replica->stage_note({NoteKind::checkpoint, format_note(note)});
  REQUIRE(taken.has_value());
  REQUIRE_FALSE(taken->has_value());
  CHECK(taken->error().code == Code::failed);
  CHECK_FALSE(world.head(kKyiv)->cosigned[kWarsaw1].contains(std::string("tallinn")));
}

TEST_CASE("a mirror admits nothing: it names the office that does, and knows what is recorded") {
  Mirrored world(106);
  meet(world, kKyiv, world.mirror);
  const auto held = world.mirror.head()->held;
  const auto submit = [&](const std::string& line) {
    auto staged = world.mirror.replica().stage_submission(
        test::submission_of(line, world.charter().id), world.now());
    REQUIRE(staged.has_value());
    REQUIRE(world.mirror.replica().commit(world.now()).has_value());
    return *staged;
  };
  const auto fact = submit(need(70));
  REQUIRE_FALSE(fact.has_value());
  CHECK(fact.error().code == Code::wrong_office);
  CHECK(fact.error().office == "kyiv");
  const auto known = submit(test::public_record()[0]);
  REQUIRE(known.has_value());
  CHECK(known->novelty == Admitted::Novelty::known);
  CHECK(world.mirror.head()->held == held);
}

TEST_CASE("an office that lost its disk gets both logs back from a mirror, and appends no more") {
  Mirrored world(107);
  meet(world, kWarsaw, world.mirror);
  const std::vector<HeldLog> before = world.head(kKyiv)->held;
  world.cut();
  world.replace_disk(kKyiv);
  meet(world, kKyiv, world.mirror);
  const auto after = world.head(kKyiv);
  CHECK(after->held == before);
  CHECK(root_of(world, kKyiv) == root_of(world, kWarsaw));
  CHECK(after->standing == Standing::peer_holds_more);
}

TEST_CASE("a restarted mirror goes on where it was and signs nothing twice") {
  Mirrored world(108);
  meet(world, kKyiv, world.mirror);
  const auto cosigned = world.mirror.head()->cosigned;
  const std::vector<HeldLog> held = world.mirror.head()->held;
  world.mirror.start();
  CHECK(world.mirror.head()->cosigned == cosigned);
  CHECK(world.mirror.head()->held == held);
  meet(world, kKyiv, world.mirror);
  CHECK(world.mirror.head()->cosigned == cosigned);
}

TEST_CASE(
    "a mirror whose disk was rolled back cosigns no less than an office shows it has signed") {
  World world(109);
  list_mirrors(world, {"tallinn"});
  begin(world);
  for (int i = 0; i < 3; ++i) must_record(world, kKyiv, need(i));
  world.run_ms(3'000);
  Mirror mirror(world.charter(), "tallinn");
  meet(world, kKyiv, mirror);
  for (int i = 3; i < 6; ++i) must_record(world, kKyiv, need(i));
  world.run_ms(3'000);
  meet(world, kKyiv, mirror);
  const auto signed_before = mirror.head()->cosigned[kKyiv1][std::string("tallinn")];
  mirror.lose_disk();
  meet(world, kKyiv, mirror);
  CHECK(mirror.head()->cosigned[kKyiv1][std::string("tallinn")] == signed_before);
  CHECK(mirror.head()->held == world.head(kKyiv)->held);
}

TEST_CASE("a mirror computes the states that the offices signed, and tells of one that is not so") {
  Mirrored world(111);
  meet(world, kKyiv, world.mirror);
  REQUIRE(world.mirror.head()->joint_state.has_value());
  const auto job = world.mirror.replica().next_state_job(0);
  REQUIRE(job.has_value());
  const auto computed = compute_state(*job);
  REQUIRE(computed.has_value());
  CHECK(computed->settled == *world.mirror.head()->joint_state);
  REQUIRE(world.mirror.replica().stage_state(*computed).has_value());
  REQUIRE(world.mirror.replica().commit(world.now()).has_value());
  CHECK(world.mirror.head()->alarms.empty());
  CHECK_FALSE(
      world.mirror.replica().next_state_job(60'000).has_value());  // it makes none of its own

  StateNote other = *computed;
  other.state.bytes[0] ^= 1;
  REQUIRE(world.mirror.replica().stage_state(other).has_value());
  REQUIRE(world.mirror.replica().commit(world.now()).has_value());
  REQUIRE(world.mirror.head()->alarms.size() == 1);
  CHECK(world.mirror.head()->alarms[0].find("is not what this mirror computes") !=
        std::string::npos);
}

TEST_CASE("a mirror that is shown two histories of a log keeps the evidence and cosigns neither") {
  World world(110);
  list_mirrors(world, {"tallinn"});
  begin(world);
  world.run_ms(3'000);
  world.cut();
  const auto parties =
      make_batch(*world.head(kWarsaw)->snapshot, world.head(kWarsaw)->held, {}, ValuesToo::include);
  for (int i = 0; i < 3; ++i) must_record(world, kKyiv, need(i));
  Mirror mirror(world.charter(), "tallinn");
  meet(world, kKyiv, mirror);
  const LogSize held = mirror.head()->held_of(kKyiv1);
  world.replace_disk(kKyiv);
  REQUIRE(world.office(kKyiv).replica->stage_batch(*parties, Signatures::to_check)->has_value());
  for (int i = 0; i < 4; ++i) must_record(world, kKyiv, need(50 + i));
  meet(world, kKyiv, mirror);
  const auto evidence = kept_evidence(*mirror.head()->snapshot);
  REQUIRE(evidence.has_value());
  REQUIRE(evidence->size() == 1);
  CHECK(mirror.head()->frozen == std::set<LogId>{kKyiv1});
  CHECK(mirror.head()->cosigned[kKyiv1][std::string("tallinn")].size == held);
  CHECK(world.head(kKyiv)->standing == Standing::contradicted);  // the mirror has told it
  meet(world, kWarsaw, mirror);
  CHECK(world.head(kWarsaw)->frozen == std::set<LogId>{kKyiv1});
}

TEST_CASE(
    "entries that come late and the state that ends their undoing, in one commit, are never "
    "undone") {
  World world(112);
  list_mirrors(world, {"tallinn"});
  begin(world);
  Mirror mirror(world.charter(), "tallinn");
  world.cut();
  REQUIRE(world.record_here(kKyiv, attested_by_ee(11)).has_value());  // changes nothing behind it
  for (int n = 11; n <= 22; ++n) REQUIRE(world.record_here(kWarsaw, attested_by_ee(n)).has_value());
  CHECK(meet(world, kWarsaw, mirror).empty());
  world.connect();
  world.run_ms(5'000);
  const auto kyiv = world.head(kKyiv);
  REQUIRE(kyiv->joint_state == kyiv->last);
  Replica& replica = mirror.replica();
  const auto late = make_batch(*kyiv->snapshot, kyiv->held, replica.held(), ValuesToo::leave_out);
  REQUIRE(late->entries.size() == 1);
  REQUIRE(replica.stage_batch(*late, Signatures::to_check)->has_value());
  for (const PeerNote& note : world.office(kKyiv).replica->notes_for_new_peer())
    REQUIRE(replica.stage_note(note).has_value());
  REQUIRE(replica.commit(world.now()).has_value());
  CHECK(mirror.head()->joint_state == kyiv->joint_state);
  CHECK(test::read_all(*mirror.head()->snapshot, Family::undo).empty());
  check_made_of_entries(*mirror.head()->snapshot, world.charter());
  // What comes next is folded in its place, also what comes late.
  world.cut();
  for (int n = 23; n <= 25; ++n) {
    REQUIRE(world.record_here(kKyiv, attested_by_ee(2 * n)).has_value());
    REQUIRE(world.record_here(kWarsaw, attested_by_ee(2 * n + 1)).has_value());
  }
  CHECK(meet(world, kWarsaw, mirror).empty());
  CHECK(meet(world, kKyiv, mirror).empty());
  CHECK(mirror.head()->alarms.empty());
  check_made_of_entries(*mirror.head()->snapshot, world.charter());
  world.connect();
  world.run_ms(5'000);
  CHECK(meet(world, kWarsaw, mirror).empty());
  CHECK(test::read_all(*mirror.head()->snapshot, Family::views) ==
        test::read_all(*world.head(kKyiv)->snapshot, Family::views));
}

}  // namespace tallinn::sim
