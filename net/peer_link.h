// PeerLinks: the node's connections to the other offices and to mirrors: one TLS stream each, a
// Session on it, batches from the newest Head and into the committer. Shell, coroutines; every
// connection is its own strand. Of two offices the one with the lower number dials, the other one
// listens; a mirror dials every office. A second connection of the same peer ends the older one. A
// lost connection is dialled again after a pause that grows from 250 ms to 5 s, with jitter
// (net/dial_pace.h); where only the link broke, it begins anew.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "net/committer.h"
#include "net/routes.h"
#include "net/session.h"

namespace boost::asio {
class io_context;
}

namespace tallinn {

/// What happened to a connection, for the log.
struct PeerEvent {
  enum class Kind : std::uint8_t {
    connected,
    catching_up,
    caught_up,
    left,  ///< the newest connection with that peer has ended, or was replaced
    lost,
    refused
  } kind = Kind::connected;
  std::string peer;            ///< its name, or the address of somebody unknown
  std::string reason = {};     ///< of a loss or refusal
  std::uint64_t to_fetch = 0;  ///< entries that this node lacked when they met
  std::uint64_t to_send = 0;   ///< entries that the peer lacked then
  std::uint64_t left = 0;      ///< of those to fetch
  std::uint64_t left_to_send = 0;
};

struct PeerLinkOptions {
  Charter charter;
  std::string name;                       ///< our own
  std::optional<OfficeNumber> office;     ///< our own; nothing: a mirror's node
  std::vector<MirrorKeys> mirrors;        ///< who may dial beside the offices
  Roster told;                            ///< keys known before any entry is: a chain's
  const SigningKey* transport = nullptr;  ///< must outlive the links
  std::string listen;                     ///< "H:P"; empty: nobody may dial this node
  struct Peer {
    std::string office;                  ///< of the charter
    std::vector<std::string> addresses;  ///< "H:P", tried in order
  };
  std::vector<Peer> peers;
  SessionLimits limits;
  std::uint32_t handshakes_per_minute = 120;  ///< failed ones that one address is served
  Clock clock;
  std::function<double()> random;              ///< [0, 1), for jitter; thread-safe
  std::function<void(const PeerEvent&)> tell;  ///< any thread
};

class PeerLinks {
 public:
  /// Error unavailable when it cannot bind. `io`, `heads` and `committer` outlive it.
  static Result<std::unique_ptr<PeerLinks>> start(boost::asio::io_context& io,
                                                  PeerLinkOptions options, HeadSlot& heads,
                                                  Committer& committer);
  virtual ~PeerLinks() = default;
  virtual unsigned short port() const = 0;
  /// From the committer, after a commit that changed something. Any thread.
  virtual void changed(const std::vector<PeerNote>& notes, const std::vector<HeldLog>& held) = 0;
  virtual std::vector<NodeStatus::Peer> status() const = 0;
  /// How often each PeerFault was met, in their order.
  virtual std::array<std::uint64_t, kPeerFaults> faults() const = 0;
  /// No new connections; says bye on open ones. They end soon after; `open()` counts them.
  virtual void stop() = 0;
  virtual std::size_t open() const = 0;
};

}  // namespace tallinn
