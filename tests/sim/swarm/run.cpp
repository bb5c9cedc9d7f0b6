#include "tests/sim/swarm/run.h"

namespace tallinn::swarm {

Run::Run(const Plan& plan, Tally& tally, std::function<void(unsigned)> progress)
    : plan_(plan),
      tally_(tally),
      progress_(std::move(progress)),
      random_(plan.seed * 7 + 3),
      cluster_(plan, tally),
      clients_(plan, cluster_, tally),
      thief_(plan.unlucky, plan.seed * 11 + 4, cluster_, clients_, tally) {}

std::uint64_t Run::go() {
  const std::int64_t begun = cluster_.now_ms();
  clients_.begin();
  for (unsigned i = 0; i < plan_.steps; ++i) {
    if (progress_) progress_(i);
    step();
    ++tally_.steps;
  }
  if (progress_) progress_(plan_.steps);
  heal();
  ++tally_.seeds;
  tally_.simulated_ms += static_cast<std::uint64_t>(cluster_.now_ms() - begun);
  return cluster_.digest();
}

bool Run::happens(Trouble trouble) {
  if (plan_.of(trouble) == 0 || random_.between(1, 1'000) > static_cast<int>(plan_.of(trouble)))
    return false;
  tally_.count(trouble);
  return true;
}

std::size_t Run::any_node() {
  return static_cast<std::size_t>(random_.between(0, 2));
}

std::optional<std::size_t> Run::any_up() {
  const std::size_t n = any_node();
  return cluster_.up(n) ? std::optional(n) : std::nullopt;
}

void Run::step() {
  if (random_.percent(plan_.submitting_percent)) clients_.record();
  faults_of_links();
  faults_of_people();
  faults_of_nodes();
  cluster_.run_ms(random_.between(1, plan_.most_pause_ms));
  if (random_.percent(3)) cluster_.skip_ms(random_.between(60'000, 86'400'000));
  for (std::size_t n = 0; n < cluster_.nodes(); ++n) {
    if (!cluster_.up(n)) continue;
    if (random_.percent(15)) cluster_.watch().compare(n, cluster_.node(n));
    if (random_.percent(2)) cluster_.watch().check_whole(n, cluster_.node(n));
  }
  remember_refusals();
  if (random_.percent(3)) clients_.ask_for_bundle();
  if (random_.percent(4)) clients_.ask_a_witness();
  if (random_.percent(6)) remember_machine();
}

void Run::faults_of_links() {
  for (auto& link : cluster_.links()) {
    if (link->cut || link->waits[0] || link->waits[1]) {
      if (random_.percent(12)) {
        link->cut = false;
        link->waits = {};
      }
    }
    if (happens(Trouble::partition)) {
      link->cut = true;
      cluster_.drop(*link);
    }
    if (happens(Trouble::one_way))
      link->waits[static_cast<std::size_t>(random_.between(0, 1))] = true;
    if (happens(Trouble::slow_link)) link->slow_until_ms = cluster_.now_ms() + 20'000;
  }
  if (happens(Trouble::slow_peer))
    cluster_.node(any_node()).slow_until_ms = cluster_.now_ms() + 20'000;
}

void Run::faults_of_people() {
  if (happens(Trouble::hostile_client)) clients_.be_hostile();
  if (happens(Trouble::hostile_peer)) thief_.send_bad_batch();
  if (happens(Trouble::erasure)) clients_.erase_a_value();
  if (happens(Trouble::replay)) thief_.replay();
  if (happens(Trouble::hostile_key)) thief_.sign_second_history();
  if (happens(Trouble::clock_jumps)) {
    constexpr std::int64_t kYearMs = 365LL * 86'400'000;
    cluster_.node(any_node()).skew_ms = random_.percent(40) ? 0 : random_.between(-9, 9) * kYearMs;
  }
}

void Run::faults_of_nodes() {
  for (std::size_t n = 0; n < cluster_.nodes(); ++n) {
    Node& one = cluster_.node(n);
    if (one.failed()) {  // its operator comes in a while
      if (!random_.percent(30)) continue;
      cluster_.power_cut(n);
      restart(n, Expected::as_before);
    }
  }
  if (happens(Trouble::kill))
    if (const auto n = any_up()) {
      cluster_.kill(*n);
      restart(*n, Expected::as_before);
    }
  if (happens(Trouble::power_cut))
    if (const auto n = any_up()) {
      cluster_.power_cut(*n);
      restart(*n, Expected::as_before);
    }
  if (happens(Trouble::disk_fails))
    if (const auto n = any_up()) crash_at_an_operation(*n, SimDisk::Failing::broken);
  if (happens(Trouble::disk_full))
    if (const auto n = any_up()) crash_at_an_operation(*n, SimDisk::Failing::full);
  if (happens(Trouble::rebuild))
    if (const auto n = any_up()) rebuild(*n);
  if (happens(Trouble::rebuild_beside))
    if (const auto n = any_up()) {
      Node& one = cluster_.node(*n);
      if (!one.rebuilding() && !one.begin_rebuild_beside())
        tally_.require(one.armed(), Promise::stays_whole, "no rebuild begins on a healthy disk");
    }
  if (happens(Trouble::disk_rolled_back)) roll_disk_back();
  if (happens(Trouble::anchor_rolled_back)) roll_anchor_back();
  if (happens(Trouble::disk_lost)) lose_disk();
  if (happens(Trouble::machine_rolled_back)) roll_machine_back();
  if (happens(Trouble::machine_cloned)) clone_machine();
}

std::uint64_t run_seed(std::uint64_t seed, unsigned steps, Tally& tally,
                       const std::function<void(unsigned)>& progress) {
  const Plan plan = plan_of(seed, steps);
  Run run(plan, tally, progress);
  return run.go();
}

}  // namespace tallinn::swarm
