// HttpRequestParser: one request out of the bytes that a connection brings, in whatever pieces,
// within limits; what leaves it open where a request ends is refused. Pure. Private to net/http_*
// and to tests: Beast comes with this header.
#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "net/http_head_limit.h"
#include "net/http_server.h"

namespace tallinn {

class HttpRequestParser {
 public:
  enum class State : std::uint8_t {
    lacks,    ///< more bytes
    waits,    ///< its client, to be told that it may send the body; once
    whole,    ///< the request is here; what follows it is left in the buffer
    refused,  ///< `refusal_status` says why; the connection is good for nothing more
  };
  explicit HttpRequestParser(const HttpLimits& limits);

  /// Takes what it can of the bytes that have come. First the head alone: what follows a body in
  /// chunks never counts as a header. A buffer that is full and still lacks something is refused.
  State take(boost::beast::flat_buffer& buffer);

  unsigned refusal_status() const;
  /// Of the one that is whole, once.
  HttpRequest release();
  unsigned version() const { return parser_.get().version(); }
  bool method_is_head() const;
  bool keeps_alive() const { return parser_.get().keep_alive(); }

 private:
  bool take_head(std::size_t taken, std::size_t left);

  boost::beast::http::request_parser<boost::beast::http::string_body> parser_;
  HeadLimit head_limit_;
  bool head_came_ = false;
  bool waits_ = false;
  HttpRequest request_;
  boost::system::error_code error_;
};

/// Of 400, 413 and 431.
std::string_view refusal_text(unsigned status);

}  // namespace tallinn
