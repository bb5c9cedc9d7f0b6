// The end of a run: no more faults; what was said is shown to one node; an office that cannot go
// on in its epoch is given the next one; then all must be settled within a bound.
#include "ledger/evidence.h"
#include "ledger/note.h"
#include "ledger/promise.h"
#include "ledger/store_notes.h"
#include "net/kept_evidence.h"
#include "tests/sim/epoch_lines.h"
#include "tests/sim/swarm/run.h"

namespace tallinn::swarm {
namespace {

constexpr std::int64_t kRestsWithinMs = 120'000;

}  // namespace

void Run::end_faults() {
  for (std::size_t n = 0; n < cluster_.nodes(); ++n) {
    Node& one = cluster_.node(n);
    one.skew_ms = one.slow_until_ms = 0;
    if (one.up() && !one.armed()) continue;
    cluster_.power_cut(n);
    restart(n, Expected::as_before);
  }
  cluster_.mend_links();
}

bool Run::at_rest() {
  const auto first = cluster_.node(kKyiv).head();
  for (std::size_t n = 0; n < 3; ++n) {
    const auto head = cluster_.node(n).head();
    if (head->held != first->held || head->settled != head->last || head->joint_state != head->last)
      return false;
    for (const RosterOffice& office : head->roster.offices())
      if (const auto replicated = head->replicated.find(office.current);
          !head->frozen.contains(office.current) && head->held_of(office.current) > LogSize(0) &&
          (replicated == head->replicated.end() ||
           replicated->second != head->held_of(office.current)))
        return false;
  }
  return true;
}

/// What each node has come to, for whoever asks why it does not rest.
std::string Run::words_of_rest() {
  std::string text;
  for (std::size_t n = 0; n < cluster_.nodes(); ++n) {
    if (!cluster_.up(n)) continue;
    const auto head = cluster_.node(n).head();
    text += "\n  " + cluster_.node(n).name() + ": " + std::string(spell(head->standing)) +
            ", last " + std::to_string(head->last.value()) + ", settled " +
            std::to_string(head->settled.value()) + ", signed by all " +
            std::to_string(head->joint_state.value_or(Lamport(0)).value());
    for (const HeldLog& log : head->held)
      text += ", " + cluster_.charter().origin(log.log) + " " + std::to_string(log.size.value());
    for (const std::string& alarm : head->alarms) text += "\n    " + alarm;
  }
  const auto& blamed = cluster_.blamed();
  if (!blamed.empty()) text += "\n  the last session ended because " + blamed.back();
  return text;
}

void Run::let_it_rest(std::int64_t most_ms) {
  for (std::int64_t waited = 0; waited < most_ms && !at_rest(); waited += 500) cluster_.run_ms(500);
}

/// What shows a contradiction there must come to the others by itself.
void Run::tell_somebody_of_receipts() {
  const std::size_t n = any_node();
  for (const std::string& checkpoint : clients_.shown())
    if (cluster_.up(n)) cluster_.give(n, PeerNote{NoteKind::checkpoint, checkpoint});
}

/// All have met by now: an office that a peer has shown more of its own log must have stopped.
void Run::check_nobody_appends_behind() {
  for (std::size_t n = 0; n < cluster_.nodes(); ++n) {
    const auto head = cluster_.node(n).head();
    if (n == kMirror || head->standing != Standing::may_append || !head->own) continue;
    for (std::size_t other = 0; other < 3; ++other)
      tally_.require(cluster_.node(other).head()->held_of(*head->own) <= head->held_of(*head->own),
                     Promise::one_history,
                     cluster_.node(n).name() + " appends to less than a peer holds of its log");
  }
}

/// Do two of those who will hear of each other hold two histories of the unlucky office's log?
bool Run::histories_differ() const {
  auto& cluster = const_cast<Cluster&>(cluster_);
  const LogId log{OfficeNumber(static_cast<std::uint16_t>(plan_.unlucky)), Epoch(1)};
  const std::string origin = cluster.charter().origin(log);
  std::vector<Checkpoint> said;
  for (const std::string& text : clients_.shown())
    if (const auto checkpoint = checkpoint_in(text); checkpoint->origin == origin)
      said.push_back(*checkpoint);
  std::vector<StoredLogs> logs;
  for (std::size_t n = 0; n < cluster.nodes(); ++n) {
    const auto head = cluster.node(n).head();
    const LogSize size = head->held_of(log);
    if (size > LogSize(0))
      said.push_back({origin, size, StoredLogs(*head->snapshot).root(log, size).value()});
  }
  for (std::size_t n = 0; n < cluster.nodes(); ++n) {
    const auto head = cluster.node(n).head();
    for (const Checkpoint& checkpoint : said)
      if (checkpoint.size <= head->held_of(log) &&
          StoredLogs(*head->snapshot).root(log, checkpoint.size).value() != checkpoint.root)
        return true;
  }
  return false;
}

void Run::check_evidence_everywhere() {
  const LogId log{OfficeNumber(static_cast<std::uint16_t>(plan_.unlucky)), Epoch(1)};
  const std::string origin = cluster_.charter().origin(log);
  for (std::size_t n = 0; n < cluster_.nodes(); ++n) {
    const auto head = cluster_.node(n).head();
    const auto kept = kept_evidence(*head->snapshot);
    bool found = false;
    for (const KeptEvidence& one : *kept) {
      const auto evidence = parse_evidence(one.text);
      tally_.require(
          evidence && check_evidence(*evidence, evidence_keys(cluster_.charter(), head->roster)),
          Promise::evidence, "kept evidence does not verify");
      found = found || one.claim.subject == origin;
    }
    tally_.require(found && head->frozen.contains(log), Promise::evidence,
                   cluster_.node(n).name() + " has not kept that " + origin + " has two histories" +
                       (found ? "" : words_of_rest()));
  }
}

/// The greatest Lamport time that a node holds, or knows its unlucky peer to have promised.
Lamport Run::least_after(const Head& head) const {
  Lamport least = head.last;
  const LogId log{OfficeNumber(static_cast<std::uint16_t>(plan_.unlucky)), Epoch(1)};
  const auto kept = head.snapshot->get(Family::notes, notes::promise_key(log));
  const auto note = kept && *kept ? parse_note(**kept) : refuse(Code::not_found, "");
  const auto promise = note ? parse_promise(note->text) : std::unexpected(note.error());
  return promise ? std::max(least, promise->lamport) : least;
}

/// The coordination group seals the log as the other office has it and opens the next one.
void Run::open_next_epoch() {
  const std::size_t n = plan_.unlucky;
  const std::size_t helper = 1 - n;
  const LogId log{OfficeNumber(static_cast<std::uint16_t>(n)), Epoch(1)};
  const auto head = cluster_.node(helper).head();
  const LogSize size = head->held_of(log);
  const Digest root = StoredLogs(*head->snapshot).root(log, size).value();
  const std::string key_name = cluster_.node(n).name() + " again";
  const sim::Change change = sim::change_of(cluster_.charter(), log, size, root,
                                            Lamport(least_after(*head).value() + 50), key_name, 1);
  const bool doubted = cluster_.truth().doubted(log);
  std::set<std::size_t> other_history;
  for (const std::size_t one : {n, kMirror}) {
    const auto held = cluster_.node(one).head();
    const LogSize both = std::min(size, held->held_of(log));
    const auto at = [&](const Head& of) {
      return StoredLogs(*of.snapshot).root(log, both).value();
    };
    if (held->held_of(log) > size || (both > LogSize(0) && at(*held) != at(*head)))
      other_history.insert(one);
  }
  for (const std::string& line : {change.sealed, change.opened}) {
    const auto answer = cluster_.submit(helper, {clients_.sign(line, {"EE", "PL", "UA"})});
    tally_.require(answer && answer->front(), Promise::liveness,
                   "an office that cannot go on is not given its next epoch: " +
                       (answer && !answer->front() ? answer->front().error().detail : ""));
  }
  ++tally_.epochs;
  if (doubted) ++tally_.contradictions;
  cluster_.watch().harmed(n);
  if (other_history.contains(kMirror)) {
    cluster_.kill(kMirror);
    cluster_.node(kMirror).lose_everything();
    cluster_.watch().forget(kMirror);
    cluster_.start(kMirror);
  }
  cluster_.kill(n);
  if (other_history.contains(n) || random_.percent(50)) {
    cluster_.node(n).lose_everything();
    cluster_.watch().forget(n);
  }
  cluster_.start(n, key_name);
  cluster_.mend_links();
  for (std::int64_t waited = 0; waited < kRestsWithinMs; waited += 500) {
    cluster_.run_ms(500);
    if (cluster_.node(n).head()->standing == Standing::may_append) return;
  }
  tally_.require(false, Promise::liveness,
                 cluster_.node(n).name() + " does not append in its next epoch: " +
                     (cluster_.blamed().empty() ? "" : cluster_.blamed().back() + ": ") +
                     std::string(spell(cluster_.node(n).head()->standing)) + words_of_rest());
}

void Run::record_at(std::size_t n, int number) {
  const std::string line =
      R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ae8)" + std::to_string(10 + number) +
      R"(","type":"ReconciliationAttested","author":"EE","occurred":"2025-10-15",)"
      R"("body":{"party":"EE","from":"2025-01-01","to":"2025-06-30","agrees":true,"figures":[]}})";
  const auto answer = cluster_.submit(n, {clients_.sign(line, {"EE"})});
  tally_.require(answer && answer->front(), Promise::liveness,
                 cluster_.node(n).name() + " records nothing after all faults: " +
                     (answer && !answer->front() ? answer->front().error().detail : ""));
}

