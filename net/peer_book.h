// PeerBook: what the connections of a node's peers have in common: who is connected and who was,
// who is in the middle of a handshake, and how often which fault was met. Of one peer at most
// kMostOfOnePeer connections are open, whatever its key is good for: of more, the oldest that is
// not at work gives way. Shell; any thread. Private to net/peer_link*.
#pragma once

#include <atomic>
#include <mutex>

#include "net/handshake_limit.h"
#include "net/handshake_places.h"
#include "net/peer_link.h"
#include "net/peer_link_connection.h"

namespace tallinn {

using PeerConnectionPtr = std::shared_ptr<PeerConnection>;

class PeerBook {
 public:
  static constexpr std::size_t kMostOfOnePeer = 4;
  /// `options` must outlive it.
  explicit PeerBook(const PeerLinkOptions& options);

  /// A place for the handshake of who comes from that network; nothing when it has failed too
  /// often, which is counted. `give_way` ends the handshake; who has been at it too long for those
  /// who come is made to.
  std::optional<HandshakePlaces::Place> take_place(const std::string& network,
                                                   std::function<void()> give_way);
  /// After the handshake. False: the place had been given away.
  bool leave_place(HandshakePlaces::Place place);
  /// Counts it. Told at most once a second: strangers must not fill the log.
  void refuse_stranger(const std::string& network, PeerFault fault, std::string reason);
  /// Why a peer that is dialled could not be reached.
  void note_error(const std::string& peer, const std::string& error);
  void tell(PeerEvent::Kind kind, std::string peer, std::string reason) const;

  void on_open(const PeerConnectionPtr& connection);
  void on_ready(const PeerConnectionPtr& connection);
  void on_progress(const PeerConnectionPtr& connection) const;
  void on_closed(const PeerConnectionPtr& connection);

  void changed(const std::vector<PeerNote>& notes, const std::vector<HeldLog>& held) const;
  void stop(const std::string& reason) const;
  /// Also of those that have been told to end.
  std::size_t open() const;
  std::vector<NodeStatus::Peer> status() const;
  std::array<std::uint64_t, kPeerFaults> faults() const;

 private:
  struct Known {
    PeerConnectionPtr current;
    std::uint64_t reconnects = 0;
    std::string last_error;
    std::uint64_t bytes_read = 0;  ///< of connections that have ended
    std::uint64_t bytes_written = 0;
  };
  void count(PeerFault fault) { ++faults_[static_cast<std::size_t>(fault)]; }
  void tell_now_and_then(std::string peer, std::string reason);
  void tell_met(PeerEvent::Kind kind, const PeerConnectionPtr& with) const;
  /// Of the peer of `newest`, when it has too many.
  PeerConnectionPtr who_gives_way(const PeerConnectionPtr& newest);

  const PeerLinkOptions& options_;
  std::array<std::atomic<std::uint64_t>, kPeerFaults> faults_{};
  std::atomic<std::int64_t> refusal_told_ms_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, Known> known_;  ///< by name
  HandshakeLimit handshakes_;
  HandshakePlaces places_;
  std::vector<PeerConnectionPtr> open_;        ///< the oldest first
  std::vector<PeerConnectionPtr> giving_way_;  ///< told to end, and not at the end yet
};

}  // namespace tallinn
