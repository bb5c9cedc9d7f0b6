#include "net/http_server.h"

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <map>
#include <mutex>
#include <optional>

#include "net/address.h"
#include "net/problem.h"

namespace tallinn {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using std::chrono::milliseconds;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadBytes = 8u << 10;
constexpr std::size_t kLingerBytes = 4u << 20;

using Parser = http::request_parser<http::string_body>;
using Strand = asio::strand<asio::io_context::executor_type>;

/// Where a handler leaves its answer, from any thread; the connection waits on `ready`.
struct Slot {
  explicit Slot(const Strand& strand) : ready(strand) {}
  std::mutex mutex;
  std::optional<HttpResponse> response;
  bool waited_for = false;
  bool answered = false;
  asio::steady_timer ready;
};

struct Connection {
  Connection(tcp::socket socket, Strand on) : stream(std::move(socket)), strand(std::move(on)) {}
  beast::tcp_stream stream;
  Strand strand;
  bool idle = true;  // between requests; on the strand
};

struct Shared {
  asio::io_context& io;
  HttpLimits limits;
  HttpHandler handler;
  tcp::acceptor acceptor;
  Strand accept_strand;
  std::atomic<bool> stopping = false;
  std::mutex mutex;
  std::map<std::uint64_t, std::shared_ptr<Connection>> open;
  std::uint64_t next_id = 0;

  Shared(asio::io_context& context, HttpLimits max, HttpHandler handle)
      : io(context),
        limits(max),
        handler(std::move(handle)),
        acceptor(context),
        accept_strand(asio::make_strand(context.get_executor())) {}
};

HttpRequest to_request(Parser& parser) {
  auto& message = parser.get();
  HttpRequest out{.method = std::string(message.method_string()),
                  .target = std::string(message.target())};
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    out.headers.emplace_back(std::move(name), std::string(field.value()));
  }
  out.body = std::move(message.body());
  return out;
}

enum class After : std::uint8_t { keep, close };

void put_header(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ");
  for (const char c : value)
    head.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c);
  head.append("\r\n");
}

