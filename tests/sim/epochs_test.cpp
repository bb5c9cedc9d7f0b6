// An office that lost its disk, its log or its link for good goes on in the next epoch, and every
// node comes out equal: what the seal covers counts, what lies beyond it is kept and counts only
// when it is admitted again.
#include "tests/sim/epochs.h"

#include "ledger/note.h"

namespace tallinn::sim {
namespace {

/// A fact, of any office.
const std::string kAttested =
    R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ae800","type":"ReconciliationAttested","author":"EE",)"
    R"("occurred":"2025-10-15","body":{"party":"EE","from":"2025-01-01","to":"2025-06-30",)"
    R"("agrees":true,"figures":[]}})";

}  // namespace

TEST_CASE("an office that lost its disk goes on in its next epoch, with its history given back") {
  World world(11);
  const auto rest = begin_record(world, 20);
  const LogSize before = world.head(kWarsaw)->held_of(kKyiv1);
  const Change change = next_epoch(world, kWarsaw, kKyiv1, "kyiv again", 0);
  lose_and_open(world, kKyiv, change);
  world.replace_disk(kKyiv, "kyiv again");
  CHECK(world.head(kKyiv)->standing == Standing::not_opened);
  CHECK(world.submit(kKyiv, test::submission_of(rest[0], world.charter().id)).error().code ==
        Code::not_appending);
  world.connect();
  world.run_ms(5'000);
  CHECK(world.head(kKyiv)->standing == Standing::may_append);
  CHECK(world.head(kKyiv)->held_of(kKyiv1) == before);
  record_all(world, rest);
  CHECK(world.head(kWarsaw)->held_of(kKyiv2) > LogSize(0));
  CHECK(world.head(kWarsaw)->held_of(kKyiv1) == before);
  check_equal(world);
  world.crash(kKyiv);
  world.start(kKyiv);
  CHECK(world.head(kKyiv)->standing == Standing::may_append);
  CHECK(world.refusals.empty());
}

TEST_CASE("the office that decides governance is replaced by events recorded at the other one") {
  World world(12);
  const auto rest = begin_record(world, 20);
  const Change change = next_epoch(world, kKyiv, kWarsaw1, "warsaw again", 1);
  lose_and_open(world, kWarsaw, change);
  meet_anew(world, kWarsaw, "warsaw again");
  record_all(world, rest);
  CHECK(world.head(kKyiv)->held_of(kWarsaw2) > LogSize(0));
  check_equal(world);
}

TEST_CASE("entries beyond a seal are kept, count for nothing, and may be admitted again") {
  World world(13);
  const auto rest = begin_record(world, 20);
  const LogSize sealed_at = world.head(kWarsaw)->held_of(kKyiv1);
  const Change change = next_epoch(world, kWarsaw, kKyiv1, "kyiv again", 2);
  world.cut();
  std::vector<std::string> alone;  // facts that Kyiv records while nobody hears it
  for (const std::string& line : rest)
    if (const auto staged = world.record_here(kKyiv, line); staged) alone.push_back(line);
  REQUIRE(alone.size() > 1);
  REQUIRE(world.record(kWarsaw, change.sealed).has_value());
  world.connect();
  world.run_ms(4'000);
  CHECK(world.head(kKyiv)->standing == Standing::sealed);
  CHECK(world.head(kWarsaw)->held_of(kKyiv1) == LogSize(sealed_at.value() + alone.size()));
  CHECK(root_of(world, kKyiv) == root_of(world, kWarsaw));
  // They are where they are, and that is all: no level says that they count.
  for (const Lamport below : {Lamport(1), world.head(kWarsaw)->settled})
    CHECK(world.head(kWarsaw)->level_of({below, {kKyiv1, LogIndex(sealed_at.value())}}) ==
          Level::recorded);

  const auto opened = world.record(kWarsaw, change.opened);
  REQUIRE_MESSAGE(opened.has_value(), opened.error().detail);
  world.run_ms(2'000);
  world.crash(kKyiv);
  world.start(kKyiv, "kyiv again");
  world.connect();
  world.run_ms(4'000);
  for (const std::string& line : alone) {
    const auto again = world.record(kKyiv, line);
    REQUIRE_MESSAGE(again.has_value(), again.error().detail);
    CHECK(again->novelty == Admitted::Novelty::fresh);
    CHECK(again->place.log == kKyiv2);
  }
  record_all(world, rest);
  check_equal(world);
  CHECK(world.refusals.empty());

  // A rebuild, which meets the entries before the seal, finds the same.
  const StateRoot folded = root_of(world, kWarsaw);
  world.rebuild(kWarsaw);
  CHECK(root_of(world, kWarsaw) == folded);
}

TEST_CASE("where no office can append, a log is opened by its own first entry") {
  World world(14);
  const auto rest = begin_record(world, 20);
  world.cut();
  const Change kyiv = next_epoch(world, kKyiv, kKyiv1, "kyiv again", 3);
  world.crash(kKyiv);
  world.crash(kWarsaw);
  world.start(kKyiv, "kyiv again");  // what a backup gave back
  CHECK(world.record(kKyiv, rest[0]).error().code == Code::not_appending);
  const auto opened = world.record(kKyiv, kyiv.opened);
  REQUIRE_MESSAGE(opened.has_value(), opened.error().detail);
  CHECK(opened->place == Place{kKyiv2, LogIndex(0)});
  CHECK(world.head(kKyiv)->standing == Standing::may_append);

  const Change warsaw = next_epoch(world, kKyiv, kWarsaw1, "warsaw again", 4);
  REQUIRE(world.record(kKyiv, warsaw.sealed).has_value());
  REQUIRE(world.record(kKyiv, warsaw.opened).has_value());
  meet_anew(world, kWarsaw, "warsaw again");
  record_all(world, rest);
  check_equal(world);
  CHECK(world.refusals.empty());
}

TEST_CASE("a seal that cuts off what another office has seen is refused, and so is one too many") {
  World world(15);
  begin_record(world, 20);
  Change change = next_epoch(world, kWarsaw, kKyiv1, "kyiv again", 5);
  const auto size = world.head(kWarsaw)->held_of(kKyiv1).value();
  const std::string named = R"("size":)" + std::to_string(size);
  std::string less = change.sealed;
  less.replace(less.find(named), named.size(), R"("size":)" + std::to_string(size - 1));
  CHECK(world.record(kWarsaw, less).error().code == Code::invalid_value);
  CHECK(world.record(kWarsaw, change.opened).error().code == Code::invalid_transition);
  REQUIRE(world.record(kWarsaw, change.sealed).has_value());
  const Change other = next_epoch(world, kWarsaw, kWarsaw1, "warsaw again", 6);
  CHECK(world.record(kWarsaw, other.sealed).error().code == Code::invalid_transition);
}

TEST_CASE("of two offices that seal each other while the link is cut, one goes on at both") {
  for (const bool kyiv_first : {true, false}) {
    CAPTURE(kyiv_first);
    World world(18);
    begin_record(world, 20);
    const Change of_kyiv = next_epoch(world, kWarsaw, kKyiv1, "kyiv again", 5);
    const Change of_warsaw = next_epoch(world, kKyiv, kWarsaw1, "warsaw again", 6);
    world.cut();
    if (!kyiv_first) {
      REQUIRE(world.record_here(kKyiv, kAttested).has_value());
    }
    REQUIRE(world.record_here(kKyiv, of_warsaw.sealed).has_value());
    REQUIRE(world.record_here(kWarsaw, of_kyiv.sealed).has_value());
    world.connect();
    world.run_ms(4'000);
    const std::size_t on = kyiv_first ? kKyiv : kWarsaw;
    CHECK(world.head(on)->standing == Standing::may_append);
    CHECK(world.head(1 - on)->standing == Standing::sealed);
    CHECK(world.head(kKyiv)->held == world.head(kWarsaw)->held);
    CHECK(world.head(kKyiv)->roster == world.head(kWarsaw)->roster);
    const StateRoot root = root_of(world, on);
    CHECK(root_of(world, 1 - on) == root);
    world.rebuild(on);
    CHECK(root_of(world, on) == root);
    CHECK(world.refusals.empty());
  }
}

TEST_CASE("an office whose next epoch was lost as well does not begin it a second time") {
  World world(16);
  const auto rest = begin_record(world, 20);
  const Change change = next_epoch(world, kWarsaw, kKyiv1, "kyiv again", 7);
  lose_and_open(world, kKyiv, change);
  meet_anew(world, kKyiv, "kyiv again");
  record_all(world, rest);
  REQUIRE(world.head(kWarsaw)->held_of(kKyiv2) > LogSize(0));
  world.cut();
  meet_anew(world, kKyiv, "kyiv again");
  CHECK(world.head(kKyiv)->held == world.head(kWarsaw)->held);
  CHECK(world.head(kKyiv)->standing == Standing::peer_holds_more);
  CHECK(world.record(kKyiv, test::public_record()[0]).error().code == Code::not_appending);
}

TEST_CASE("a log that there is evidence against is given up to its seal, for its office to go on") {
  World world(17);
  const auto rest = begin_record(world, 20);
  const LogSize size = world.head(kWarsaw)->held_of(kKyiv1);
  const std::string origin = world.charter().origin(kKyiv1);
  const std::string text = format_checkpoint({origin, size, leaf_hash("another history")});
  const auto shown = world.office(kWarsaw).replica->stage_note(
      {NoteKind::checkpoint,
       format_note({text, {sign_note(origin, test::test_office("kyiv").log, text)}})});
  REQUIRE(shown.has_value());
  const Change change = next_epoch(world, kWarsaw, kKyiv1, "kyiv again", 9);
  world.run_ms(2'000);
  world.cut();
  world.crash(kKyiv);
  REQUIRE(world.record(kWarsaw, change.sealed).has_value());
  CHECK(world.head(kWarsaw)->frozen.contains(kKyiv1));
  REQUIRE(world.record(kWarsaw, change.opened).has_value());
  meet_anew(world, kKyiv, "kyiv again");
  CHECK(world.head(kKyiv)->standing == Standing::may_append);
  CHECK(world.head(kKyiv)->frozen.contains(kKyiv1));
  record_all(world, rest);
  CHECK(world.head(kWarsaw)->held_of(kKyiv2) > LogSize(0));
  CHECK(world.head(kKyiv)->held == world.head(kWarsaw)->held);
  CHECK(root_of(world, kKyiv) == root_of(world, kWarsaw));
  CHECK(world.head(kWarsaw)->settled == world.head(kWarsaw)->last);
  CHECK(world.refusals.empty());
}

}  // namespace tallinn::sim
