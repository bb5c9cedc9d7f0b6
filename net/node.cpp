#include "net/node.h"

#include <sodium.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <condition_variable>

#include "ledger/way_out.h"
#include "net/meeting.h"
#include "net/node_log.h"
#include "net/node_parts.h"
#include "net/peer_link.h"
#include "net/rebuild_log.h"
#include "net/version.h"

namespace tallinn {
namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kLongReadThreads = 2;
constexpr milliseconds kWaitersTick{200};
constexpr milliseconds kPeersEndWithin{2'000};

Result<std::vector<PeerLinkOptions::Peer>> peers_of(const NodeConfig& config,
                                                    const Charter& charter,
                                                    std::optional<OfficeNumber> own) {
  std::vector<PeerLinkOptions::Peer> out;
  for (const auto& peer : config.peers) {
    const auto office = charter.office_number(peer.office);
    if (!office)
      return refuse(Code::malformed,
                    "peers.office: the charter names no office \"" + peer.office + "\"",
                    "peers.office");
    if (office != own) out.push_back({.office = peer.office, .addresses = peer.addresses});
  }
  if (!own && std::ranges::all_of(out, [](const auto& peer) { return peer.addresses.empty(); }))
    return refuse(Code::malformed, "a mirror dials: it needs the address of an office", "peers");
  return out;
}

class NodeImpl final : public Node {
 public:
  NodeImpl(NodeConfig config, Clock clock, std::unique_ptr<NodeParts> parts)
      : config_(std::move(config)),
        clock_(std::move(clock)),
        parts_(std::move(parts)),
        meetings_(parts_->heads),
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
  void say_met(const PeerEvent& event);
  void say_started();
  void say_standing();

  NodeConfig config_;
  Clock clock_;
  NodeLog log_;
  std::unique_ptr<NodeParts> parts_;
  Meetings meetings_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer waiters_timer_;
  asio::thread_pool long_reads_;
  std::unique_ptr<Committer> committer_;
  std::unique_ptr<RebuildRunner> rebuild_;
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
  rebuild_ = std::make_unique<RebuildRunner>(
      *parts_->store, parts_->charter, *committer_,
      RebuildRunner::Options{.request = rebuild_request_path(config_.data),
                             .clock = clock_,
                             .tell = [this](const RebuildEvent& e) { say_rebuild(log_, e); }});
}

Result<void> NodeImpl::run() {
  auto peers = peers_of(config_, parts_->charter, parts_->office);
  if (!peers) return std::unexpected(peers.error());
  start_committer();
  Routes::Options options{
      .charter = parts_->charter, .status = [this] { return status(); }, .clock = clock_};
  options.connections = config_.http_limits.max_connections;
  options.elsewhere = [this](std::function<void()> work) {
    asio::post(long_reads_, std::move(work));
  };
  routes_ = std::make_unique<Routes>(parts_->heads, *committer_, std::move(options));
  PeerLinkOptions link_options{
      .charter = parts_->charter,
      .name = parts_->name,
      .office = parts_->office,
      .mirrors = parts_->mirrors,
      .told = parts_->told,
      .transport = &*parts_->transport,
      .listen = config_.listen,
      .peers = std::move(*peers),
      .limits = config_.session_limits,
      .handshakes_per_minute = static_cast<std::uint32_t>(config_.handshakes_per_minute),
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
           {{parts_->office ? "office" : "mirror", parts_->name},
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
  if (now == Standing::mirror) return;
  if (now == Standing::may_append) return log_.say(NodeLog::Level::info, "appending", {});
  log_.say(NodeLog::Level::warning, "not_appending",
           {{"standing", std::string(spell(now))},
            {"reason", std::string(standing_text(now))},
            {"way_out", std::string(standing_way_out(now))}});
}

NodeStatus NodeImpl::status() const {
  NodeStatus out;
  out.version = version();
  out.name = parts_->name;
  for (const auto& peer : config_.peers)
    if (!peer.url.empty()) out.office_urls.emplace_back(peer.office, peer.url);
  if (const PeerLinks* links = links_now_) {
    out.peers = links->status();
    for (NodeStatus::Peer& peer : out.peers) peer.meeting = meetings_.last(peer.name);
    const auto faults = links->faults();
    for (std::size_t i = 0; i < kPeerFaults; ++i)
      out.refused_peers.emplace_back(Spelling<PeerFault>::kNames[i], faults[i]);
  }
  out.rebuild = rebuild_->status();
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
      if (event.to_fetch > 0)
        meetings_.begin(event.peer, {.here = event.to_fetch, .there = event.to_send});
      log_.say(NodeLog::Level::info, "peer_connected",
               {{"peer", event.peer},
                {"to_fetch", std::to_string(event.to_fetch)},
                {"to_send", std::to_string(event.to_send)}});
      if (event.to_fetch == 0) say_met(event);  // the rest came another way
      return;
    case PeerEvent::Kind::catching_up:
      return log_.say(NodeLog::Level::info, "catching_up",
                      {{"peer", event.peer},
                       {"left", std::to_string(event.left)},
                       {"of", std::to_string(event.to_fetch)}});
    case PeerEvent::Kind::caught_up: return say_met(event);
    case PeerEvent::Kind::left:
      return meetings_.broke_off(event.peer, {.here = event.left, .there = event.left_to_send});
    case PeerEvent::Kind::lost:
      return log_.say(NodeLog::Level::warning, "peer_lost",
                      {{"peer", event.peer}, {"reason", event.reason}});
    case PeerEvent::Kind::refused:
      return log_.say(NodeLog::Level::warning, "peer_refused",
                      {{"peer", event.peer}, {"reason", event.reason}});
  }
}

void NodeImpl::say_met(const PeerEvent& event) {
  const auto met = meetings_.end(event.peer);
  if (!met) return;
  const std::vector<std::string>& opened = met->exceptions;
  std::string ids;
  for (const std::string& id : opened) ids += (ids.empty() ? "" : ", ") + id;
  log_.say(opened.empty() ? NodeLog::Level::info : NodeLog::Level::warning, "caught_up",
           {{"peer", event.peer},
            {"fetched", std::to_string(met->fetched)},
            {"sent", std::to_string(met->sent)},
            {"exceptions", std::to_string(opened.size())},
            {"opened", ids.empty() ? "none" : ids}});
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
      wait_until(config_.requests_end_within, [this] { return http_->connections() == 0; });
  }
  if (links_) {
    links_->stop();
    if (!threads_.empty()) wait_until(kPeersEndWithin, [this] { return links_->open() == 0; });
  }
  // First those who may ask, then those who are asked: a request may still be under way.
  work_.reset();
  io_.stop();
  for (std::thread& thread : threads_) thread.join();
  long_reads_.join();
  rebuild_.reset();
  committer_.reset();
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
  auto parts = open_node_parts(config);
  if (!parts) return std::unexpected(parts.error());
  auto node = std::make_unique<NodeImpl>(config, std::move(clock), std::move(*parts));
  if (const auto running = node->run(); !running) return std::unexpected(running.error());
  return node;
}

}  // namespace tallinn
