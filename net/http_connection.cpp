#include "net/http_connection.h"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <charconv>
#include <mutex>
#include <optional>

#include "net/awaiting.h"
#include "net/http_head.h"
#include "net/http_request_parser.h"
#include "net/problem.h"
#include "net/put_off_timer.h"

namespace tallinn {
namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t kReadBytes = 8u << 10;
constexpr std::size_t kLingerBytes = 4u << 20;
constexpr milliseconds kLinger{1'000};
constexpr milliseconds kMostSilence{
    60'000};  ///< of a stream, which says now and then that it lives

using boost::system::error_code;

/// Where a handler leaves what it was asked for, from any thread.
template <class T>
class Slot : public std::enable_shared_from_this<Slot<T>> {
 public:
  /// Only what comes first counts.
  void put(T value) {
    const std::lock_guard lock(mutex_);
    if (done_) return;
    done_ = true;
    value_ = std::move(value);
    wake();
  }
  /// Ends the wait without a value.
  void give_up() {
    const std::lock_guard lock(mutex_);
    done_ = true;
    wake();
  }
  /// Nothing after that time, or when it was given up.
  asio::awaitable<std::optional<T>> take(tcp::socket::executor_type executor, milliseconds most) {
    {
      const std::lock_guard lock(mutex_);
      if (done_) co_return std::move(value_);
      waits_.emplace(executor, most);
    }
    co_await waits_->async_wait(kTuple);
    const std::lock_guard lock(mutex_);
    done_ = true;
    waits_.reset();  // whoever keeps this object may outlive the io_context
    co_return std::move(value_);
  }

 private:
  void wake() {
    if (waits_)
      asio::post(waits_->get_executor(), [self = this->shared_from_this()] {
        if (self->waits_) self->waits_->cancel();
      });
  }

  std::mutex mutex_;
  std::optional<T> value_;
  bool done_ = false;
  std::optional<asio::steady_timer> waits_;
};

/// RFC 9112, section 7.1; an empty part is the last one.
void put_chunk(std::string& out, std::string_view part) {
  std::array<char, 16> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), part.size(), 16).ptr;
  out.append(size.data(), end).append("\r\n").append(part).append("\r\n");
}

class ServedConnection final : public HttpConnection,
                               public std::enable_shared_from_this<ServedConnection> {
 public:
  ServedConnection(tcp::socket socket, std::shared_ptr<HttpService> service)
      : service_(std::move(service)),
        socket_(std::move(socket)),
        closes_(socket_.get_executor(), [this] { close(); }),
        buffer_(service_->limits.max_header_bytes + kReadBytes) {}

  void stop() override {
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
      if (self->idle_) self->close();
      if (self->streamed_) self->streamed_->give_up();
    });
  }
  void give_way() override {
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->close(); });
  }
  Time waits_since() const override { return waits_since_; }

  asio::awaitable<void> serve();
  void close() {
    error_code ignored;
    socket_.close(ignored);
  }
  /// The last thing on the strand: whoever accepts connections may be the last to hold this one.
  void end() {
    close();
    closes_.end();
  }

 private:
  /// What became of reading: a request; an error that deserves an answer; or the client has gone.
  enum class Read : std::uint8_t { request, refused, gone };

  asio::awaitable<Read> read_request(HttpRequestParser& parser);
  asio::awaitable<bool> read_more();
  asio::awaitable<HttpAnswer> answer(HttpRequest request);
  asio::awaitable<bool> write(HttpAnswer answer, HttpHead head);
  asio::awaitable<bool> write_stream(std::shared_ptr<HttpStream> stream, HttpHead head);
  asio::awaitable<void> refuse(unsigned status);
  asio::awaitable<void> linger();

  std::shared_ptr<HttpService> service_;
  tcp::socket socket_;
  PutOffTimer closes_;  ///< when the client is too slow
  beast::flat_buffer buffer_;
  std::string head_;  ///< kept for its memory
  bool idle_ = true;  ///< between requests
  std::atomic<Time> waits_since_ = std::chrono::steady_clock::now();
  std::shared_ptr<Slot<std::string>> streamed_;  ///< while a stream's next part is waited for
};

/// Reads on into the buffer; false when the client has gone, or was closed for being late.
asio::awaitable<bool> ServedConnection::read_more() {
  auto room = buffer_.prepare(std::min(kReadBytes, buffer_.max_size() - buffer_.size()));
  auto [error, count] = co_await socket_.async_read_some(room, kTuple);
  if (!error) buffer_.commit(count);
  co_return !error;
}

/// Parses what has come before it asks for more: a request that came whole is read at once.
asio::awaitable<ServedConnection::Read> ServedConnection::read_request(HttpRequestParser& parser) {
  const HttpLimits& limits = service_->limits;
  waits_since_ = std::chrono::steady_clock::now();
  if (buffer_.size() == 0) {
    idle_ = true;
    closes_.put_off(milliseconds(limits.idle_timeout_ms));
    const bool came = co_await read_more();
    idle_ = false;
    if (!came) co_return Read::gone;
  }
  closes_.put_off(milliseconds(limits.request_timeout_ms));
  for (;;) {
    const auto state = parser.take(buffer_);
    if (state == HttpRequestParser::State::whole) co_return Read::request;
    if (state == HttpRequestParser::State::refused) co_return Read::refused;
    if (state == HttpRequestParser::State::waits) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      auto [failed, count] = co_await asio::async_write(socket_, asio::buffer(kContinue), kTuple);
      if (failed) co_return Read::gone;
    }
    if (!co_await read_more()) co_return Read::gone;
  }
}