std::string format_head(const HttpResponse& response, unsigned version, After after) {
  std::string head;
  head.reserve(256);
  head.append(version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ")
      .append(std::to_string(response.status))
      .push_back(' ');
  head.append(status_text(response.status)).append("\r\n");
  if (response.status != 304) {
    put_header(head, "Content-Type", response.content_type);
    put_header(head, "Content-Length", std::to_string(response.body.size()));
  }
  for (const auto& [name, value] : response.headers) put_header(head, name, value);
  if (after == After::close)
    put_header(head, "Connection", "close");
  else if (version == 10)
    put_header(head, "Connection", "keep-alive");
  head.append("\r\n");
  return head;
}

/// Runs the handler and waits for its answer, at most the request timeout.
asio::awaitable<HttpResponse> answer(std::shared_ptr<Shared> shared,
                                     std::shared_ptr<Connection> connection, HttpRequest request) {
  auto slot = std::make_shared<Slot>(connection->strand);
  HttpRespond respond = [slot, strand = connection->strand](HttpResponse response) {
    const std::lock_guard lock(slot->mutex);
    if (slot->answered) return;
    slot->answered = true;
    slot->response = std::move(response);
    if (slot->waited_for) asio::post(strand, [slot] { slot->ready.cancel(); });
  };
  try {
    shared->handler(std::move(request), std::move(respond));
  } catch (const std::exception& thrown) {
    co_return problem_of_status(500, "the node could not answer this request");
  }
  {
    const std::lock_guard lock(slot->mutex);
    if (slot->response) co_return std::move(*slot->response);
    slot->waited_for = true;
    slot->ready.expires_after(milliseconds(shared->limits.request_timeout_ms));
  }
  co_await slot->ready.async_wait(kTuple);
  const std::lock_guard lock(slot->mutex);
  slot->answered = true;
  if (slot->response) co_return std::move(*slot->response);
  co_return problem_of_status(503, "the answer took too long; try again");
}

asio::awaitable<bool> write(std::shared_ptr<Connection> connection, HttpResponse response,
                            unsigned version, bool head_only, After after) {
  const std::string head = format_head(response, version, after);
  std::array<asio::const_buffer, 2> buffers{asio::buffer(head), asio::buffer(response.body)};
  if (head_only || response.status == 304) buffers[1] = asio::const_buffer();
  auto [error, count] = co_await asio::async_write(connection->stream, buffers, kTuple);
  co_return !error;
}

/// Lets the client read our last answer although it is still sending: closing at once would reset
/// it away.
asio::awaitable<void> linger(std::shared_ptr<Connection> connection) {
  boost::system::error_code ignored;
  connection->stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  connection->stream.expires_after(milliseconds(1'000));
  std::array<char, kReadBytes> waste;
  for (std::size_t total = 0; total < kLingerBytes;) {
    auto [error, count] = co_await connection->stream.async_read_some(asio::buffer(waste), kTuple);
    if (error) break;
    total += count;
  }
}

unsigned refusal_status(const boost::system::error_code& error) {
  if (error == http::error::body_limit) return 413;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  return 400;
}
std::string_view refusal_text(unsigned status) {
  if (status == 413) return "the body is longer than this node takes";
  if (status == 431) return "the header is longer than this node takes";
  return "this is not an HTTP/1.1 request";
}

/// What a read ended with that deserves no answer: the client has gone.
bool is_gone(const boost::system::error_code& error) {
  return error == http::error::end_of_stream || error == asio::error::eof ||
         error == asio::error::connection_reset || error == asio::error::operation_aborted ||
         error == http::error::partial_message ||
         error == beast::error::timeout;  // the stream has closed itself
}

asio::awaitable<boost::system::error_code> read_request(std::shared_ptr<Shared> shared,
                                                        std::shared_ptr<Connection> connection,
                                                        beast::flat_buffer& buffer,
                                                        Parser& parser) {
  auto& stream = connection->stream;
  parser.header_limit(static_cast<std::uint32_t>(shared->limits.max_header_bytes));
  parser.body_limit(shared->limits.max_body_bytes);
  if (buffer.size() == 0) {
    connection->idle = true;
    stream.expires_after(milliseconds(shared->limits.idle_timeout_ms));
    auto [error, count] = co_await stream.async_read_some(buffer.prepare(kReadBytes), kTuple);
    connection->idle = false;
    if (error) co_return error;
    buffer.commit(count);
  }
  stream.expires_after(milliseconds(shared->limits.request_timeout_ms));
  auto [header_error, header_bytes] =
      co_await http::async_read_header(stream, buffer, parser, kTuple);
  if (header_error) co_return header_error;
  if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    auto [error, count] = co_await asio::async_write(stream, asio::buffer(kContinue), kTuple);
    if (error) co_return error;
  }
  if (parser.is_done()) co_return boost::system::error_code();
  auto [body_error, body_bytes] = co_await http::async_read(stream, buffer, parser, kTuple);
  co_return body_error;
}

asio::awaitable<void> serve(std::shared_ptr<Shared> shared,
                            std::shared_ptr<Connection> connection) {
  beast::flat_buffer buffer(shared->limits.max_header_bytes + kReadBytes);
  while (!shared->stopping) {
    std::optional<Parser> parser(std::in_place);
    auto error = co_await read_request(shared, connection, buffer, *parser);
    const unsigned version = parser->get().version();
    if (!error && version == 11 && parser->get().find(http::field::host) == parser->get().end())
      error = make_error_code(http::error::bad_field);
    if (error) {
      if (is_gone(error)) co_return;
      const unsigned status = refusal_status(error);
      connection->stream.expires_after(milliseconds(1'000));
      auto refusal = problem_of_status(status, refusal_text(status));
      if (co_await write(connection, std::move(refusal), 11, false, After::close))
        co_await linger(connection);
      co_return;
    }
    const bool head_only = parser->get().method() == http::verb::head;
    const bool keep = parser->get().keep_alive();
    connection->stream.expires_never();
    auto response = co_await answer(shared, connection, to_request(*parser));
    const After after = keep && !shared->stopping ? After::keep : After::close;
    connection->stream.expires_after(milliseconds(shared->limits.request_timeout_ms));
    if (!co_await write(connection, std::move(response), version, head_only, after)) co_return;
    if (after == After::close) {
      co_await linger(connection);
      co_return;
    }
  }
}

asio::awaitable<void> run_connection(std::shared_ptr<Shared> shared,
                                     std::shared_ptr<Connection> connection, std::uint64_t id) {
  try {
    co_await serve(shared, connection);
  } catch (const std::exception&) {
    // No memory for this connection: it ends, the others go on.
  }
  boost::system::error_code ignored;
  connection->stream.socket().close(ignored);
  const std::lock_guard lock(shared->mutex);
  shared->open.erase(id);
}

void admit(const std::shared_ptr<Shared>& shared, tcp::socket socket, const Strand& strand) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  auto connection = std::make_shared<Connection>(std::move(socket), strand);
  std::uint64_t id = 0;
  {
    const std::lock_guard lock(shared->mutex);
    if (shared->open.size() >= shared->limits.max_connections) {
      static constexpr std::string_view kFull =
          "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: "
          "close\r\n\r\n";
      connection->stream.socket().non_blocking(true, ignored);
      connection->stream.socket().write_some(asio::buffer(kFull), ignored);
      return;
    }
    id = shared->next_id++;
    shared->open.emplace(id, connection);
  }
  asio::co_spawn(strand, run_connection(shared, connection, id), asio::detached);
}

asio::awaitable<void> accept_loop(std::shared_ptr<Shared> shared) {
  asio::steady_timer pause(shared->accept_strand);
  while (!shared->stopping) {
    auto strand = asio::make_strand(shared->io.get_executor());
    tcp::socket socket(strand);
    auto [error] = co_await shared->acceptor.async_accept(socket, kTuple);
    if (!error) {
      admit(shared, std::move(socket), strand);
    } else if (!shared
                    ->stopping) {  // out of descriptors, or the client has gone: not at once again
      pause.expires_after(milliseconds(50));
      co_await pause.async_wait(kTuple);
    }
  }
}

class Server final : public HttpServer {
 public:
  explicit Server(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {
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
    if (shared_->stopping.exchange(true)) return;
    asio::post(shared_->accept_strand, [shared = shared_] {
      boost::system::error_code ignored;
      shared->acceptor.close(ignored);
    });
    const std::lock_guard lock(shared_->mutex);
    for (const auto& [id, connection] : shared_->open)
      asio::post(connection->strand, [connection] {
        if (connection->idle) connection->stream.cancel();
      });
  }

 private:
  std::shared_ptr<Shared> shared_;
  unsigned short port_ = 0;
};

Result<void> bind(tcp::acceptor& acceptor, asio::io_context& io, const std::string& listen) {
  const auto address = parse_address(listen);
  if (!address) return std::unexpected(address.error());
  boost::system::error_code error;
  tcp::resolver resolver(io);
  const auto found =
      resolver.resolve(address->host, std::to_string(address->port), tcp::resolver::passive, error);
  if (!error) {
    const auto endpoint = found.begin()->endpoint();
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error)
    return refuse(Code::unavailable, "cannot listen for HTTP at " + listen + ": " + error.message(),
                  "http");
  return {};
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::start(asio::io_context& io,
                                                      const std::string& listen, HttpLimits limits,
                                                      HttpHandler handler) {
  auto shared = std::make_shared<Shared>(io, limits, std::move(handler));
  if (const auto bound = bind(shared->acceptor, io, listen); !bound)
    return std::unexpected(bound.error());
  return std::make_unique<Server>(std::move(shared));
}

}  // namespace tallinn
