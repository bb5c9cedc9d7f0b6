#include "net/node.h"

#include <sodium.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
#include <filesystem>

#include "ledger/file_keys.h"
#include "ledger/file_text.h"
#include "ledger/way_out.h"
#include "net/node_log.h"
#include "net/peer_link.h"
#include "projections/chain.h"

namespace tallinn {
namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr std::string_view kVersion = "0.1.0";
constexpr std::size_t kMaxCharterBytes = 256u << 10;
constexpr std::size_t kLongReadThreads = 2;
constexpr milliseconds kWaitersTick{200};
constexpr milliseconds kRequestsEndWithin{5'000};
constexpr milliseconds kPeersEndWithin{2'000};

std::unexpected<Error> because(const std::string& what, const Error& error) {
  return refuse(error.code, what + ": " + error.detail, error.field);
}
std::unexpected<Error> because(const std::string& what, const Fault& fault) {
  return refuse(Code::unavailable, what + ": " + fault.detail);
}

/// What an operator does about a store that does not open whole.
std::unexpected<Error> damaged(const std::string& what, const Fault& fault) {
  auto error = because(what, fault);
  if (fault.kind != Fault::corrupt) return error;
  return refuse(error.error().code,
                error.error().detail + "; nothing was changed; " + std::string(way_out_of(fault)));
}

Result<Charter> load_charter(const std::string& path) {
  const auto text = read_file(path, kMaxCharterBytes);
  if (!text) return because("charter " + path, text.error());
  auto charter = parse_charter(*text);
  if (!charter) return because("charter " + path, charter.error());
  return charter;
}

/// The keys of the file; whether a log is open for them, the replica judges.
Result<NodeIdentity> load_identity(const std::string& path, const Charter& charter) {
  const auto file = load_key_file(path);
  if (!file) return because("key " + path, file.error());
  const auto office = charter.office_number(file->owner.name);
  if (file->owner.kind != KeyOwner::Kind::office || !office)
    return refuse(Code::unauthorised,
                  "key " + path + ": it is not the key of an office of this charter");
  return NodeIdentity{.office = *office, .keys = derive_office_keys(file->seed.seed())};
}

/// Empty without a chain.
Result<Roster> load_chain(const std::string& path, const Charter& charter) {
  if (path.empty()) return Roster();
  const auto text = read_file(path, kMaxChainBytes);
  if (!text) return because("chain " + path, text.error());
  auto roster = verify_chain(*text, charter);
  if (!roster) return because("chain " + path, roster.error());
  return roster;
}

/// Everything opened, nothing running. Members go in reverse order.
struct Parts {
  Charter charter;
  Roster told;
  OfficeNumber office;
  std::unique_ptr<Store> store;
  std::unique_ptr<Anchor> anchor;
  HeadSlot heads;
  std::optional<SigningKey> transport;
  std::unique_ptr<Replica> replica;
};

Result<std::unique_ptr<Parts>> open_parts(const NodeConfig& config) {
  auto parts = std::make_unique<Parts>();
  auto charter = load_charter(config.charter);
  if (!charter) return std::unexpected(charter.error());
  parts->charter = std::move(*charter);
  auto told = load_chain(config.chain, parts->charter);
  if (!told) return std::unexpected(told.error());
  parts->told = std::move(*told);
  auto identity = load_identity(config.key, parts->charter);
  if (!identity) return std::unexpected(identity.error());
  parts->office = identity->office;
  parts->transport.emplace(identity->keys.transport.seed());
  std::error_code error;
  std::filesystem::create_directories(config.data, error);
  if (error)
    return refuse(Code::unavailable, "data folder " + config.data + ": " + error.message());
  auto anchor = open_anchor_file(config.anchor);
  if (!anchor) return because("anchor " + config.anchor, anchor.error());
  parts->anchor = std::move(*anchor);
  auto store = Store::open(config.data + "/db");
  if (!store) return damaged("store " + config.data + "/db", store.error());
  parts->store = std::move(*store);
  auto replica = Replica::open(*parts->store, *parts->anchor, parts->heads,
                               {.charter = parts->charter,
                                .identity = std::move(*identity),
                                .cosign_every = std::chrono::seconds(config.cosign_every_s)});
  if (!replica) return damaged("store " + config.data + "/db", replica.error());
  parts->replica = std::move(*replica);
  return parts;
}

Result<std::vector<PeerLinkOptions::Peer>> peers_of(const NodeConfig& config,
                                                    const Charter& charter, OfficeNumber own) {
  std::vector<PeerLinkOptions::Peer> out;
  for (const auto& peer : config.peers) {
    const auto office = charter.office_number(peer.office);
    if (!office)
      return refuse(Code::malformed,
                    "peers.office: the charter names no office \"" + peer.office + "\"",
                    "peers.office");
    if (*office != own) out.push_back({.office = *office, .addresses = peer.addresses});
  }
  return out;
}

class NodeImpl final : public Node {
 public:
  NodeImpl(NodeConfig config, Clock clock, std::unique_ptr<Parts> parts)
      : config_(std::move(config)),
        clock_(std::move(clock)),
        parts_(std::move(parts)),
        io_(config_.io_threads),
        work_(io_.get_executor()),
        waiters_timer_(io_),
        long_reads_(kLongReadThreads) {}
  ~NodeImpl() override { NodeImpl::stop(); }

  Result<void> run();
  unsigned short http_port() const override { return http_->port(); }
  unsigned short peer_port() const override { return links_->port(); }
  void stop() override;
  std::optional<Fault> wait() override;

 private:
  void start_committer();
  void start_threads();
  void tick_waiters();
  NodeStatus status() const;
  void on_changed(const std::vector<PeerNote>& notes, const std::vector<HeldLog>& held);
  void on_failed(const Fault& fault);
  void say_alarms();
  void on_peer(const PeerEvent& event);
  void say_started();
  void say_standing();

  NodeConfig config_;
  Clock clock_;
  NodeLog log_;
  std::unique_ptr<Parts> parts_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer waiters_timer_;
  asio::thread_pool long_reads_;
  std::unique_ptr<Committer> committer_;
  std::unique_ptr<Routes> routes_;
  std::unique_ptr<PeerLinks> links_;
  std::unique_ptr<HttpServer> http_;
  std::atomic<Routes*> routes_now_ =
      nullptr;  // for the committer's thread, which runs before they are there
  std::atomic<PeerLinks*> links_now_ = nullptr;
  std::size_t alarms_said_ = 0;
  std::atomic<Standing> standing_said_ = Standing::may_append;
  std::vector<std::thread> threads_;

  mutable std::mutex mutex_;
  std::condition_variable stopped_changed_;
  std::optional<Fault> fault_;
  enum class Phase : std::uint8_t { running, stopping, stopped } phase_ = Phase::running;
};

void NodeImpl::start_committer() {
  Committer::Events events;
  events.changed = [this](std::vector<PeerNote> notes, std::vector<HeldLog> held) {
    on_changed(notes, held);
  };
  events.failed = [this](const Fault& fault) { on_failed(fault); };
  committer_ = std::make_unique<Committer>(*parts_->replica, clock_, std::move(events));
}

Result<void> NodeImpl::run() {
  auto peers = peers_of(config_, parts_->charter, parts_->office);
  if (!peers) return std::unexpected(peers.error());
  start_committer();
  Routes::Options options{
      .charter = parts_->charter, .status = [this] { return status(); }, .clock = clock_};
  options.elsewhere = [this](std::function<void()> work) {
    asio::post(long_reads_, std::move(work));
  };
  routes_ = std::make_unique<Routes>(parts_->heads, *committer_, std::move(options));
  PeerLinkOptions link_options{
      .charter = parts_->charter,
      .office = parts_->office,
      .told = parts_->told,
      .transport = &*parts_->transport,
      .listen = config_.listen,
      .peers = std::move(*peers),
      .limits = config_.session_limits,
      .clock = clock_,
      .random = [] { return static_cast<double>(randombytes_random()) / 4294967296.0; },
      .tell = [this](const PeerEvent& event) { on_peer(event); }};
  auto links = PeerLinks::start(io_, std::move(link_options), parts_->heads, *committer_);
  if (!links) return std::unexpected(links.error());
  links_ = std::move(*links);
  auto http = HttpServer::start(io_, config_.http, config_.http_limits,
                                [this](HttpRequest request, HttpRespond respond) {
                                  routes_->handle(std::move(request), std::move(respond));
                                });
  if (!http) return std::unexpected(http.error());
  http_ = std::move(*http);
  routes_now_ = routes_.get();
  links_now_ = links_.get();
  start_threads();
  say_started();
  return {};
}

void NodeImpl::start_threads() {
  tick_waiters();
  for (int i = 0; i < config_.io_threads; ++i)
    threads_.emplace_back([this] {
      for (;;) try {
          io_.run();
          return;
        } catch (const std::exception& thrown) {
          log_.say(NodeLog::Level::error, "exception", {{"what", thrown.what()}});
        }
    });
}

/// Requests that have waited long enough are told so even when nothing changes.
void NodeImpl::tick_waiters() {
  waiters_timer_.expires_after(kWaitersTick);
  waiters_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    routes_->on_head_changed();
    tick_waiters();
  });
}

void NodeImpl::say_started() {
  const auto head = parts_->heads.get();
  log_.say(NodeLog::Level::info, "started",
           {{"office", parts_->charter.office(parts_->office)->name},
            {"ledger", parts_->charter.ledger},
            {"http", std::to_string(http_->port())},
            {"peers", std::to_string(links_->port())},
            {"last", std::to_string(head->last.value())},
            {"settled", std::to_string(head->settled.value())}});
  say_standing();
}

/// At the start, and whenever it has changed.
void NodeImpl::say_standing() {
  const Standing now = parts_->heads.get()->standing;
  if (standing_said_.exchange(now) == now) return;
  if (now == Standing::may_append) return log_.say(NodeLog::Level::info, "appending", {});
  log_.say(NodeLog::Level::warning, "not_appending",
           {{"standing", std::string(spell(now))},
            {"reason", std::string(standing_text(now))},
            {"way_out", std::string(standing_way_out(now))}});
}

NodeStatus NodeImpl::status() const {
  NodeStatus out;
  out.version = kVersion;
  out.name = parts_->charter.office(parts_->office)->name;
  for (const auto& peer : config_.peers)
    if (!peer.url.empty()) out.office_urls.emplace_back(peer.office, peer.url);
  if (const PeerLinks* links = links_now_) {
    out.peers = links->status();
    const auto faults = links->faults();
    for (std::size_t i = 0; i < kPeerFaults; ++i)
      out.refused_peers.emplace_back(Spelling<PeerFault>::kNames[i], faults[i]);
  }
  const std::lock_guard lock(mutex_);
  if (fault_)
    out.fault = "the store has failed: " + fault_->detail + "; " + std::string(way_out_of(*fault_));
  return out;
}

void NodeImpl::on_changed(const std::vector<PeerNote>& notes, const std::vector<HeldLog>& held) {
  if (PeerLinks* links = links_now_) links->changed(notes, held);
  if (Routes* routes = routes_now_) routes->on_head_changed();
  say_alarms();
  say_standing();
}

/// On the committer's thread: each contradiction once.
void NodeImpl::say_alarms() {
  const auto head = parts_->heads.get();
  for (; alarms_said_ < head->alarms.size(); ++alarms_said_)
    log_.say(NodeLog::Level::error, "contradiction", {{"what", head->alarms[alarms_said_]}});
}

void NodeImpl::on_failed(const Fault& fault) {
  {
    const std::lock_guard lock(mutex_);
    if (!fault_) fault_ = fault;
  }
  log_.say(NodeLog::Level::error, "fault",
           {{"kind", fault.kind == Fault::io ? "io" : "corrupt"},
            {"detail", fault.detail},
            {"way_out", std::string(way_out_of(fault))},
            {"now", "serving reads only"}});
}

void NodeImpl::on_peer(const PeerEvent& event) {
  switch (event.kind) {
    case PeerEvent::Kind::connected:
      return log_.say(NodeLog::Level::info, "peer_connected", {{"peer", event.peer}});
    case PeerEvent::Kind::lost:
      return log_.say(NodeLog::Level::warning, "peer_lost",
                      {{"peer", event.peer}, {"reason", event.reason}});
    case PeerEvent::Kind::refused:
      return log_.say(NodeLog::Level::warning, "peer_refused",
                      {{"peer", event.peer}, {"reason", event.reason}});
  }
}

template <class Done>
void wait_until(milliseconds at_most, Done done) {
  const auto end = std::chrono::steady_clock::now() + at_most;
  while (!done() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(milliseconds(5));
}

void NodeImpl::stop() {
  {
    std::unique_lock lock(mutex_);
    if (phase_ != Phase::running) {
      stopped_changed_.wait(lock, [this] { return phase_ == Phase::stopped; });
      return;
    }
    phase_ = Phase::stopping;
  }
  if (http_) {
    http_->stop();
    if (!threads_.empty())
      wait_until(kRequestsEndWithin, [this] { return http_->connections() == 0; });
  }
  if (links_) {
    links_->stop();
    if (!threads_.empty()) wait_until(kPeersEndWithin, [this] { return links_->open() == 0; });
  }
  committer_.reset();
  long_reads_.join();
  work_.reset();
  io_.stop();
  for (std::thread& thread : threads_) thread.join();
  if (!threads_.empty()) log_.say(NodeLog::Level::info, "stopped", {});
  const std::lock_guard lock(mutex_);
  phase_ = Phase::stopped;
  stopped_changed_.notify_all();
}

std::optional<Fault> NodeImpl::wait() {
  std::unique_lock lock(mutex_);
  stopped_changed_.wait(lock, [this] { return phase_ == Phase::stopped; });
  return fault_;
}

}  // namespace

Result<std::unique_ptr<Node>> Node::start(const NodeConfig& config, Clock clock) {
  if (sodium_init() < 0) return refuse(Code::unavailable, "libsodium could not be started");
  auto parts = open_parts(config);
  if (!parts) return std::unexpected(parts.error());
  auto node = std::make_unique<NodeImpl>(config, std::move(clock), std::move(*parts));
  if (const auto running = node->run(); !running) return std::unexpected(running.error());
  return node;
}

}  // namespace tallinn