/// Runs the handler and waits for its answer, at most the request timeout.
asio::awaitable<HttpAnswer> ServedConnection::answer(HttpRequest request) {
  auto slot = std::make_shared<Slot<HttpAnswer>>();
  HttpRespond respond = [slot](HttpAnswer answer) { slot->put(std::move(answer)); };
  try {
    service_->handler(std::move(request), std::move(respond));
  } catch (const std::exception& thrown) {
    co_return problem_of_status(500, "the node could not answer this request");
  }
  auto answered = co_await slot->take(socket_.get_executor(),
                                      milliseconds(service_->limits.request_timeout_ms));
  if (answered) co_return *std::move(answered);
  co_return problem_of_status(503, "the answer took too long; try again");
}

/// At once as far as the system takes it, which is all of it for an answer of some kilobytes.
asio::awaitable<bool> ServedConnection::write(HttpAnswer answer, HttpHead head) {
  head_.clear();
  put_head(head_, answer, head);
  std::array<asio::const_buffer, 2> buffers{asio::buffer(head_), asio::const_buffer()};
  const bool body_follows = head.body_follows(answer);
  if (body_follows && !answer.stream) buffers[1] = asio::buffer(answer.response->body);
  error_code error;
  beast::buffers_suffix<std::array<asio::const_buffer, 2>> rest(buffers);
  rest.consume(socket_.write_some(buffers, error));
  if (error && error != asio::error::would_block) co_return false;
  if (beast::buffer_bytes(rest) > 0) {
    auto [failed, count] = co_await asio::async_write(socket_, rest, kTuple);
    if (failed) co_return false;
  }
  if (!body_follows || !answer.stream) co_return true;
  co_return co_await write_stream(std::move(answer.stream), head);
}

/// Part by part: the next one is asked for when the client has taken the one before.
asio::awaitable<bool> ServedConnection::write_stream(std::shared_ptr<HttpStream> stream,
                                                     HttpHead head) {
  for (bool more = true; more;) {
    auto slot = std::make_shared<Slot<std::string>>();
    std::function<void(std::string)> ready = [slot](std::string part) {
      slot->put(std::move(part));
    };
    closes_.never();
    streamed_ = slot;
    stream->next(std::move(ready));
    if (service_->stopping) slot->give_up();
    const auto part = co_await slot->take(socket_.get_executor(), kMostSilence);
    streamed_.reset();
    more = part && !part->empty();
    closes_.put_off(milliseconds(service_->limits.request_timeout_ms));
    head_.clear();
    if (head.chunked())
      put_chunk(head_, more ? *part : std::string_view());
    else if (more)
      head_ = *part;
    auto [failed, count] = co_await asio::async_write(socket_, asio::buffer(head_), kTuple);
    if (failed) co_return false;
  }
  co_return true;
}

/// Lets the client read our last answer although it is still sending: closing at once would reset
/// it away.
asio::awaitable<void> ServedConnection::linger() {
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

asio::awaitable<void> ServedConnection::refuse(unsigned status) {
  HttpAnswer refusal = problem_of_status(status, refusal_text(status));
  const HttpHead head{.after = HttpHead::After::close};
  closes_.put_off(kLinger);
  if (co_await write(std::move(refusal), head)) co_await linger();
}

asio::awaitable<void> ServedConnection::serve() {
  error_code error;
  socket_.non_blocking(true, error);
  while (!error && !service_->stopping) {
    HttpRequestParser parser(service_->limits);
    const Read read = co_await read_request(parser);
    if (read == Read::gone) co_return;
    if (read == Read::refused) co_return co_await refuse(parser.refusal_status());
    HttpHead head{.version = parser.version(), .method_is_head = parser.method_is_head()};
    const bool keep = parser.keeps_alive();
    closes_.never();
    waits_since_ = Time::max();
    HttpAnswer answered = co_await answer(parser.release());
    const bool ends_with_connection = answered.stream && !head.chunked();
    head.after = keep && !service_->stopping && !ends_with_connection ? HttpHead::After::keep
                                                                      : HttpHead::After::close;
    closes_.put_off(milliseconds(service_->limits.request_timeout_ms));
    if (!answered.stream) waits_since_ = std::chrono::steady_clock::now();
    if (!co_await write(std::move(answered), head)) co_return;
    if (head.after == HttpHead::After::close) co_return co_await linger();
  }
}

asio::awaitable<void> run(std::shared_ptr<ServedConnection> connection,
                          std::function<void()> closed) {
  try {
    co_await connection->serve();
  } catch (const std::exception&) {
    // No memory for this connection: it ends, the others go on.
  }
  connection->end();
  closed();
}

}  // namespace

std::shared_ptr<HttpConnection> HttpConnection::start(tcp::socket socket,
                                                      std::shared_ptr<HttpService> service,
                                                      std::function<void()> closed) {
  auto strand = socket.get_executor();
  auto connection = std::make_shared<ServedConnection>(std::move(socket), std::move(service));
  asio::co_spawn(strand, run(connection, std::move(closed)), asio::detached);
  return connection;
}

}  // namespace tallinn
