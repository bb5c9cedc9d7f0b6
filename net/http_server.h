// HttpServer: accepts, reads requests within limits, answers what the handler says.
// Shell, coroutines. The io_context may run on several threads; every connection is its own strand.
// What a connection does: net/http_connection.h.
#pragma once

#include <memory>
#include <string>

#include "events/result.h"
#include "net/http.h"

namespace boost::asio {
class io_context;
}

namespace tallinn {

struct HttpLimits {
  std::size_t max_body_bytes = 512u << 10;
  std::size_t max_header_bytes = 16u << 10;
  std::size_t max_connections = 512;
  int idle_timeout_ms = 60'000;
  int request_timeout_ms = 30'000;  ///< to read one request, and to have it answered
};

class HttpServer {
 public:
  /// `listen`: "H:P", "[::1]:8481"; port 0: any. Error unavailable when it cannot bind. `io` must
  /// outlive the server.
  static Result<std::unique_ptr<HttpServer>> start(boost::asio::io_context& io,
                                                   const std::string& listen, HttpLimits limits,
                                                   HttpHandler handler);
  virtual ~HttpServer() = default;
  virtual unsigned short port() const = 0;
  /// No new connections or requests; open answers are finished, then connections close.
  virtual void stop() = 0;
  virtual std::size_t connections() const = 0;
};

}  // namespace tallinn
