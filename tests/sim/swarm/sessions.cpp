// What a cluster does for its sessions: as net/peer_link_connection.cpp does over TLS.
#include "ledger/store_lacking.h"
#include "net/make_batch.h"
#include "tests/sim/swarm/cluster.h"

namespace tallinn::swarm {

namespace {

/// Those behind the last ones asked for; an answer asks for the next.
void ask_for_values(Session& session, const Head& head, const std::optional<Uuid>& after) {
  if (auto events = lacking_events(*head.snapshot, after, kMostEventsWanted)) session.want(*events);
}

}  // namespace

ValuesToo Cluster::values_on(const Link& link) const {
  const bool offices = nodes_[link.ends[0]]->office() && nodes_[link.ends[1]]->office();
  return offices ? ValuesToo::include : ValuesToo::leave_out;
}

void Cluster::meet(Link& link) {
  ++tally_.sessions;
  for (std::size_t side = 0; side < 2; ++side) {
    Node& one = *nodes_[link.ends[side]];
    Hello hello{kPeerVersion, charter_.id, one.name(), one.replica().held()};
    link.sessions[side] =
        std::make_unique<Session>(std::move(hello), nodes_[link.ends[1 - side]]->name(),
                                  SessionLimits{}, one.clock(now_ms_), values_on(link));
  }
  for (std::size_t side = 0; side < 2 && link.open(); ++side) {
    link.sessions[side]->start();
    obey(link, side);
  }
}

void Cluster::deliver(Link& link) {
  auto arrival = link.take(now_ms_);
  if (!arrival || !link.open()) return;
  Node& one = *nodes_[link.ends[arrival->side]];
  link.sessions[arrival->side]->on_bytes(arrival->bytes, one.clock(now_ms_));
  obey(link, arrival->side);
}

void Cluster::obey(Link& link, std::size_t side) {
  while (link.open() && up(link.ends[side])) {
    auto commands = link.sessions[side]->take_commands();
    if (commands.empty()) return;
    const Session* const session = link.sessions[side].get();
    for (SessionCommand& command : commands) {
      if (link.sessions[side].get() != session) return;  // it ended meanwhile
      obey(link, side, command);
    }
  }
}

void Cluster::obey(Link& link, std::size_t side, SessionCommand& command) {
  const std::size_t n = link.ends[side];
  Node& one = *nodes_[n];
  const Session* const session = link.sessions[side].get();
  const auto still = [&] { return one.up() && link.sessions[side].get() == session; };
  if (auto* out = std::get_if<SendBytes>(&command)) {
    const Node& other = *nodes_[link.ends[1 - side]];
    const std::int64_t delay = now_ms_ < other.slow_until_ms ? wire_.between(1'000, 5'000) : 0;
    link.send(1 - side, out->bytes, now_ms_, delay, wire_, tally_);
  } else if (auto* ready = std::get_if<PeerReady>(&command)) {
    for (const HeldLog& held : ready->hello.held) one.replica().show_own_log(held);
    if (!commit(n) || !still()) return;
    if (const auto own = one.head()->own; own && one.head()->standing == Standing::may_append)
      for (const HeldLog& held : ready->hello.held)
        tally_.require(held.log != *own || held.size <= one.head()->held_of(*own),
                       Promise::one_history,
                       one.name() + " appends, and a peer holds more of its log");
    const auto greeting = one.replica().notes_for_new_peer();
    for (const PeerNote& note : greeting) notes_.told(note);
    link.sessions[side]->greet(greeting);
    link.sessions[side]->on_written(0);
    ask_for_values(*link.sessions[side], *one.head(), std::nullopt);
  } else if (auto* make = std::get_if<MakeBatch>(&command)) {
    const auto head = one.head();
    auto batch = make_batch(*head->snapshot, head->given(), make->peer_held, values_on(link),
                            make->most_bytes);
    if (!batch) return on_fault(n, batch.error());
    for (const BatchLog& log : batch->logs) notes_.told({NoteKind::checkpoint, log.checkpoint});
    constexpr std::size_t kMostKept = 100;
    if (batches_.size() < kMostKept && !batch->entries.empty()) batches_.push_back(*batch);
    link.sessions[side]->on_batch_made(std::move(*batch));
  } else if (auto* taken = std::get_if<CommitBatch>(&command)) {
    const auto answer = give(n, taken->batch);
    if (answer && still()) link.sessions[side]->on_batch_committed(*answer, one.replica().held());
  } else if (auto* note = std::get_if<TakeNote>(&command)) {
    const auto answer = give(n, note->note);
    if (answer && still() && !*answer) link.sessions[side]->on_note_refused(answer->error());
  } else if (auto* wanted = std::get_if<MakeValues>(&command)) {
    auto values = values_of(*one.head()->snapshot, wanted->events, wanted->most_bytes);
    if (!values) return on_fault(n, values.error());
    link.sessions[side]->on_values_made(std::move(*values));
  } else if (auto* values = std::get_if<TakeValues>(&command)) {
    const auto staged = one.replica().stage_values(values->values);
    if (!staged) return on_fault(n, staged.error());
    if (commit(n) && still()) ask_for_values(*link.sessions[side], *one.head(), values->up_to);
  } else if (auto* closed = std::get_if<CloseSession>(&command)) {
    if (closed->fault) blamed_.push_back(closed->reason);
    // What was said before arrives, as over TCP: the other side ends by the farewell.
    if (!link.keeps_bytes || link.sessions[1 - side]->closed()) drop(link);
  }
}

}  // namespace tallinn::swarm
