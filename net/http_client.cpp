#include "net/http_client.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/url.hpp>
#include <sstream>

#include "net/awaiting.h"
#include "net/http_head_limit.h"

namespace tallinn {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr std::uint64_t kMaxRefusalBytes = 64u << 10;
constexpr std::size_t kMaxHeadBytes = 16u << 10;
constexpr std::size_t kMaxBufferBytes = 128u << 10;  ///< of what cannot be parsed yet
constexpr std::size_t kReadBytes = 32u << 10;
using Exchanged = std::expected<HttpResponse, boost::system::error_code>;
using TlsStream = asio::ssl::stream<beast::tcp_stream>;
using AnswerParser = http::response_parser<http::string_body>;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

HttpResponse to_response(http::response<http::string_body>&& message) {
  HttpResponse out{.status = message.result_int(),
                   .content_type = std::string(message[http::field::content_type])};
  for (const auto& field : message)
    out.headers.emplace_back(lower(field.name_string()), std::string(field.value()));
  out.body = std::move(message.body());
  return out;
}

/// TLS 1.2 or later, the authorities that this machine trusts (SSL_CERT_FILE and SSL_CERT_DIR name
/// others, as for every program that uses OpenSSL), and the host's name in its certificate.
asio::ssl::context trusting_context() {
  asio::ssl::context context(asio::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_default_verify_paths();
  context.set_verify_mode(asio::ssl::verify_peer);
  return context;
}

}  // namespace

struct HttpClient::Impl {
  std::string url;
  bool secure = false;  ///< https
  std::string host;
  std::string port;
  std::string host_header;
  std::string prefix;
  Options options;
  asio::io_context io{1};
  std::optional<asio::ssl::context> trust;  ///< of https
  std::optional<beast::tcp_stream> plain;
  std::optional<TlsStream> tls;
  beast::flat_buffer buffer{kMaxBufferBytes};
  std::string distrust;  ///< why the host's certificate does not hold

  bool connected() const { return plain || tls; }
  void close() {
    plain.reset();
    tls.reset();
  }
  beast::tcp_stream& tcp_stream() { return tls ? tls->next_layer() : *plain; }
  void allow_time() { tcp_stream().expires_after(std::chrono::milliseconds(options.timeout_ms)); }

  asio::awaitable<boost::system::error_code> connect() {
    tcp::resolver resolver(co_await asio::this_coro::executor);
    auto [resolve_error, endpoints] = co_await resolver.async_resolve(host, port, kTuple);
    if (resolve_error) co_return resolve_error;
    if (secure)
      tls.emplace(io, *trust);
    else
      plain.emplace(io);
    buffer.clear();
    allow_time();
    auto [error, endpoint] = co_await tcp_stream().async_connect(endpoints, kTuple);
    boost::system::error_code ignored;
    tcp_stream().socket().set_option(tcp::no_delay(true), ignored);
    boost::system::error_code failed = error;
    if (!failed && tls) failed = co_await shake_hands();
    if (failed) close();
    co_return failed;
  }

  asio::awaitable<boost::system::error_code> shake_hands() {
    SSL* const connection = tls->native_handle();
    boost::system::error_code ignored;
    asio::ip::make_address(host, ignored);
    if (ignored) SSL_set_tlsext_host_name(connection, host.c_str());  // a name, not an address
    tls->set_verify_callback(asio::ssl::host_name_verification(host));
    auto [error] = co_await tls->async_handshake(asio::ssl::stream_base::client, kTuple);
    if (const long verified = SSL_get_verify_result(connection); error && verified != X509_V_OK)
      distrust = X509_verify_cert_error_string(verified);
    co_return error;
  }

  std::string to_text(const HttpRequest& request) const {
    http::request<http::string_body> message;
    message.method_string(request.method);
    message.target(prefix + request.target);
    message.version(11);
    message.set(http::field::host, host_header);
    message.set(http::field::user_agent, "tallinn");
    for (const auto& [name, value] : request.headers) message.insert(name, value);
    message.body() = request.body;
    if (!request.body.empty() || request.method == "POST") message.prepare_payload();
    std::ostringstream out;
    out << message;
    return std::move(out).str();
  }

  // Reading and writing, whichever stream it is: Beast's own operations would be compiled for each.
  asio::awaitable<boost::system::error_code> write(std::string_view text) {
    const auto buffers = asio::buffer(text);
    auto [error, count] = tls ? co_await asio::async_write(*tls, buffers, kTuple)
                              : co_await asio::async_write(*plain, buffers, kTuple);
    co_return error;
  }
  /// Of what has come: how many bytes are parsed now.
  std::expected<std::size_t, boost::system::error_code> parse(AnswerParser& parser) {
    boost::system::error_code error;
    const std::size_t taken = buffer.size() > 0 ? parser.put(buffer.data(), error) : 0;
    buffer.consume(taken);
    if (error && error != http::error::need_more) return std::unexpected(error);
    return taken;
  }
  asio::awaitable<boost::system::error_code> receive(AnswerParser& parser) {
    const auto room = buffer.prepare(kReadBytes);
    auto [failed, count] = tls ? co_await tls->async_read_some(room, kTuple)
                               : co_await plain->async_read_some(room, kTuple);
    buffer.commit(count);
    if (failed != asio::error::eof) co_return failed;
    if (!parser.got_some()) co_return http::error::end_of_stream;
    boost::system::error_code error;
    parser.put_eof(error);
    co_return error;
  }
  /// Beast's reading bounds no head: net/http_head_limit.h.
  asio::awaitable<boost::system::error_code> read_head(AnswerParser& parser) {
    parser.header_limit(kMaxHeadBytes);
    HeadLimit limit(kMaxHeadBytes);
    for (;;) {
      const auto taken = parse(parser);
      if (!taken) co_return taken.error();
      if (!limit.holds(parser, *taken, buffer.size())) co_return http::error::header_limit;
      if (parser.is_header_done()) co_return boost::system::error_code();
      if (const auto error = co_await receive(parser); error) co_return error;
    }
  }
  /// A part of the body.
  asio::awaitable<boost::system::error_code> read_some(AnswerParser& parser) {
    const auto taken = parse(parser);
    if (!taken) co_return taken.error();
    if (*taken > 0) co_return boost::system::error_code();
    co_return co_await receive(parser);
  }

