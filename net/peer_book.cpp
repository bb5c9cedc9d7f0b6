#include "net/peer_book.h"

#include <algorithm>

namespace tallinn {

namespace {

constexpr std::int64_t kTellRefusalsEveryMs = 1'000;

}  // namespace

PeerBook::PeerBook(const PeerLinkOptions& options)
    : options_(options), handshakes_(options.handshakes_per_minute) {
  for (const CharterOffice& office : options.charter.offices) known_[office.name];
  for (const MirrorKeys& mirror : options.mirrors) known_[mirror.name];
  known_.erase(options.name);
}

void PeerBook::tell(PeerEvent::Kind kind, std::string peer, std::string reason) const {
  const PeerEvent event{.kind = kind, .peer = std::move(peer), .reason = std::move(reason)};
  if (options_.tell) options_.tell(event);
}

void PeerBook::tell_met(PeerEvent::Kind kind, const PeerConnectionPtr& with) const {
  const PeerEvent event{.kind = kind,
                        .peer = with->peer(),
                        .to_fetch = with->to_fetch_at_first(),
                        .to_send = with->to_send_at_first(),
                        .left = with->to_fetch(),
                        .left_to_send = with->lag()};
  if (options_.tell) options_.tell(event);
}

void PeerBook::tell_now_and_then(std::string peer, std::string reason) {
  const std::int64_t now = options_.clock().value();
  std::int64_t last = refusal_told_ms_;
  if (now - last >= kTellRefusalsEveryMs && refusal_told_ms_.compare_exchange_strong(last, now))
    tell(PeerEvent::Kind::refused, std::move(peer), std::move(reason));
}

std::optional<HandshakePlaces::Place> PeerBook::take_place(const std::string& network,
                                                           std::function<void()> give_way) {
  std::optional<HandshakePlaces::Taken> taken;
  {
    const std::lock_guard lock(mutex_);
    if (handshakes_.admits(network, options_.clock()))
      taken = places_.take(network, std::move(give_way));
  }
  if (!taken) {
    refuse_stranger(network, PeerFault::flood,
                    "too many of its handshakes have failed in a minute");
    return std::nullopt;
  }
  if (taken->gives_way) taken->gives_way();
  return taken->place;
}

bool PeerBook::leave_place(HandshakePlaces::Place place) {
  const std::lock_guard lock(mutex_);
  return places_.leave(place);
}

void PeerBook::refuse_stranger(const std::string& network, PeerFault fault, std::string reason) {
  count(fault);
  if (fault == PeerFault::handshake) {
    const std::lock_guard lock(mutex_);
    handshakes_.failed(network, options_.clock());
  }
  tell_now_and_then(network, std::move(reason));
}

void PeerBook::note_error(const std::string& peer, const std::string& error) {
  const std::lock_guard lock(mutex_);
  known_[peer].last_error = error;
}

PeerConnectionPtr PeerBook::who_gives_way(const PeerConnectionPtr& newest) {
  const auto of_peer = [&](const PeerConnectionPtr& one) { return one->peer() == newest->peer(); };
  if (static_cast<std::size_t>(std::ranges::count_if(open_, of_peer)) <= kMostOfOnePeer) return {};
  const auto idle = [&](const PeerConnectionPtr& one) { return of_peer(one) && !one->ready(); };
  const auto oldest = std::ranges::find_if(open_, idle);  // at last the newest
  PeerConnectionPtr goes = *oldest;
  open_.erase(oldest);
  giving_way_.push_back(goes);
  return goes;
}

void PeerBook::on_open(const PeerConnectionPtr& connection) {
  PeerConnectionPtr goes;
  {
    const std::lock_guard lock(mutex_);
    open_.push_back(connection);
    goes = who_gives_way(connection);
  }
  if (goes) goes->give_way();
}

void PeerBook::on_ready(const PeerConnectionPtr& connection) {
  PeerConnectionPtr older;
  {
    const std::lock_guard lock(mutex_);
    Known& peer = known_[connection->peer()];
    older = std::exchange(peer.current, connection);
    peer.last_error.clear();
  }
  if (older) tell_met(PeerEvent::Kind::left, older);
  if (older) older->stop("a newer connection took its place");
  tell_met(PeerEvent::Kind::connected, connection);
}

void PeerBook::on_progress(const PeerConnectionPtr& connection) const {
  const bool all_here = connection->to_fetch() == 0;
  tell_met(all_here ? PeerEvent::Kind::caught_up : PeerEvent::Kind::catching_up, connection);
}

void PeerBook::on_closed(const PeerConnectionPtr& connection) {
  bool was_current = false;
  {
    const std::lock_guard lock(mutex_);
    std::erase(open_, connection);
    std::erase(giving_way_, connection);
    Known& peer = known_[connection->peer()];
    peer.bytes_read += connection->bytes_read();
    peer.bytes_written += connection->bytes_written();
    was_current = peer.current == connection;
    if (was_current) {
      peer.current.reset();
      ++peer.reconnects;
    }
    if (!peer.current) peer.last_error = connection->reason();
  }
  if (connection->fault()) count(*connection->fault());
  if (was_current) tell_met(PeerEvent::Kind::left, connection);
  if (connection->fault() == PeerFault::flood && !was_current)
    tell_now_and_then(connection->peer(), connection->reason());
  else
    tell(was_current ? PeerEvent::Kind::lost : PeerEvent::Kind::refused, connection->peer(),
         connection->reason());
}

void PeerBook::changed(const std::vector<PeerNote>& notes, const std::vector<HeldLog>& held) const {
  const auto shared_notes = std::make_shared<const std::vector<PeerNote>>(notes);
  const auto shared_held = std::make_shared<const std::vector<HeldLog>>(held);
  const std::lock_guard lock(mutex_);
  for (const PeerConnectionPtr& connection : open_) connection->changed(shared_notes, shared_held);
}

void PeerBook::stop(const std::string& reason) const {
  const std::lock_guard lock(mutex_);
  for (const PeerConnectionPtr& connection : open_) connection->stop(reason);
}

std::size_t PeerBook::open() const {
  const std::lock_guard lock(mutex_);
  return open_.size() + giving_way_.size();
}

std::vector<NodeStatus::Peer> PeerBook::status() const {
  std::vector<NodeStatus::Peer> out;
  const UnixMillis now = options_.clock();
  const std::lock_guard lock(mutex_);
  for (const auto& [name, peer] : known_) {
    NodeStatus::Peer told{.name = name,
                          .bytes_read = peer.bytes_read,
                          .bytes_written = peer.bytes_written,
                          .reconnects = peer.reconnects,
                          .last_error = peer.last_error};
    if (const PeerConnectionPtr& current = peer.current) {
      told.connected = current->ready();
      told.lag_entries = current->lag();
      told.to_fetch = current->to_fetch();
      told.clock_ahead_ms = current->clock_ahead_ms();
      if (const auto since = current->lags_since()) told.lag_ms = now.value() - since->value();
      told.bytes_read += current->bytes_read();
      told.bytes_written += current->bytes_written();
    }
    out.push_back(std::move(told));
  }
  return out;
}

std::array<std::uint64_t, kPeerFaults> PeerBook::faults() const {
  std::array<std::uint64_t, kPeerFaults> out{};
  std::ranges::copy(faults_, out.begin());
  return out;
}

}  // namespace tallinn
