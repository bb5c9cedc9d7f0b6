#include "net/http_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <map>
#include <mutex>
#include <optional>

#include "net/awaiting.h"
#include "net/http_connection.h"
#include "net/listen.h"

namespace tallinn {
namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;

namespace {

using Strand = asio::strand<asio::io_context::executor_type>;

/// What outlives the server while connections are open.
struct Serving {
  asio::io_context& io;
  std::shared_ptr<HttpService> service;
  tcp::acceptor acceptor;
  Strand accept_strand;
  std::mutex mutex;
  std::map<std::uint64_t, std::shared_ptr<HttpConnection>> open;
  std::uint64_t next_id = 0;

  Serving(asio::io_context& context, HttpLimits limits, HttpHandler handler)
      : io(context),
        service(std::make_shared<HttpService>(limits, std::move(handler))),
        acceptor(context),
        accept_strand(asio::make_strand(context.get_executor())) {}
};

/// Of the connections that wait for their clients, the one that has waited longest gives its place:
/// so clients that are slow on purpose keep nobody out. False when every connection is at work.
bool make_room(Serving& shared) {
  auto longest = shared.open.end();
  auto since = HttpConnection::Time::max();
  for (auto at = shared.open.begin(); at != shared.open.end(); ++at) {
    if (!at->second) continue;
    const auto waits_since = at->second->waits_since();
    if (waits_since >= since) continue;
    since = waits_since;
    longest = at;
  }
  if (longest == shared.open.end()) return false;
  longest->second->give_way();
  shared.open.erase(longest);
  return true;
}

/// The number of a new place among the open connections, or nothing when all are taken.
std::optional<std::uint64_t> take_place(Serving& shared) {
  const std::lock_guard lock(shared.mutex);
  if (shared.open.size() >= shared.service->limits.max_connections && !make_room(shared))
    return std::nullopt;
  shared.open.emplace(shared.next_id, nullptr);
  return shared.next_id++;
}

void refuse(tcp::socket& socket) {
  static constexpr std::string_view kFull =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: "
      "close\r\n\r\n";
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(kFull), ignored);
}

void admit(const std::shared_ptr<Serving>& shared, tcp::socket socket) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  const auto place = take_place(*shared);
  if (!place) return refuse(socket);
  const auto connection =
      HttpConnection::start(std::move(socket), shared->service, [shared, id = *place] {
        const std::lock_guard lock(shared->mutex);
        shared->open.erase(id);
      });
  {
    const std::lock_guard lock(shared->mutex);
    // It may have ended by now.
    if (const auto at = shared->open.find(*place); at != shared->open.end())
      at->second = connection;
  }
  if (shared->service->stopping) connection->stop();  // stop() may not have seen it
}

asio::awaitable<void> accept_loop(std::shared_ptr<Serving> shared) {
  asio::steady_timer pause(shared->accept_strand);
  while (!shared->service->stopping) {
    tcp::socket socket(asio::make_strand(shared->io.get_executor()));
    auto [error] = co_await shared->acceptor.async_accept(socket, kTuple);
    if (!error) {
      admit(shared, std::move(socket));
    } else if (!shared->service->stopping) {
      // Out of descriptors, or the client has gone: not at once again.
      pause.expires_after(milliseconds(50));
      co_await pause.async_wait(kTuple);
    }
  }
}

class Server final : public HttpServer {
 public:
  explicit Server(std::shared_ptr<Serving> shared) : shared_(std::move(shared)) {
    boost::system::error_code error;
    port_ = shared_->acceptor.local_endpoint(error).port();
    asio::co_spawn(shared_->accept_strand, accept_loop(shared_), asio::detached);
  }
  ~Server() override { Server::stop(); }

  unsigned short port() const override { return port_; }
  std::size_t connections() const override {
    const std::lock_guard lock(shared_->mutex);
    return shared_->open.size();
  }
  void stop() override {
    if (shared_->service->stopping.exchange(true)) return;
    asio::post(shared_->accept_strand, [shared = shared_] {
      boost::system::error_code ignored;
      shared->acceptor.close(ignored);
    });
    const std::lock_guard lock(shared_->mutex);
    for (const auto& [id, connection] : shared_->open)
      if (connection) connection->stop();
  }

 private:
  std::shared_ptr<Serving> shared_;
  unsigned short port_ = 0;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(asio::io_context& io,
                                                      const std::string& listen, HttpLimits limits,
                                                      HttpHandler handler) {
  auto shared = std::make_shared<Serving>(io, limits, std::move(handler));
  if (const auto listens = listen_at(shared->acceptor, listen, "HTTP", "http"); !listens)
    return std::unexpected(listens.error());
  return std::make_unique<Server>(std::move(shared));
}

}  // namespace tallinn