  asio::awaitable<Exchanged> exchange(const HttpRequest& request) {
    allow_time();
    const std::string text = to_text(request);
    if (const auto error = co_await write(text); error) co_return std::unexpected(error);
    AnswerParser parser;
    parser.body_limit(options.max_response_bytes);
    parser.skip(request.method == "HEAD");
    if (const auto error = co_await read_head(parser); error) co_return std::unexpected(error);
    while (!parser.is_done())
      if (const auto error = co_await read_some(parser); error) co_return std::unexpected(error);
    const bool keep = parser.get().keep_alive();
    auto response = to_response(parser.release());
    if (!keep) close();
    co_return response;
  }

  /// The answer's head, with its whole body when that is none of 200.
  asio::awaitable<Exchanged> exchange_stream(const HttpRequest& request,
                                             const std::function<Next(std::string_view)>& on_part) {
    if (const auto error = co_await connect(); error) co_return std::unexpected(error);
    const std::string text = to_text(request);
    if (const auto error = co_await write(text); error) co_return std::unexpected(error);
    AnswerParser parser;
    if (const auto error = co_await read_head(parser); error) co_return std::unexpected(error);
    const bool streams = parser.get().result() == http::status::ok;
    parser.body_limit(streams ? boost::none : boost::optional<std::uint64_t>(kMaxRefusalBytes));
    while (!parser.is_done()) {
      allow_time();
      if (const auto error = co_await read_some(parser); error) co_return std::unexpected(error);
      std::string& body = parser.get().body();
      if (!streams || body.empty()) continue;
      if (on_part(body) == Next::stop) break;
      body.clear();
    }
    close();
    co_return to_response(parser.release());
  }

  /// Runs one exchange to its end.
  Result<HttpResponse> run_to_end(asio::awaitable<Exchanged> exchanging) {
    std::optional<Exchanged> answer;
    distrust.clear();
    const auto done = [&](std::exception_ptr thrown, Exchanged exchanged) {
      if (!thrown) answer = std::move(exchanged);
    };
    io.restart();
    asio::co_spawn(io, std::move(exchanging), done);
    io.run();
    if (answer && *answer) return std::move(**answer);
    close();
    if (!distrust.empty())
      return refuse(Code::unavailable,
                    "the certificate of " + url + " is not one to trust (" + distrust +
                        "); SSL_CERT_FILE can name a file of authorities of your own");
    const auto why =
        answer ? answer->error().message() : std::string("the answer could not be read");
    return refuse(Code::unavailable,
                  "no answer from " + url + " (" + why + "): is the node running at that address?");
  }

  /// Once more on a new connection when a kept one turns out to be closed.
  asio::awaitable<Exchanged> run(const HttpRequest& request) {
    if (connected()) {
      auto kept = co_await exchange(request);
      if (kept || kept.error() == beast::error::timeout) co_return kept;
      close();
    }
    if (const auto error = co_await connect(); error) co_return std::unexpected(error);
    co_return co_await exchange(request);
  }
};

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;
const std::string& HttpClient::url() const {
  return impl_->url;
}

Result<HttpClient> HttpClient::make(std::string_view url, Options options) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || (parsed->scheme() != "http" && parsed->scheme() != "https") ||
      parsed->host().empty() || parsed->has_userinfo() || parsed->has_query() ||
      parsed->has_fragment())
    return refuse(Code::malformed, "\"" + std::string(url.substr(0, 200)) +
                                       "\" is not an address like http://127.0.0.1:8481");
  auto impl = std::make_unique<Impl>();
  impl->url = std::string(url);
  impl->secure = parsed->scheme() == "https";
  if (impl->secure) impl->trust = trusting_context();
  impl->host = parsed->host_address();
  impl->port = parsed->has_port() ? std::string(parsed->port()) : impl->secure ? "443" : "80";
  impl->host_header = std::string(parsed->encoded_host_and_port());
  impl->prefix = std::string(parsed->encoded_path());
  while (impl->prefix.ends_with('/')) impl->prefix.pop_back();
  impl->options = options;
  return HttpClient(std::move(impl));
}

Result<HttpResponse> HttpClient::request(const HttpRequest& request) {
  return impl_->run_to_end(impl_->run(request));
}

Result<void> HttpClient::stream(const HttpRequest& request,
                                const std::function<Next(std::string_view)>& on_part) {
  const auto answer = impl_->run_to_end(impl_->exchange_stream(request, on_part));
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != 200) return std::unexpected(error_of(*answer));
  return {};
}

Result<HttpResponse> HttpClient::get(std::string target) {
  HttpRequest get{.method = "GET", .target = std::move(target)};
  return request(get);
}

}  // namespace tallinn
