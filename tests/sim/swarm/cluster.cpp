#include "tests/sim/swarm/cluster.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/ledger/keys_for_tests.h"

namespace tallinn::swarm {
namespace {

constexpr std::int64_t kTickMs = 100;

}  // namespace

Cluster::Cluster(const Plan& plan, Tally& tally)
    : plan_(plan),
      tally_(tally),
      charter_(test::signed_charter()),
      truth_(charter_, tally),
      watch_(charter_, truth_, tally, kMostNodes),
      notes_(charter_, truth_, watch_, tally),
      wire_(plan.seed * 2 + 1),
      disks_(plan.seed * 2 + 2) {
  for (std::uint16_t n = 0; n < 2; ++n)
    nodes_.push_back(std::make_unique<Node>(charter_, OfficeNumber(n), charter_.offices[n].name,
                                            plan.state_every));
  nodes_.push_back(std::make_unique<Node>(charter_, std::nullopt, kMirrorName, plan.state_every));
  connect(kKyiv, kWarsaw);
  connect(kKyiv, kMirror);
  connect(kWarsaw, kMirror);
  for (std::size_t n = 0; n < nodes_.size(); ++n) start(n);
}

void Cluster::connect(std::size_t a, std::size_t b) {
  links_.push_back(std::make_unique<Link>(Ends{a, b}, plan_));
}

void Cluster::add_clone(std::size_t office, Snapshot from) {
  nodes_.push_back(std::make_unique<Node>(charter_,
                                          OfficeNumber(static_cast<std::uint16_t>(office)),
                                          charter_.offices[office].name, plan_.state_every));
  nodes_[kClone]->put_disk(std::move(from.disk));
  nodes_[kClone]->put_anchor(std::move(from.anchor));
  connect(kClone, 1 - office);
  connect(kClone, kMirror);
  start(kClone);
}

void Cluster::start(std::size_t n) {
  Node& one = *nodes_[n];
  const bool may_fail = one.armed();
  if (const auto started = one.start(); !started) {
    tally_.require(may_fail, Promise::stays_whole,
                   one.name() + " does not start: " + started.error().detail);
    power_cut(n);
    const auto again = one.start();
    tally_.require(
        again.has_value(), Promise::stays_whole,
        one.name() + " does not start again: " + (again ? std::string() : again.error().detail));
  }
  one.last_change_ms = now_ms_;
  watch_.look(n, one);
  for (const PeerNote& note : one.replica().notes_for_new_peer()) notes_.told(note);
}

void Cluster::start(std::size_t n, const std::string& key_name) {
  const auto started = nodes_[n]->start(key_name);
  tally_.require(
      started.has_value(), Promise::stays_whole,
      "does not start under new keys: " + (started ? std::string() : started.error().detail));
  nodes_[n]->last_change_ms = now_ms_;
  watch_.look(n, *nodes_[n]);
}

void Cluster::kill(std::size_t n) {
  for (auto& link : links_)
    if (link->touches(n)) drop(*link);
  nodes_[n]->kill();
}

void Cluster::power_cut(std::size_t n) {
  for (auto& link : links_)
    if (link->touches(n)) drop(*link);
  nodes_[n]->power_cut(disks_);
}

void Cluster::on_fault(std::size_t n, const Fault& fault) {
  Node& one = *nodes_[n];
  tally_.require(one.armed(), Promise::stays_whole,
                 one.name() + " fails on a healthy disk: " + fault.detail);
  for (auto& link : links_)
    if (link->touches(n)) drop(*link);
  one.fail();
  const auto again = one.replica().stage_note({NoteKind::promise, "anything"});
  tally_.require(!again.has_value(), Promise::stays_whole, one.name() + " goes on after a fault");
}

void Cluster::drop_all() {
  for (auto& link : links_) drop(*link);
}

void Cluster::mend_links() {
  for (auto& link : links_) {
    link->cut = false;
    link->keeps_bytes = true;
    link->waits = {};
    link->slow_until_ms = 0;
    drop(*link);
    link->retry_at_ms = now_ms_;
  }
}

void Cluster::skip_ms(std::int64_t milliseconds) {
  drop_all();
  now_ms_ += milliseconds;
}

void Cluster::run_ms(std::int64_t milliseconds) {
  const std::int64_t until = now_ms_ + milliseconds;
  while (now_ms_ < until) {
    const std::int64_t next_tick = now_ms_ / kTickMs * kTickMs + kTickMs;
    Link* first = nullptr;
    std::int64_t at = std::min(until, next_tick);
    for (auto& link : links_) {
      const auto next = link->next_at();
      if (!next || *next >= at) continue;
      at = *next;
      first = link.get();
    }
    now_ms_ = std::max(now_ms_, at);
    if (first != nullptr) {
      deliver(*first);
    } else if (now_ms_ % kTickMs == 0) {
      tick();
    }
  }
}

void Cluster::tick() {
  for (auto& link : links_)
    if (!link->cut && !link->open() && now_ms_ >= link->retry_at_ms && up(link->ends[0]) &&
        up(link->ends[1]))
      meet(*link);
  for (std::size_t n = 0; n < nodes_.size(); ++n)
    if (up(n)) tick(n);
}

void Cluster::tick(std::size_t n) {
  Node& one = *nodes_[n];
  for (auto& link : links_) {
    if (!link->touches(n) || !link->open()) continue;
    const std::size_t side = link->side_of(n);
    link->sessions[side]->on_tick(one.clock(now_ms_));
    link->sessions[side]->on_written(0);
    obey(*link, side);
    if (!one.up()) return;
  }
  one.replica().renew_cosignatures(one.clock(now_ms_));
  if (!commit(n)) return;
  if (one.rebuilding()) {
    const auto differences = one.step_rebuild_beside(
        static_cast<std::size_t>(disks_.between(1, 60)), one.clock(now_ms_));
    if (!differences) {  // the store is as it was; the next commit meets the disk
      tally_.require(one.armed(), Promise::stays_whole,
                     one.name() + " cannot make its views anew: " + differences.error().detail);
      return one.end_rebuild_beside();
    }
    if (*differences)
      tally_.require(**differences == 0, Promise::rebuilt,
                     one.name() + ": a rebuild beside the node came out otherwise");
    if (*differences) watch_.look(n, one);
  }
  if (auto job = one.replica().next_state_job(now_ms_ - one.last_change_ms)) {
    const auto computed = compute_state(*job);
    if (!computed) return on_fault(n, computed.error());
    if (auto staged = one.replica().stage_state(*computed); !staged)
      return on_fault(n, staged.error());
    commit(n);
  }
}

bool Cluster::commit(std::size_t n) {
  Node& one = *nodes_[n];
  const auto before = one.replica().held();
  const auto revision = one.head()->revision;
  if (const auto committed = one.replica().commit(one.clock(now_ms_)); !committed) {
    on_fault(n, committed.error());
    return false;
  }
  if (!let_files_go(n)) return false;
  if (one.head()->revision == revision) return true;
  watch_.look(n, one);
  const bool grown = one.replica().held() != before;
  if (grown) one.last_change_ms = now_ms_;
  note_in_digest(one.head()->last.value() * 4 + n);
  const auto told = one.replica().take_notes();
  for (const PeerNote& note : told) notes_.told(note);
  for (auto& link : links_) {
    if (!link->touches(n) || !link->open()) continue;
    const std::size_t side = link->side_of(n);
    if (grown) link->sessions[side]->on_held(one.replica().held());
    for (const PeerNote& note : told) link->sessions[side]->tell(note);
    obey(*link, side);
    if (!one.up()) return false;
  }
  return true;
}

/// RocksDB deletes the files that nothing needs any more on a thread of its own: unless that is
/// waited for, it is chance at which commit an erased value is gone. What a rebuild beside reads
/// stays until its end.
bool Cluster::let_files_go(std::size_t n) {
  constexpr int kMostTries = 50;
  Node& one = *nodes_[n];
  const bool stay = std::exchange(one.rebuild_keeps_files, false) && one.rebuilding();
  for (int i = 0; i < kMostTries && !stay && one.replica().erased_remains(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (const auto again = one.replica().commit(one.clock(now_ms_)); !again) {
      on_fault(n, again.error());
      return false;
    }
  }
  one.rebuild_keeps_files = one.rebuilding() && one.replica().erased_remains();
  return true;
}

std::optional<std::vector<Result<Admitted>>> Cluster::submit(
    std::size_t n, const std::vector<Submission>& submissions) {
  Node& one = *nodes_[n];
  std::vector<Result<Admitted>> answers;
  for (const Submission& submission : submissions) {
    auto staged = one.replica().stage_submission(submission, one.clock(now_ms_));
    if (!staged) {
      on_fault(n, staged.error());
      return std::nullopt;
    }
    answers.push_back(std::move(*staged));
  }
  if (!commit(n)) return std::nullopt;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) {
      ++tally_.refused;
      continue;
    }
    watch_.acknowledged(n, answers[i]->place, submissions[i].event);
    if (answers[i]->novelty == Admitted::Novelty::fresh) ++tally_.events;
  }
  return answers;
}

template <class T>
std::optional<T> Cluster::committed(std::size_t n, Stored<T> staged) {
  if (!staged) {
    on_fault(n, staged.error());
    return std::nullopt;
  }
  if (!commit(n)) return std::nullopt;
  return *std::move(staged);
}

std::optional<Result<Erasure>> Cluster::erase(std::size_t n, const std::string& statement) {
  return committed(n, nodes_[n]->replica().stage_erasure(statement, nodes_[n]->clock(now_ms_)));
}

std::optional<Result<WitnessAnswer>> Cluster::ask_witness(std::size_t n,
                                                          const AddCheckpoint& request) {
  return committed(n, nodes_[n]->replica().stage_witness(request, nodes_[n]->clock(now_ms_)));
}

std::optional<Result<void>> Cluster::give(std::size_t n, const PeerNote& note) {
  return committed(n, nodes_[n]->replica().stage_note(note));
}

std::optional<Result<void>> Cluster::give(std::size_t n, const PeerBatch& batch) {
  return committed(n, nodes_[n]->replica().stage_batch(batch, Signatures::to_check));
}

}  // namespace tallinn::swarm
