#include "net/http_request_parser.h"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

namespace tallinn {
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::size_t kUsualHeaders = 8;

using Parser = http::request_parser<http::string_body>;

/// Of a request whose head has come, without its body.
HttpRequest head_of(const Parser& parser) {
  const auto& message = parser.get();
  HttpRequest out{.method = std::string(message.method_string()),
                  .target = std::string(message.target())};
  out.headers.reserve(kUsualHeaders);
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    out.headers.emplace_back(std::move(name), std::string(field.value()));
  }
  return out;
}

/// What leaves it open where a request ends or whom it is for, so that a proxy before this node
/// might see another one (RFC 9112, sections 3.2, 6.1, 6.3 and 11.2). The parser has compared
/// lengths with each other and with chunks.
error_code framing_fault(const Parser& parser) {
  const auto& message = parser.get();
  const auto hosts = message.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && message.version() == 11)) return http::error::bad_field;
  const auto encodings = message.count(http::field::transfer_encoding);
  const bool only_chunked = encodings == 1 && message.version() == 11 &&
                            beast::iequals(message[http::field::transfer_encoding], "chunked");
  if (encodings > 0 && !only_chunked) return http::error::bad_transfer_encoding;
  const bool several = message.count(http::field::content_length) > 1 ||
                       message[http::field::content_length].find(',') != beast::string_view::npos;
  return several ? error_code(http::error::multiple_content_length) : error_code();
}

}  // namespace

HttpRequestParser::HttpRequestParser(const HttpLimits& limits)
    : head_limit_(limits.max_header_bytes) {
  parser_.header_limit(static_cast<std::uint32_t>(limits.max_header_bytes));
  parser_.body_limit(limits.max_body_bytes);
}

/// False: it is refused.
bool HttpRequestParser::take_head(std::size_t taken, std::size_t left) {
  if (!head_limit_.holds(parser_, taken, left)) {
    error_ = http::error::header_limit;
    return false;
  }
  if (!parser_.is_header_done()) return true;
  head_came_ = true;
  if (const auto fault = framing_fault(parser_)) {
    error_ = fault;
    return false;
  }
  request_ = head_of(parser_);
  parser_.eager(true);
  waits_ = left == 0 && !parser_.is_done() &&
           beast::iequals(parser_.get()[http::field::expect], "100-continue");
  return true;
}

HttpRequestParser::State HttpRequestParser::take(beast::flat_buffer& buffer) {
  for (;;) {
    error_ = {};
    const std::size_t taken = parser_.put(buffer.data(), error_);
    buffer.consume(taken);
    const bool lacks = error_ == http::error::need_more;
    if (error_ && !lacks) return State::refused;
    if (!head_came_ && !take_head(taken, buffer.size())) return State::refused;
    if (std::exchange(waits_, false)) return State::waits;
    if (parser_.is_done()) return State::whole;
    if (!lacks && buffer.size() > 0) continue;
    if (buffer.size() < buffer.max_size()) return State::lacks;
    error_ = http::error::buffer_overflow;
    return State::refused;
  }
}

unsigned HttpRequestParser::refusal_status() const {
  if (error_ == http::error::body_limit) return 413;
  if (error_ == http::error::header_limit || error_ == http::error::buffer_overflow) return 431;
  return 400;
}

HttpRequest HttpRequestParser::release() {
  request_.body = std::move(parser_.get().body());
  return std::move(request_);
}

bool HttpRequestParser::method_is_head() const {
  return parser_.get().method() == http::verb::head;
}

std::string_view refusal_text(unsigned status) {
  if (status == 413) return "the body is longer than this node takes";
  if (status == 431) return "the header is longer than this node takes";
  return "this is not an HTTP/1.1 request";
}

}  // namespace tallinn
