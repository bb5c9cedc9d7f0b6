#include "net/session.h"

#include <algorithm>
#include <iterator>

#include "ledger/held_logs.h"
#include "ledger/sha256.h"

namespace tallinn {
Session::Session(Hello ours, std::string expected_name, SessionLimits limits, UnixMillis now,
                 ValuesToo values)
    : ours_(std::move(ours)),
      expected_name_(std::move(expected_name)),
      limits_(limits),
      values_(values),
      begun_(now),
      now_(now),
      last_heard_(now),
      last_said_(now),
      last_ping_(now),
      acked_at_(now),
      held_(ours_.held) {}

void Session::start() {
  send(ours_);
}

void Session::send(const Frame& frame) {
  last_said_ = now_;
  commands_.push_back(SendBytes{encode_frame(frame)});
}

void Session::close(std::string reason, std::optional<PeerFault> fault, Farewell farewell) {
  if (closed_) return;
  if (farewell == Farewell::say) send(Bye{reason});
  closed_ = true;
  commands_.push_back(CloseSession{std::move(reason), fault});
}

std::vector<SessionCommand> Session::take_commands() {
  return std::exchange(commands_, {});
}

void Session::on_bytes(BytesView bytes, UnixMillis now) {
  if (closed_) return;
  now_ = last_heard_ = now;
  auto frames = cutter_.feed(bytes);
  if (!frames) return close(frames.error().detail, PeerFault::frame);
  if (!cutter_.in_frame())
    frame_since_.reset();
  else if (!frame_since_ || !frames->empty())
    frame_since_ = now;
  for (Frame& frame : *frames) {
    if (closed_) return;
    on_frame(std::move(frame), now);
  }
}

void Session::on_frame(Frame frame, UnixMillis now) {
  if (auto* hello = std::get_if<Hello>(&frame)) return on_hello(std::move(*hello));
  if (auto* bye = std::get_if<Bye>(&frame))
    return close("the peer ended it: " + bye->reason, std::nullopt, Farewell::leave_out);
  if (!peer_ready_) return close("the peer spoke before its hello", PeerFault::turn);
  if (auto* batch = std::get_if<BatchFrame>(&frame)) return on_batch(std::move(batch->batch));
  if (auto* note = std::get_if<NoteFrame>(&frame)) {
    told_by_peer_.push_back(sha256(note->note.text));
    if (told_by_peer_.size() > kNotesRemembered) told_by_peer_.pop_front();
    commands_.push_back(TakeNote{std::move(note->note)});
  } else if (auto* ack = std::get_if<AckFrame>(&frame)) {
    on_ack(ack->held);
  } else if (std::holds_alternative<Ping>(frame)) {
    send(Pong{now});
  } else if (auto* want = std::get_if<WantFrame>(&frame)) {
    if (values_ == ValuesToo::leave_out || std::exchange(asked_, true))
      return close("the peer asked for withheld values when it may not", PeerFault::turn);
    commands_.push_back(MakeValues{std::move(want->events), pace_.bytes()});
  } else if (auto* values = std::get_if<ValuesFrame>(&frame)) {
    on_values(std::move(values->values));
  } else if (const auto* pong = std::get_if<Pong>(&frame)) {
    on_pong(pong->clock, now);
  }
}

void Session::on_ack(const std::vector<HeldLog>& held) {
  if (unacked_.empty()) return close("the peer acknowledged what was not sent", PeerFault::turn);
  const UnderWay acked = unacked_.front();
  unacked_.pop_front();
  acked_at_ = now_;
  pace_.on_ack(acked.bytes, now_.value() - acked.since.value());
  if (learn_peer_holds(held)) ask_for_batch();
}

void Session::on_values(std::vector<WithheldValue> values) {
  const std::vector<Uuid> asked_for = std::exchange(asked_for_, {});
  const auto was_asked_for = [&](const WithheldValue& value) {
    return std::ranges::find(asked_for, value.event) != asked_for.end();
  };
  if (asked_for.empty() || !std::ranges::all_of(values, was_asked_for))
    return close("the peer sent values that nobody asked for", PeerFault::turn);
  const Uuid up_to = values.empty() ? asked_for.back() : values.back().event;
  commands_.push_back(TakeValues{std::move(values), up_to});
}

void Session::on_pong(UnixMillis peer_clock, UnixMillis now) {
  constexpr std::int64_t kFarthestMs = 1'000'000'000'000'000;  // whatever the peer says
  if (pings_out_ == 0) return;
  --pings_out_;
  const auto pinged = std::exchange(timed_ping_, std::nullopt);
  if (!pinged) return;
  const std::int64_t halfway = pinged->value() + (now.value() - pinged->value()) / 2;
  clock_ahead_ms_ = std::clamp(peer_clock.value(), -kFarthestMs, kFarthestMs) - halfway;
}

void Session::on_hello(Hello hello) {
  if (peer_ready_) return close("the peer said hello twice", PeerFault::turn);
  if (hello.version != kPeerVersion)
    return close("the peer speaks version " + std::to_string(hello.version) + ", this node " +
                     std::to_string(kPeerVersion),
                 PeerFault::version);
  if (hello.ledger != ours_.ledger)
    return close("the peer keeps another ledger", PeerFault::ledger);
  if (hello.name != expected_name_)
    return close("the peer is not who its key says", PeerFault::name);
  peer_ready_ = true;
  if (!learn_peer_holds(hello.held)) return;
  commands_.push_back(PeerReady{std::move(hello)});
  ask_for_batch();
}

void Session::on_batch(PeerBatch batch) {
  if (committing_ == kBatchesUnderWay)
    return close("the peer sent a batch before earlier ones were acknowledged", PeerFault::turn);
  ++committing_;
  if (!learn_peer_holds(sizes_after(batch))) return;
  commands_.push_back(CommitBatch{std::move(batch)});
}

void Session::on_batch_committed(Result<void> taken, std::vector<HeldLog> held) {
  if (closed_) return;
  --committing_;
  if (!taken) return close(taken.error().detail, PeerFault::batch);
  held_ = merged(held_, held);
  send(AckFrame{held_});
  ask_for_batch();
}

void Session::on_note_refused(const Error& error) {
  if (error.code == Code::behind) return;  // it came too early, which is nobody's fault
  // Whoever passes on what another office has signed is not to blame for it.
  if (!error.office.empty() && error.office != expected_name_) return;
  close(error.detail, PeerFault::note);
}

void Session::on_held(std::vector<HeldLog> held) {
  held_ = merged(held_, held);
  ask_for_batch();
}

bool Session::learn_peer_holds(const std::vector<HeldLog>& held) {
  peer_held_ = merged(peer_held_, held);
  if (peer_held_.size() > kMaxHeldLogs) {
    close("the peer holds more logs than there may be", PeerFault::frame);
    return false;
  }
  peer_will_hold_ = merged(peer_will_hold_, held);
  return true;
}

void Session::ask_for_batch() {
  if (closed_ || !peer_ready_ || making_batch_ || unacked_.size() == kBatchesUnderWay) return;
  if (missing_from(peer_will_hold_, held_) == 0) return;
  making_batch_ = true;
  commands_.push_back(MakeBatch{peer_will_hold_, pace_.bytes()});
}

void Session::on_batch_made(PeerBatch batch) {
  making_batch_ = false;
  if (closed_ || batch.entries.empty()) return;
  unacked_.push_back({batch_bytes(batch), now_});
  peer_will_hold_ = merged(peer_will_hold_, sizes_after(batch));
  send(BatchFrame{std::move(batch)});
  ask_for_batch();
}

void Session::tell(const PeerNote& note) {
  if (closed_ || !peer_ready_) return;
  if (std::ranges::find(told_by_peer_, sha256(note.text)) == told_by_peer_.end())
    send(NoteFrame{note});
}

void Session::greet(std::vector<PeerNote> notes) {
  std::ranges::move(notes, std::back_inserter(greeting_));
}

void Session::on_written(std::size_t waiting) {
  while (!closed_ && !greeting_.empty() && waiting < kGreetingBytes) {
    waiting += greeting_.front().text.size();
    tell(greeting_.front());
    greeting_.pop_front();
  }
}

bool Session::want(std::vector<Uuid> events) {
  if (closed_ || !peer_ready_ || !asked_for_.empty() || events.empty() ||
      values_ == ValuesToo::leave_out)
    return false;
  asked_for_ = events;
  asked_since_ = now_;
  send(WantFrame{std::move(events)});
  return true;
}

void Session::on_values_made(std::vector<WithheldValue> values) {
  asked_ = false;
  if (!closed_) send(ValuesFrame{std::move(values)});
}

void Session::on_tick(UnixMillis now) {
  if (closed_) return;
  now_ = now;
  if (const auto why = given_up(now)) return close(std::string(*why), PeerFault::silence);
  const std::int64_t silence = now.value() - last_heard_.value();
  const std::int64_t since_ping = now.value() - last_ping_.value();
  // A peer that hears one long frame of ours and nothing else takes us for alive, and must be told
  // in the meantime that it is heard.
  const std::int64_t quiet = std::max(silence, now.value() - last_said_.value());
  const bool due = quiet >= limits_.ping_after_ms && since_ping >= limits_.ping_after_ms;
  const bool first = !clock_ahead_ms_ && pings_out_ == 0;
  if (peer_ready_ && (due || first || since_ping >= limits_.ping_every_ms)) ping();
}

std::optional<std::string_view> Session::given_up(UnixMillis now) const {
  const auto passed = [now](UnixMillis since, std::int64_t within_ms) {
    return now.value() - since.value() >= within_ms;
  };
  if (!peer_ready_ && passed(begun_, limits_.hello_within_ms))
    return "the peer said no hello in time";
  if (passed(last_heard_, limits_.dead_after_ms)) return "the peer is silent";
  if (frame_since_ && passed(*frame_since_, limits_.frame_within_ms))
    return "the peer sends a frame too slowly";
  if (!unacked_.empty() &&
      passed(std::max(unacked_.front().since, acked_at_), limits_.answer_within_ms))
    return "the peer does not acknowledge what it is sent";
  if (!asked_for_.empty() && passed(asked_since_, limits_.answer_within_ms))
    return "the peer does not answer what it is asked";
  return std::nullopt;
}

void Session::ping() {
  last_ping_ = now_;
  if (pings_out_++ == 0) timed_ping_ = now_;
  send(Ping{});
}

void Session::stop(std::string reason) {
  close(std::move(reason), std::nullopt);
}

std::uint64_t Session::lag_entries() const {
  return missing_from(peer_held_, held_);
}

std::uint64_t Session::to_fetch_entries() const {
  return missing_from(held_, peer_held_);
}

}  // namespace tallinn
