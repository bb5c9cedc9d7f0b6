// Two offices in one process, simulated clock, network and disk: what one records, both hold,
// settle and sign alike.
#include <boost/json.hpp>

#include "ledger/store_notes.h"
#include "net/state_notes.h"
#include "projections/queries.h"
#include "tests/sim/converged.h"
#include "tests/sim/seeds.h"

namespace tallinn::sim {
namespace {

std::string ladder(World& world, std::size_t n, const char* party) {
  const auto head = world.head(n);
  StoredViews views(*head->snapshot);
  const auto answer = ladder_of({views, head.get(), world.charter()}, PartyId(party));
  REQUIRE(answer.has_value());
  return boost::json::serialize(*answer);
}

}  // namespace

TEST_CASE(
    "the public record comes out alike at both offices, settled, with a jointly signed state") {
  World world(1);
  world.connect();
  for (const std::string& line : test::public_record()) {
    const auto admitted = world.record(kKyiv, line);
    CAPTURE(line);
    REQUIRE_MESSAGE(admitted.has_value(), admitted.error().detail);
    world.run_ms(300);
  }
  world.run_ms(4'000);
  check_converged(world);
  CHECK(ladder(world, kKyiv, "EE") == ladder(world, kWarsaw, "EE"));
  CHECK(ladder(world, kKyiv, "PL").find("\"in_service\":\"75000.00\"") != std::string::npos);
  CHECK(world.refusals.empty());
}

TEST_CASE("an event recorded on an idle link is settled at both within two seconds") {
  World world(2);
  world.connect();
  world.run_ms(500);
  REQUIRE(world.record(kKyiv, test::public_record()[0]).has_value());
  world.run_ms(2'000);
  CHECK(world.head(kKyiv)->settled == world.head(kKyiv)->last);
  CHECK(world.head(kWarsaw)->settled == world.head(kWarsaw)->last);
  CHECK(world.head(kWarsaw)->last == Lamport(1));
}

TEST_CASE("nothing settles while the other office has not said that it holds it") {
  World world(3);
  REQUIRE(world.record(kWarsaw, test::public_record()[0]).has_value());
  world.run_ms(5'000);
  CHECK(world.head(kWarsaw)->settled == Lamport(0));
  CHECK(world.head(kWarsaw)->replicated[LogId{OfficeNumber(1), Epoch(1)}] == LogSize(0));
}

TEST_CASE(
    "an office that lost its disk catches up and never appends in that epoch again, also "
    "restarted") {
  World world(5);
  world.connect();
  for (const std::string& line : test::public_record()) {
    REQUIRE(world.record(kKyiv, line).has_value());
    world.run_ms(200);
  }
  const auto before = world.head(kWarsaw)->held;
  world.cut();
  world.replace_disk(kWarsaw);
  world.connect();
  world.run_ms(3'000);
  CHECK(world.head(kWarsaw)->held == before);
  for (int start = 0; start < 3; ++start) {
    const auto refused =
        world.submit(kWarsaw, test::submission_of(test::kOneMorePledge, world.charter().id));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Code::not_appending);
    CHECK(world.head(kWarsaw)->standing == Standing::peer_holds_more);
    world.crash(kWarsaw);
    world.start(kWarsaw);
    world.run_ms(1'000);
  }
  CHECK(world.head(kWarsaw)->held == before);
}

TEST_CASE("an office that is shown another history under its own key stops appending for good") {
  World world(6);
  REQUIRE(world.record(kWarsaw, test::public_record()[0]).has_value());
  const OfficeKeys keys = test::test_office("warsaw");
  const std::string origin = world.charter().origin({OfficeNumber(1), Epoch(1)});
  const std::string text = format_checkpoint({origin, LogSize(1), leaf_hash("another entry")});
  const PeerNote other{NoteKind::checkpoint,
                       format_note({text, {sign_note(origin, keys.log, text)}})};
  const auto taken = world.office(kWarsaw).replica->stage_note(other);
  REQUIRE(taken.has_value());
  CHECK(taken->has_value());
  REQUIRE(world.office(kWarsaw).replica->commit(world.now()).has_value());
  for (int start = 0; start < 2; ++start) {
    CHECK(world.head(kWarsaw)->standing == Standing::contradicted);
    CHECK(world.record(kWarsaw, test::public_record()[1]).error().code == Code::not_appending);
    world.crash(kWarsaw);
    world.start(kWarsaw);
  }
}

TEST_CASE(
    "a log that does not change is cosigned again at the interval, at both sides, restarted") {
  World world(7);
  world.connect();
  REQUIRE(world.record(kKyiv, test::public_record()[0]).has_value());
  const LogId log{OfficeNumber(1), Epoch(1)};
  const auto times = [&] {
    return std::pair(world.head(kKyiv)->cosigned[log][OfficeNumber(0)],
                     world.head(kWarsaw)->cosigned[log][OfficeNumber(0)]);
  };
  world.run_ms(5'000);
  const auto [first, told] = times();
  CHECK(first == told);
  CHECK(first.size == LogSize(1));
  const std::uint64_t every = kCosignEvery.count();
  world.run_ms((kCosignEvery.count() - 20) * 1'000);
  CHECK(times().first == first);
  world.run_ms(40'000);
  const auto [second, told_again] = times();
  CHECK(second == told_again);
  CHECK(second.size == LogSize(1));
  CHECK(second.at.value() >= first.at.value() + every);
  CHECK(second.at.value() <= first.at.value() + every + 1);
  world.crash(kKyiv);
  world.start(kKyiv);
  CHECK(times().first == second);
  const auto kept = world.head(kWarsaw)->snapshot->get(Family::notes, notes::checkpoint_key(log));
  const auto note = parse_note(**kept);
  CHECK(note->signatures.size() == 2);  // the log's key and one cosignature: the newest
  const auto lines = verify_note(*note, Roster(world.charter()).checkpoint_keys());
  REQUIRE(lines->size() == 2);
  CHECK((*lines)[1].time == second.at);
}

TEST_CASE("recording again answers with the old places and leaves the logs as they were") {
  World world(4);
  world.connect();
  std::vector<Place> places;
  for (const std::string& line : test::public_record()) {
    places.push_back(world.record(kKyiv, line)->place);
    world.run_ms(200);
  }
  world.run_ms(2'000);
  const auto held = world.head(kKyiv)->held;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto again = world.record(kKyiv, test::public_record()[i]);
    REQUIRE(again.has_value());
    CHECK(again->novelty == Admitted::Novelty::known);
    CHECK(again->place == places[i]);
  }
  CHECK(world.head(kKyiv)->held == held);
}

TEST_CASE(
    "offices that write while the link is cut and lose power at any time still come out equal") {
  for (std::uint64_t seed = 1; seed <= seed_count(); ++seed) {
    CAPTURE(seed);
    World world(
        seed,
        {.least_delay_ms = 1, .most_delay_ms = 80, .cut_percent = static_cast<unsigned>(seed % 4)});
    record_through(world, [&] {
      if (world.random(20) == 0) world.cut();
      if (world.random(8) == 0) world.connect();
      if (world.random(25) == 0) {
        const std::size_t unlucky = world.random(2);
        world.crash(unlucky);
        world.start(unlucky);
      }
    });
    if (world.head(kKyiv)->alarms.empty() == false) break;
  }
}

}  // namespace tallinn::sim
