#include "net/http_connection.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <mutex>
#include <optional>

#include "net/http_head.h"
#include "net/problem.h"
#include "net/put_off_timer.h"

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
constexpr std::size_t kUsualHeaders = 8;
constexpr milliseconds kLinger{1'000};

using Parser = http::request_parser<http::string_body>;
using boost::system::error_code;

/// Where a handler leaves its answer, from any thread.
struct Slot {
  std::mutex mutex;
  std::optional<HttpAnswer> answer;
  bool answered = false;
  std::optional<asio::steady_timer> waits;  ///< cancelled when the answer is there
};

HttpRequest to_request(Parser& parser) {
  auto& message = parser.get();
  HttpRequest out{.method = std::string(message.method_string()),
                  .target = std::string(message.target())};
  out.headers.reserve(kUsualHeaders);
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    out.headers.emplace_back(std::move(name), std::string(field.value()));
  }
  out.body = std::move(message.body());
  return out;
}

unsigned refusal_status(const error_code& error) {
  if (error == http::error::body_limit) return 413;
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  return 400;
}
std::string_view refusal_text(unsigned status) {
  if (status == 413) return "the body is longer than this node takes";
  if (status == 431) return "the header is longer than this node takes";
  return "this is not an HTTP/1.1 request";
}

class Connection final : public HttpConnection, public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, std::shared_ptr<HttpService> service)
      : service_(std::move(service)),
        socket_(std::move(socket)),
        closes_(socket_.get_executor(), [this] { close(); }),
        buffer_(service_->limits.max_header_bytes + kReadBytes) {}

  void stop() override {
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      if (self->idle_) self->close();
    });
  }

  asio::awaitable<void> serve();
  void close() {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  /// What became of reading: a request; an error that deserves an answer; or the client has gone.
  enum class Read : std::uint8_t { request, refused, gone };

  asio::awaitable<Read> read_request(Parser& parser, error_code& error);
  asio::awaitable<bool> read_more();
  asio::awaitable<HttpAnswer> answer(HttpRequest request);
  asio::awaitable<bool> write(HttpAnswer answer, HttpHead head);
  asio::awaitable<void> refuse(error_code error);
  asio::awaitable<void> linger();

  std::shared_ptr<HttpService> service_;
  tcp::socket socket_;
  PutOffTimer closes_;  ///< when the client is too slow
  beast::flat_buffer buffer_;
  std::string head_;  ///< kept for its memory
  bool idle_ = true;  ///< between requests
};

/// Reads on into the buffer; false when the client has gone, or was closed for being late.
asio::awaitable<bool> Connection::read_more() {
  auto room = buffer_.prepare(std::min(kReadBytes, buffer_.max_size() - buffer_.size()));
  auto [error, count] = co_await socket_.async_read_some(room, kTuple);
  if (!error) buffer_.commit(count);
  co_return !error;
}

/// Parses what has come before it asks for more: a request that came whole is read at once.
asio::awaitable<Connection::Read> Connection::read_request(Parser& parser, error_code& error) {
  const HttpLimits& limits = service_->limits;
  parser.header_limit(static_cast<std::uint32_t>(limits.max_header_bytes));
  parser.body_limit(limits.max_body_bytes);
  parser.eager(true);
  if (buffer_.size() == 0) {
    idle_ = true;
    closes_.put_off(milliseconds(limits.idle_timeout_ms));
    const bool came = co_await read_more();
    idle_ = false;
    if (!came) co_return Read::gone;
  }
  closes_.put_off(milliseconds(limits.request_timeout_ms));
  for (bool told_to_go_on = false;;) {
    buffer_.consume(parser.put(buffer_.data(), error));
    if (error && error != http::error::need_more) co_return Read::refused;
    if (parser.is_done()) break;
    if (!told_to_go_on && parser.is_header_done() &&
        beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      auto [failed, count] = co_await asio::async_write(socket_, asio::buffer(kContinue), kTuple);
      if (failed) co_return Read::gone;
      told_to_go_on = true;
    }
    if (!error && buffer_.size() > 0) continue;
    error = buffer_.size() == buffer_.max_size() ? http::error::buffer_overflow : error_code();
    if (error) co_return Read::refused;
    if (!co_await read_more()) co_return Read::gone;
  }
  const auto& message = parser.get();
  error = {};
  if (message.version() == 11 && message.find(http::field::host) == message.end())
    error = http::error::bad_field;
  co_return error ? Read::refused : Read::request;
}