void Run::check_everything() {
  for (std::size_t n = 0; n < 3; ++n) {
    cluster_.watch().compare(n, cluster_.node(n));
    cluster_.watch().check_whole(n, cluster_.node(n));
    clients_.check_issued(n);
    clients_.check_erased(n);
    for (const auto& [log, size] : cluster_.watch().acknowledged()) {
      const auto head = cluster_.node(n).head();
      const bool lost =
          cluster_.watch().is_harmed(log.office.value()) || cluster_.truth().doubted(log);
      tally_.require(lost || head->held_of(log) >= size, Promise::acknowledged,
                     cluster_.node(n).name() + " lacks what was answered");
    }
  }
}

void Run::heal() {
  end_faults();
  const bool differ = histories_differ();
  let_it_rest(30'000);
  check_nobody_appends_behind();
  tell_somebody_of_receipts();
  cluster_.run_ms(2'000);
  if (differ) check_evidence_everywhere();
  if (cluster_.up(kClone)) cluster_.kill(kClone);
  remember_refusals();
  for (std::size_t n = 0; n < 2; ++n) {  // whoever only believed a claim goes on
    cluster_.kill(n);
    restart(n, Expected::as_before);
  }
  let_it_rest(10'000);
  const LogId log{OfficeNumber(static_cast<std::uint16_t>(plan_.unlucky)), Epoch(1)};
  if (cluster_.truth().doubted(log) ||
      cluster_.node(plan_.unlucky).head()->standing != Standing::may_append)
    open_next_epoch();
  for (int number = 0; number < 6; number += 2) {  // a session goes on for more than one batch
    record_at(kKyiv, number);
    record_at(kWarsaw, number + 1);
    cluster_.run_ms(plan_.most_delay_ms * 4);
  }
  let_it_rest(kRestsWithinMs);
  tally_.require(at_rest(), Promise::liveness,
                 "not everything is settled two minutes after the last fault:" + words_of_rest());
  check_everything();
}

}  // namespace tallinn::swarm
