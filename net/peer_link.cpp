#include "net/peer_link.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/address.h"
#include "net/awaiting.h"
#include "net/dial_pace.h"
#include "net/listen.h"
#include "net/peer_book.h"
#include "net/peer_key.h"
#include "net/stream_deadline.h"
#include "net/tls.h"

namespace tallinn {
namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kHandshake{5'000};
constexpr std::int64_t kWorkedMs = 5'000;  ///< a connection that lived as long was a good one

struct Links {
  asio::io_context& io;
  const PeerLinkOptions options;
  HeadSlot& heads;
  Committer& committer;
  asio::ssl::context tls;
  PeerStrand strand;
  tcp::acceptor acceptor;
  std::atomic<bool> stopping = false;
  PeerBook book;
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
        book(options) {}

  /// Of two offices the one with the lower number dials; a mirror dials.
  bool dials(const PeerLinkOptions::Peer& peer) const {
    const auto office = options.charter.office_number(peer.office);
    return !peer.addresses.empty() && office && (!options.office || *options.office < *office);
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
      .on_ready = [book = &links->book](const PeerConnectionPtr& one) { book->on_ready(one); },
      .on_progress = [book =
                          &links->book](const PeerConnectionPtr& one) { book->on_progress(one); }};
  auto connection = std::make_shared<PeerConnection>(strand, std::move(stream), std::move(options));
  links->book.on_open(connection);
  if (links->stopping) connection->stop("the node is stopping");
  co_await connection->run();
  links->book.on_closed(connection);
  co_return connection;
}

struct Stranger {
  std::shared_ptr<PeerStream> stream;
  std::string network;
  HandshakePlaces::Place place = 0;
};

asio::awaitable<void> welcome(SharedLinks links, PeerStrand strand, Stranger stranger) {
  auto peer = co_await shake_hands(links, strand, stranger.stream, asio::ssl::stream_base::server);
  if (!links->book.leave_place(stranger.place))
    peer = refuse(Code::unavailable, "no handshake until others needed its place");
  if (!peer) {
    boost::system::error_code ignored;
    stranger.stream->lowest_layer().close(ignored);
    links->book.refuse_stranger(stranger.network, PeerFault::handshake, peer.error().detail);
    co_return;
  }
  co_await run_connection(links, strand, stranger.stream, *peer);
}

void admit(const SharedLinks& links, const PeerStrand& strand, tcp::socket socket) {
  boost::system::error_code ignored;
  Stranger stranger{.stream = {}, .network = network_of(socket.remote_endpoint(ignored).address())};
  stranger.stream = std::make_shared<PeerStream>(std::move(socket), links->tls);
  const std::weak_ptr<PeerStream> stream = stranger.stream;
  const auto place = links->book.take_place(stranger.network, [strand, stream] {
    asio::post(strand, [stream] {
      boost::system::error_code unneeded;
      if (const auto open = stream.lock()) open->lowest_layer().close(unneeded);
    });
  });
  if (!place) return;  // closes it
  stranger.place = *place;
  asio::co_spawn(strand, welcome(links, strand, std::move(stranger)), asio::detached);
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
    admit(links, strand, std::move(socket));
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
  DialPace pace;
  while (!links->stopping) {
    for (const std::string& address : peer.addresses) {
      if (links->stopping) co_return;
      auto strand = asio::make_strand(links->io.get_executor());
      auto dialling = dial(links, strand, peer.office, address);
      const UnixMillis begun = links->options.clock();
      auto ended = co_await asio::co_spawn(strand, std::move(dialling), asio::use_awaitable);
      if (!ended) {
        links->book.note_error(peer.office, ended.error().detail);
        if (pace.at_first())
          links->book.tell(PeerEvent::Kind::refused, peer.office, ended.error().detail);
      } else {  // a peer that ends it again and again is not dialled again and again
        const bool worked = links->options.clock().value() - begun.value() >= kWorkedMs;
        if (worked || (*ended)->link_broke()) pace.begin_anew();
        break;
      }
    }
    if (links->stopping) co_return;
    pause->expires_after(milliseconds(pace.next_ms(links->options.random())));
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
    links_->book.changed(notes, held);
  }
  std::vector<NodeStatus::Peer> status() const override { return links_->book.status(); }
  std::array<std::uint64_t, kPeerFaults> faults() const override { return links_->book.faults(); }
  std::size_t open() const override { return links_->book.open(); }

  void stop() override {
    if (links_->stopping.exchange(true)) return;
    asio::post(links_->strand, [links = links_] {
      boost::system::error_code ignored;
      links->acceptor.close(ignored);
      for (const auto& pause : links->pauses) pause->cancel();
    });
    links_->book.stop("the node is stopping");
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
