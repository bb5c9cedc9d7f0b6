#include "net/peer_link.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>
#include <set>

#include "net/address.h"
#include "net/awaiting.h"
#include "net/handshake_limit.h"
#include "net/listen.h"
#include "net/peer_key.h"
#include "net/peer_link_connection.h"
#include "net/stream_deadline.h"
#include "net/tls.h"

namespace tallinn {
namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kHandshake{5'000};
constexpr std::int64_t kFirstPauseMs = 250;
constexpr std::int64_t kLongestPauseMs = 5'000;
constexpr std::int64_t kWorkedMs = 5'000;  ///< a connection that lived as long was a good one
constexpr int kMaxStrangers = 32;          ///< connections whose handshake is not finished

using PeerConnectionPtr = std::shared_ptr<PeerConnection>;

struct Known {
  PeerConnectionPtr current;
  std::uint64_t reconnects = 0;
  std::string last_error;
  std::uint64_t bytes_read = 0;  ///< of connections that have ended
  std::uint64_t bytes_written = 0;
};

struct Links {
  asio::io_context& io;
  PeerLinkOptions options;
  HeadSlot& heads;
  Committer& committer;
  asio::ssl::context tls;
  PeerStrand strand;
  tcp::acceptor acceptor;
  std::atomic<bool> stopping = false;
  std::atomic<int> strangers = 0;
  std::atomic<std::int64_t> stranger_told_ms = 0;
  std::array<std::atomic<std::uint64_t>, kPeerFaults> faults{};
  mutable std::mutex mutex;
  std::map<std::string, Known> known;  // by name
  HandshakeLimit handshakes;
  std::set<PeerConnectionPtr> open;
  std::vector<std::shared_ptr<asio::steady_timer>> pauses;  // on the strand

  Links(asio::io_context& context, PeerLinkOptions given, HeadSlot& slot, Committer& commits,
        TlsContext tls_context)
      : io(context),
        options(std::move(given)),
        heads(slot),
        committer(commits),
        tls(tls_context.release()),
        strand(asio::make_strand(context.get_executor())),
        acceptor(strand),
        handshakes(options.handshakes_per_minute) {
    for (const CharterOffice& office : options.charter.offices) known[office.name];
    for (const MirrorKeys& mirror : options.mirrors) known[mirror.name];
    known.erase(options.name);
  }

  void tell(PeerEvent::Kind kind, std::string peer, std::string reason) const {
    const PeerEvent event{.kind = kind, .peer = std::move(peer), .reason = std::move(reason)};
    if (options.tell) options.tell(event);
  }
  void tell_met(PeerEvent::Kind kind, const PeerConnectionPtr& with) const {
    const PeerEvent event{.kind = kind,
                          .peer = with->peer(),
                          .to_fetch = with->to_fetch_at_first(),
                          .to_send = with->to_send_at_first(),
                          .left = with->to_fetch(),
                          .left_to_send = with->lag()};
    if (options.tell) options.tell(event);
  }
  void on_progress(const PeerConnectionPtr& with) const {
    tell_met(with->to_fetch() == 0 ? PeerEvent::Kind::caught_up : PeerEvent::Kind::catching_up,
             with);
  }
  /// Told at most once a second: strangers must not fill the log.
  void refuse_stranger(const std::string& from, PeerFault fault, std::string reason) {
    count(fault);
    if (fault == PeerFault::handshake) {
      const std::lock_guard lock(mutex);
      handshakes.failed(from, options.clock());
    }
    const std::int64_t now = options.clock().value();
    std::int64_t last = stranger_told_ms;
    if (now - last >= 1'000 && stranger_told_ms.compare_exchange_strong(last, now))
      tell(PeerEvent::Kind::refused, from, std::move(reason));
  }
  /// Has its address not failed too often?
  bool may_try(const tcp::socket& socket) {
    boost::system::error_code ignored;
    const std::string from = network_of(socket.remote_endpoint(ignored).address());
    {
      const std::lock_guard lock(mutex);
      if (handshakes.admits(from, options.clock())) return true;
    }
    refuse_stranger(from, PeerFault::flood, "too many of its handshakes have failed in a minute");
    return false;
  }
  /// Of two offices the one with the lower number dials; a mirror dials.
  bool dials(const PeerLinkOptions::Peer& peer) const {
    const auto office = options.charter.office_number(peer.office);
    return !peer.addresses.empty() && office && (!options.office || *options.office < *office);
  }
  void count(PeerFault fault) { ++faults[static_cast<std::size_t>(fault)]; }
  void note_error(const std::string& peer, const std::string& error) {
    const std::lock_guard lock(mutex);
    known[peer].last_error = error;
  }

  void on_ready(const PeerConnectionPtr& connection) {
    PeerConnectionPtr older;
    {
      const std::lock_guard lock(mutex);
      older = std::exchange(known[connection->peer()].current, connection);
      known[connection->peer()].last_error.clear();
    }
    if (older) tell_met(PeerEvent::Kind::left, older);
    if (older) older->stop("a newer connection took its place");
    tell_met(PeerEvent::Kind::connected, connection);
  }

  void on_closed(const PeerConnectionPtr& connection) {
    bool was_current = false;
    {
      const std::lock_guard lock(mutex);
      open.erase(connection);
      Known& peer = known[connection->peer()];
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
    tell(was_current ? PeerEvent::Kind::lost : PeerEvent::Kind::refused, connection->peer(),
         connection->reason());
  }
};

using SharedLinks = std::shared_ptr<Links>;

/// Who else has that key.
std::optional<KnownPeer> peer_of(HeadSlot& heads, const PeerLinkOptions& options,
                                 const PublicKey& transport) {
  auto peer = peer_with_transport(heads.get()->roster, options.told, options.mirrors, transport);
  return peer && peer->name != options.name ? peer : std::nullopt;
}

asio::awaitable<Result<KnownPeer>> shake_hands(SharedLinks links, PeerStrand strand,
                                               std::shared_ptr<PeerStream> stream,
                                               asio::ssl::stream_base::handshake_type side) {
  const StreamDeadline deadline(strand, stream, kHandshake);
  auto [error] = co_await stream->async_handshake(side, kTuple);
  if (error) co_return refuse(Code::unauthorised, "no TLS handshake: " + error.message());
  const auto key = tls_peer_key(stream->native_handle());
  auto peer = key ? peer_of(links->heads, links->options, *key) : std::nullopt;
  if (!peer)
    co_return refuse(Code::unauthorised,
                     "its key is none of an office's current log, nor a listed mirror's");
  co_return *std::move(peer);
}

asio::awaitable<PeerConnectionPtr> run_connection(SharedLinks links, PeerStrand strand,
                                                  std::shared_ptr<PeerStream> stream,
                                                  KnownPeer peer) {
  boost::system::error_code ignored;
  stream->lowest_layer().set_option(tcp::no_delay(true), ignored);
  Hello hello;
  hello.ledger = links->options.charter.id;
  hello.name = links->options.name;
  PeerConnection::Options options{
      .peer = peer.name,
      .hello = std::move(hello),
      .limits = links->options.limits,
      .clock = links->options.clock,
      .heads = links->heads,
      .committer = links->committer,
      .values = peer.office && links->options.office ? ValuesToo::include : ValuesToo::leave_out,
      .on_ready = [raw = links.get()](const PeerConnectionPtr& one) { raw->on_ready(one); },
      .on_progress = [raw = links.get()](const PeerConnectionPtr& one) { raw->on_progress(one); }};
  auto connection = std::make_shared<PeerConnection>(strand, std::move(stream), std::move(options));
  {
    const std::lock_guard lock(links->mutex);
    links->open.insert(connection);
  }
  if (links->stopping) connection->stop("the node is stopping");
  co_await connection->run();
  links->on_closed(connection);
  co_return connection;
}

asio::awaitable<void> welcome(SharedLinks links, PeerStrand strand,
                              std::shared_ptr<PeerStream> stream) {
  boost::system::error_code ignored;
  const std::string from = network_of(stream->lowest_layer().remote_endpoint(ignored).address());
  auto peer = co_await shake_hands(links, strand, stream, asio::ssl::stream_base::server);
  --links->strangers;
  if (!peer) {
    stream->lowest_layer().close(ignored);
    links->refuse_stranger(from, PeerFault::handshake, peer.error().detail);
    co_return;
  }
  co_await run_connection(links, strand, stream, *peer);
}

asio::awaitable<void> accept_loop(SharedLinks links) {
  asio::steady_timer pause(links->strand);
  while (!links->stopping) {
    auto strand = asio::make_strand(links->io.get_executor());
    tcp::socket socket(strand);
    auto [error] = co_await links->acceptor.async_accept(socket, kTuple);
    if (links->stopping) co_return;
    if (error) {  // such as too many open files
      pause.expires_after(milliseconds(50));
      co_await pause.async_wait(kTuple);
      continue;
    }
    if (links->strangers >= kMaxStrangers || !links->may_try(socket)) continue;  // closes it
    ++links->strangers;
    auto stream = std::make_shared<PeerStream>(std::move(socket), links->tls);
    asio::co_spawn(strand, welcome(links, strand, std::move(stream)), asio::detached);
  }
}

/// The connection that was, after it has ended; or why there was none.
asio::awaitable<Result<PeerConnectionPtr>> dial(SharedLinks links, PeerStrand strand,
                                                std::string peer, std::string text) {
  const auto address = parse_address(text);
  if (!address) co_return std::unexpected(address.error());
  auto stream = std::make_shared<PeerStream>(tcp::socket(strand), links->tls);
  const auto unreachable = [&](const boost::system::error_code& error) {
    return refuse(Code::unavailable, "cannot reach " + text + ": " + error.message());
  };
  {
    const StreamDeadline deadline(strand, stream, kHandshake);
    tcp::resolver resolver(strand);
    const std::string port = std::to_string(address->port);
    auto [resolve_error, endpoints] = co_await resolver.async_resolve(address->host, port, kTuple);
    if (resolve_error) co_return unreachable(resolve_error);
    auto [error, endpoint] =
        co_await asio::async_connect(stream->lowest_layer(), endpoints, kTuple);
    if (error) co_return unreachable(error);
  }
  auto met = co_await shake_hands(links, strand, stream, asio::ssl::stream_base::client);
  if (!met) co_return std::unexpected(met.error());
  if (met->name != peer)
    co_return refuse(Code::unauthorised, text + " is the node of " + met->name);
  co_return co_await run_connection(links, strand, stream, *met);
}

/// On the links' strand; each connection has its own.
asio::awaitable<void> dial_loop(SharedLinks links, PeerLinkOptions::Peer peer,
                                std::shared_ptr<asio::steady_timer> pause) {
  std::int64_t pause_ms = kFirstPauseMs;
  while (!links->stopping) {
    for (const std::string& address : peer.addresses) {
      if (links->stopping) co_return;
      auto strand = asio::make_strand(links->io.get_executor());
      auto dialling = dial(links, strand, peer.office, address);
      const UnixMillis begun = links->options.clock();
      auto ended = co_await asio::co_spawn(strand, std::move(dialling), asio::use_awaitable);
      if (!ended) {
        links->note_error(peer.office, ended.error().detail);
        if (pause_ms == kFirstPauseMs)
          links->tell(PeerEvent::Kind::refused, peer.office, ended.error().detail);
      } else {  // a peer that ends it again and again is not dialled again and again
        const bool worked = links->options.clock().value() - begun.value() >= kWorkedMs;
        if (worked || (*ended)->link_broke()) pause_ms = kFirstPauseMs;
        break;
      }
    }
    if (links->stopping) co_return;
    const double jitter = 0.5 + links->options.random() / 2;
    pause->expires_after(
        milliseconds(static_cast<std::int64_t>(static_cast<double>(pause_ms) * jitter)));
    pause_ms = std::min(pause_ms * 2, kLongestPauseMs);
    co_await pause->async_wait(kTuple);
  }
}

class PeerLinksImpl final : public PeerLinks {
 public:
  explicit PeerLinksImpl(SharedLinks links) : links_(std::move(links)) {
    boost::system::error_code ignored;
    if (links_->acceptor.is_open()) {
      port_ = links_->acceptor.local_endpoint(ignored).port();
      asio::co_spawn(links_->strand, accept_loop(links_), asio::detached);
    }
    for (const auto& peer : links_->options.peers) {
      if (!links_->dials(peer)) continue;
      auto pause = std::make_shared<asio::steady_timer>(links_->strand);
      links_->pauses.push_back(pause);
      asio::co_spawn(links_->strand, dial_loop(links_, peer, pause), asio::detached);
    }
  }
  ~PeerLinksImpl() override { PeerLinksImpl::stop(); }

  unsigned short port() const override { return port_; }

  void changed(const std::vector<PeerNote>& notes, const std::vector<HeldLog>& held) override {
    const auto shared_notes = std::make_shared<const std::vector<PeerNote>>(notes);
    const auto shared_held = std::make_shared<const std::vector<HeldLog>>(held);
    const std::lock_guard lock(links_->mutex);
    for (const PeerConnectionPtr& connection : links_->open)
      connection->changed(shared_notes, shared_held);
  }

  std::vector<NodeStatus::Peer> status() const override {
    std::vector<NodeStatus::Peer> out;
    const UnixMillis now = links_->options.clock();
    const std::lock_guard lock(links_->mutex);
    for (const auto& [name, peer] : links_->known) {
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

  std::array<std::uint64_t, kPeerFaults> faults() const override {
    std::array<std::uint64_t, kPeerFaults> out{};
    std::ranges::copy(links_->faults, out.begin());
    return out;
  }

  void stop() override {
    if (links_->stopping.exchange(true)) return;
    asio::post(links_->strand, [links = links_] {
      boost::system::error_code ignored;
      links->acceptor.close(ignored);
      for (const auto& pause : links->pauses) pause->cancel();
    });
    const std::lock_guard lock(links_->mutex);
    for (const PeerConnectionPtr& connection : links_->open)
      connection->stop("the node is stopping");
  }

  std::size_t open() const override {
    const std::lock_guard lock(links_->mutex);
    return links_->open.size();
  }

 private:
  SharedLinks links_;
  unsigned short port_ = 0;
};

}  // namespace

Result<std::unique_ptr<PeerLinks>> PeerLinks::start(asio::io_context& io, PeerLinkOptions options,
                                                    HeadSlot& heads, Committer& committer) {
  const SigningKey& transport = *options.transport;
  auto tls = make_tls_context(transport, [&heads, options](const PublicKey& key) {
    return peer_of(heads, options, key).has_value();
  });
  if (!tls) return std::unexpected(tls.error());
  auto links = std::make_shared<Links>(io, std::move(options), heads, committer, std::move(*tls));
  if (const std::string& listen = links->options.listen; !listen.empty())
    if (auto listens = listen_at(links->acceptor, listen, "peers", "listen"); !listens)
      return std::unexpected(listens.error());
  return std::make_unique<PeerLinksImpl>(std::move(links));
}

}  // namespace tallinn
