#include "tests/sim/swarm/plan.h"

#include "tools/generator/random.h"

namespace tallinn::swarm {
namespace {

constexpr std::array<std::string_view, kTroubles> kNames = {"partition",
                                                            "one_way",
                                                            "drop",
                                                            "duplicate",
                                                            "reorder",
                                                            "flip",
                                                            "slow_link",
                                                            "slow_peer",
                                                            "kill",
                                                            "power_cut",
                                                            "disk_fails",
                                                            "disk_full",
                                                            "disk_rolled_back",
                                                            "anchor_rolled_back",
                                                            "disk_lost",
                                                            "machine_rolled_back",
                                                            "machine_cloned",
                                                            "clock_jumps",
                                                            "hostile_client",
                                                            "hostile_peer",
                                                            "hostile_key",
                                                            "erasure",
                                                            "replay",
                                                            "rebuild",
                                                            "rebuild_beside"};

constexpr unsigned kSeldom = 25;  ///< the most of what ends an office's epoch

/// The most of a thousand that a fault may have.
unsigned most_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::drop:
    case Trouble::duplicate:
    case Trouble::reorder:
    case Trouble::flip: return 20;
    case Trouble::partition:
    case Trouble::one_way:
    case Trouble::slow_link:
    case Trouble::slow_peer:
    case Trouble::kill:
    case Trouble::power_cut:
    case Trouble::disk_fails:
    case Trouble::disk_full: return 80;
    case Trouble::hostile_client:
    case Trouble::hostile_peer:
    case Trouble::erasure:
    case Trouble::replay: return 200;
    case Trouble::clock_jumps:
    case Trouble::rebuild:
    case Trouble::rebuild_beside: return 40;
    case Trouble::disk_rolled_back:
    case Trouble::anchor_rolled_back:
    case Trouble::disk_lost:
    case Trouble::machine_rolled_back:
    case Trouble::machine_cloned:
    case Trouble::hostile_key: return kSeldom;
  }
  return 0;
}

bool ends_an_epoch(Trouble trouble) {
  return most_of(trouble) == kSeldom;
}

}  // namespace

std::string_view spell(Trouble trouble) {
  return kNames[static_cast<std::size_t>(trouble)];
}

Plan plan_of(std::uint64_t seed, unsigned steps) {
  generator::Random random(seed * 0x9e3779b97f4a7c15 + 1);
  const auto below = [&](std::int64_t bound) {
    return static_cast<unsigned>(random.between(0, bound - 1));
  };
  Plan plan;
  plan.seed = seed;
  // Many short runs and some long ones: what goes wrong mostly does so soon.
  plan.steps = 20 + below(1 + below(180));
  if (steps != 0) plan.steps = steps;
  const unsigned share = 10 + below(50);       // of the faults that this run has
  const bool epochs_end = random.percent(50);  // or every office keeps its first log
  for (std::size_t i = 0; i < kTroubles; ++i) {
    const auto trouble = static_cast<Trouble>(i);
    const bool chosen = random.percent(share);
    const unsigned much = 1 + below(most_of(trouble));
    if (chosen && (epochs_end || !ends_an_epoch(trouble))) plan.chance[i] = much;
  }
  plan.most_delay_ms = random.percent(70) ? 5 + below(80) : 200 + below(1'500);
  plan.most_pause_ms = random.percent(60) ? 20 + below(500) : 1'000 + below(6'000);
  plan.before = random.percent(50) ? 60 + below(120) : below(40);
  plan.submitting_percent = 40 + below(55);
  plan.rush_percent = below(25);
  plan.unlucky = below(2);
  plan.state_every = random.percent(50) ? 4 + below(40) : 1'024;
  plan.history = {.seed = seed,
                  .events = 600 + below(2'000),
                  .parties = {.donors = 3, .implementers = 1 + below(2), .recipients = 1},
                  .apart_days = 1 + below(30),
                  .late_percent = below(30),
                  .colliding_percent = below(25),
                  .mistaken_percent = below(25),
                  .refused_percent = below(30)};
  return plan;
}

std::string told(const Plan& plan) {
  std::string text = "steps " + std::to_string(plan.steps);
  for (std::size_t i = 0; i < kTroubles; ++i)
    if (plan.chance[i] > 0)
      text += ", " + std::string(kNames[i]) + " " + std::to_string(plan.chance[i]);
  return text;
}

}  // namespace tallinn::swarm
