// Which points offices sign the state at, what they keep to be able to, and what becomes of two
// offices that come to unequal states.
#include "ledger/store_notes.h"
#include "net/state_notes.h"
#include "tests/sim/needs.h"

namespace tallinn::sim {
namespace {

constexpr std::uint64_t kEvery = 8;

/// The points of all state notes that an office keeps, with how many offices signed each.
std::map<std::uint64_t, std::size_t> points(World& world, std::size_t n) {
  std::map<std::uint64_t, std::size_t> out;
  const auto head = world.head(n);
  const auto scanned = head->snapshot->scan(Family::notes, notes::state_begin(), notes::state_end(),
                                            [&](BytesView, BytesView text) {
                                              const auto note = parse_note(text);
                                              REQUIRE(note.has_value());
                                              out[parse_state_note(note->text)->settled.value()] =
                                                  state_signers(*note, head->roster)->size();
                                              return StoreReader::Next::go_on;
                                            });
  REQUIRE(scanned.has_value());
  return out;
}

}  // namespace

TEST_CASE(
    "of multiples that are settled at once offices sign the newest, and what is settled at the "
    "end") {
  World world(71, {}, kEvery);
  begin(world);
  world.run_ms(2'000);
  const std::uint64_t first = world.head(kKyiv)->last.value();
  world.cut();
  for (int i = 0; i < 45; ++i) REQUIRE(world.record_here(kKyiv, need(i)).has_value());
  world.run_ms(3'000);
  world.connect();
  world.run_ms(6'000);
  check_converged(world);
  const std::uint64_t last = world.head(kKyiv)->last.value();
  REQUIRE(last > first + 5 * kEvery);
  const std::uint64_t newest = last / kEvery * kEvery;
  REQUIRE(newest < last);
  for (const std::size_t n : {kKyiv, kWarsaw}) {
    auto signed_at = points(world, n);
    CHECK(signed_at[newest] == 2);
    CHECK(signed_at[last] == 2);
    std::erase_if(signed_at,
                  [&](const auto& point) { return point.first <= first || point.first >= newest; });
    CHECK(signed_at.size() <= 1);  // where not all came in one batch
  }
}

TEST_CASE("a point that a peer's note names is signed, also below what an office has come to") {
  World world(72, {}, kEvery);
  begin(world);
  world.run_ms(2'000);
  const Lamport joint = *world.head(kWarsaw)->joint_state;
  // Until Warsaw alone has signed a multiple that leaves a point between.
  std::optional<Lamport> named;
  for (int i = 0; i < 40 && !named; ++i) {
    REQUIRE(world.record_here(kKyiv, need(i)).has_value());
    for (int step = 0; step < 40 && !named; ++step) {
      world.run_ms(10);
      const auto signed_at = points(world, kWarsaw);
      const auto& [newest, offices] = *signed_at.rbegin();
      if (offices == 1 && newest > world.head(kWarsaw)->joint_state->value() + 1)
        named = Lamport(newest - 1);
    }
  }
  REQUIRE(named.has_value());
  world.cut();
  const auto head = world.head(kWarsaw);
  REQUIRE(*named > joint);
  REQUIRE(*named > *head->joint_state);
  auto note =
      state_note_at(*head->snapshot, world.charter(), head->roster, head->held, *named, kRules);
  REQUIRE(note.has_value());
  const auto computed = compute_state({head->snapshot, *note});
  REQUIRE(computed.has_value());
  const std::string text = format_state_note(*computed);
  const PeerNote by_kyiv{NoteKind::state,
                         format_note({text,
                                      {sign_note(state_key_name(world.charter().ledger, "kyiv"),
                                                 test::test_office("kyiv").state, text)}})};
  auto& warsaw = *world.office(kWarsaw).replica;
  CHECK(!warsaw.next_state_job(60'000, Replica::Propose::nothing).has_value());
  REQUIRE(warsaw.stage_note(by_kyiv).value().has_value());
  REQUIRE(warsaw.commit(world.now()).has_value());
  const auto job = warsaw.next_state_job(0, Replica::Propose::nothing);
  REQUIRE(job.has_value());
  CHECK(job->note.settled == *named);
  REQUIRE(warsaw.stage_state(*compute_state(*job)).has_value());
  REQUIRE(warsaw.commit(world.now()).has_value());
  CHECK(world.head(kWarsaw)->joint_state == *named);
}

TEST_CASE("undo records are kept from the newest joint state note on, of every entry behind it") {
  World world(73, {}, kEvery);
  begin(world);
  world.run_ms(2'000);
  const auto undo_at = [&](std::size_t n) {
    std::vector<Position> out;
    for (const auto& [key, value] : test::read_all(*world.office(n).store, Family::undo))
      out.push_back(parse_position_key(key));
    return out;
  };
  CHECK(undo_at(kKyiv).empty());
  world.cut();
  for (int i = 0; i < 20; ++i) REQUIRE(world.record_here(kKyiv, need(i)).has_value());
  world.run_ms(3'000);
  CHECK(undo_at(kKyiv).size() == 20);
  world.connect();
  world.run_ms(4'000);
  CHECK(world.head(kKyiv)->joint_state == world.head(kKyiv)->last);
  CHECK(undo_at(kKyiv).empty());
}

TEST_CASE("of many undo records that a state note makes needless each commit erases ten thousand") {
  World world(77, {}, kEvery);
  begin(world);
  world.run_ms(2'000);
  world.cut();
  Batch old;
  for (std::uint64_t i = 0; i < 25'000; ++i)
    old.put(Family::undo,
            position_key({Lamport(1), {LogId{OfficeNumber(0), Epoch(1)}, LogIndex(i)}}), "");
  REQUIRE(world.office(kKyiv).store->commit(std::move(old)).has_value());
  world.crash(kKyiv);
  world.start(kKyiv);
  const Lamport joint = *world.head(kKyiv)->joint_state;
  for (int n = 1; n <= 4; ++n) {
    REQUIRE(world.record_here(kKyiv, need(n)).has_value());
    const std::size_t left = n < 3 ? 25'000 - 10'000 * n : 0;
    std::size_t needless = 0;
    for (const auto& [key, undo] : test::read_all(*world.office(kKyiv).store, Family::undo))
      if (parse_position_key(key).lamport <= joint) ++needless;
    CHECK(needless == left);
  }
}

TEST_CASE("offices that come to unequal states say so until it is mended, and keep both notes") {
  World world(74, {}, kEvery);
  begin(world);
  world.run_ms(2'000);
  const auto joint = world.head(kWarsaw)->joint_state;
  const auto views = test::read_all(*world.office(kWarsaw).store, Family::views);
  Batch wrong;
  wrong.put(Family::views, views[2].first + "x", "not from any entry");
  REQUIRE(world.office(kWarsaw).store->commit(std::move(wrong)).has_value());
  for (int i = 0; i < 3; ++i) {
    REQUIRE(world.record_here(kKyiv, need(i)).has_value());
    world.run_ms(300);
  }
  world.run_ms(3'000);
  const Lamport last = world.head(kKyiv)->last;
  const auto check_told = [&] {
    for (const std::size_t n : {kKyiv, kWarsaw}) {
      CAPTURE(n);
      const auto head = world.head(n);
      REQUIRE_FALSE(head->alarms.empty());
      CHECK(head->alarms.back().ends_with(" differ"));
      CHECK(head->joint_state == joint);
      std::set<std::string> kept;
      for (const auto& [key, text] : test::read_all(*head->snapshot, Family::notes,
                                                    notes::state_key(last), notes::state_end()))
        kept.insert(parse_note(text)->text);
      CHECK(kept.size() == 2);
    }
  };
  check_told();
  for (const std::size_t n : {kKyiv, kWarsaw}) {
    world.crash(n);
    world.start(n);
  }
  check_told();
  world.run_ms(3'000);
  check_told();  // computed again, it is told again
  world.begin_rebuild_beside(kWarsaw);
  world.office(kWarsaw).beside->finish();
  CHECK(world.office(kWarsaw).beside->rebuild().differences().total() == 1);
  world.office(kWarsaw).beside.reset();
  REQUIRE(world.record_here(kKyiv, need(9)).has_value());
  world.run_ms(5'000);
  CHECK(world.head(kKyiv)->joint_state == world.head(kKyiv)->last);
  CHECK(root_of(world, kKyiv) == root_of(world, kWarsaw));
  world.crash(kKyiv);
  world.start(kKyiv);
  CHECK(world.head(kKyiv)->alarms.empty());  // what both have signed since is beyond it
}

}  // namespace tallinn::sim
