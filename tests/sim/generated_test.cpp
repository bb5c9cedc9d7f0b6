// Generated histories at two offices that meet now and then: whatever the interleaving, what was
// announced comes true, and both end alike.
#include "tests/sim/world.h"
#include "tests/support/announced.h"

namespace tallinn::sim {
namespace {

using generator::GivenEvent;

/// What is given to the offices between two meetings.
using Given = std::array<std::deque<GivenEvent>, 2>;

std::size_t number_of(OfficeRole role) {
  return role == OfficeRole::front ? 0 : 1;
}

/// Each office takes its own in their order; which office is next is chance.
void take_turns(World& world, Given& given, const generator::KeyOf& keys) {
  while (!given[0].empty() || !given[1].empty()) {
    const std::size_t n = given[0].empty() ? 1 : given[1].empty() ? 0 : world.random(2);
    const GivenEvent event = std::move(given[n].front());
    given[n].pop_front();
    Submission submission = generator::sign(event, world.charter().id, keys);
    submission.checked = Signatures::checked_good;
    const auto outcome = world.submit_here(n, submission);
    CAPTURE(event_to_json(event.draft.event));
    CHECK_MESSAGE(test::Announced::agrees(event, outcome), test::outcome_text(outcome));
    if (outcome) CHECK(outcome->place.log.office == OfficeNumber(static_cast<std::uint16_t>(n)));
  }
}

void meet(World& world) {
  world.connect();
  for (int i = 0; i < 100 && world.head(0)->held != world.head(1)->held; ++i) world.run_ms(500);
  CHECK(world.head(0)->held == world.head(1)->held);
  world.cut();
}

}  // namespace

TEST_CASE(
    "a history given to two offices that seldom meet comes out as announced, and alike at both") {
  for (const std::uint64_t seed : {21, 22}) {
    CAPTURE(seed);
    World world(seed);
    const generator::HistoryOptions options{.seed = seed,
                                            .events = 2'500,
                                            .late_percent = 15,
                                            .colliding_percent = 10,
                                            .mistaken_percent = 15,
                                            .refused_percent = 20};
    const generator::KeyOf keys = test::keys_by_name();
    generator::History history(options, test::test_public_key);
    test::Announced announced;
    Given given;
    Day met = options.first;
    auto apart = static_cast<std::int32_t>(world.random(options.apart_days + 1));
    while (auto next = history.next()) {
      if (next->day.value() - met.value() > apart) {
        take_turns(world, given, keys);
        meet(world);
        met = next->day;
        apart = static_cast<std::int32_t>(world.random(options.apart_days));
      }
      announced.add(*next);
      given[number_of(next->office)].push_back(*std::move(next));
    }
    take_turns(world, given, keys);
    meet(world);
    for (std::size_t n = 0; n < 2; ++n) {
      StoredViews views(*world.head(n)->snapshot);
      CHECK(test::difference_of(test::exceptions_in(views), announced.exceptions()) == "");
    }
    world.connect();
    world.run_ms(20'000);
    CHECK(world.head(0)->joint_state == world.head(0)->last);
    CHECK(world.head(0)->alarms.empty());
    CHECK(world.refusals.empty());
  }
}

}  // namespace tallinn::sim