/// Runs the handler and waits for its answer, at most the request timeout.
asio::awaitable<HttpAnswer> Connection::answer(HttpRequest request) {
  auto slot = std::make_shared<Slot>();
  HttpRespond respond = [slot](HttpAnswer answer) {
    const std::lock_guard lock(slot->mutex);
    if (slot->answered) return;
    slot->answered = true;
    slot->answer = std::move(answer);
    if (slot->waits) asio::post(slot->waits->get_executor(), [slot] { slot->waits->cancel(); });
  };
  try {
    service_->handler(std::move(request), std::move(respond));
  } catch (const std::exception& thrown) {
    co_return problem_of_status(500, "the node could not answer this request");
  }
  {
    const std::lock_guard lock(slot->mutex);
    if (slot->answer) co_return std::move(*slot->answer);
    slot->waits.emplace(socket_.get_executor(), milliseconds(service_->limits.request_timeout_ms));
  }
  co_await slot->waits->async_wait(kTuple);
  const std::lock_guard lock(slot->mutex);
  slot->answered = true;
  if (slot->answer) co_return std::move(*slot->answer);
  co_return problem_of_status(503, "the answer took too long; try again");
}

/// At once as far as the system takes it, which is all of it for an answer of some kilobytes.
asio::awaitable<bool> Connection::write(HttpAnswer answer, HttpHead head) {
  head_.clear();
  put_head(head_, answer, head);
  std::array<asio::const_buffer, 2> buffers{asio::buffer(head_), asio::const_buffer()};
  if (head.body_follows(*answer.response)) buffers[1] = asio::buffer(answer.response->body);
  error_code error;
  beast::buffers_suffix<std::array<asio::const_buffer, 2>> rest(buffers);
  rest.consume(socket_.write_some(buffers, error));
  if (error && error != asio::error::would_block) co_return false;
  if (beast::buffer_bytes(rest) == 0) co_return true;
  auto [failed, count] = co_await asio::async_write(socket_, rest, kTuple);
  co_return !failed;
}

/// Lets the client read our last answer although it is still sending: closing at once would reset
/// it away.
asio::awaitable<void> Connection::linger() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  closes_.put_off(kLinger);
  std::array<char, kReadBytes> waste;
  for (std::size_t total = 0; total < kLingerBytes;) {
    auto [error, count] = co_await socket_.async_read_some(asio::buffer(waste), kTuple);
    if (error) break;
    total += count;
  }
}

asio::awaitable<void> Connection::refuse(error_code error) {
  const unsigned status = refusal_status(error);
  HttpAnswer refusal = problem_of_status(status, refusal_text(status));
  const HttpHead head{.after = HttpHead::After::close};
  closes_.put_off(kLinger);
  if (co_await write(std::move(refusal), head)) co_await linger();
}

asio::awaitable<void> Connection::serve() {
  error_code error;
  socket_.non_blocking(true, error);
  while (!error && !service_->stopping) {
    Parser parser;
    const Read read = co_await read_request(parser, error);
    if (read == Read::gone) co_return;
    if (read == Read::refused) co_return co_await refuse(error);
    HttpHead head{.version = parser.get().version(),
                  .method_is_head = parser.get().method() == http::verb::head};
    const bool keep = parser.get().keep_alive();
    closes_.never();
    HttpAnswer answered = co_await answer(to_request(parser));
    head.after = keep && !service_->stopping ? HttpHead::After::keep : HttpHead::After::close;
    closes_.put_off(milliseconds(service_->limits.request_timeout_ms));
    if (!co_await write(std::move(answered), head)) co_return;
    if (head.after == HttpHead::After::close) co_return co_await linger();
  }
}

asio::awaitable<void> run(std::shared_ptr<Connection> connection, std::function<void()> closed) {
  try {
    co_await connection->serve();
  } catch (const std::exception&) {
    // No memory for this connection: it ends, the others go on.
  }
  connection->close();
  closed();
}

}  // namespace

std::shared_ptr<HttpConnection> HttpConnection::start(tcp::socket socket,
                                                      std::shared_ptr<HttpService> service,
                                                      std::function<void()> closed) {
  auto strand = socket.get_executor();
  auto connection = std::make_shared<Connection>(std::move(socket), std::move(service));
  asio::co_spawn(strand, run(connection, std::move(closed)), asio::detached);
  return connection;
}

}  // namespace tallinn
