// HttpConnection: one connection of a server: requests are read within limits, one after the other,
// each is answered by the handler, the answers are written in order. Shell, coroutines. Everything
// happens on the strand of its socket. Private to net/http_*; Beast stays in http_connection.cpp.
// Cost of a small request whose answer is ready: one read and one gathered write, no timer, no
// change of thread.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "net/http_server.h"

namespace tallinn {

/// What all connections of a server have in common.
struct HttpService {
  HttpLimits limits;
  HttpHandler handler;
  std::atomic<bool> stopping = false;  ///< answers that are under way are the last ones
};

class HttpConnection {
 public:
  /// Begins to serve. The executor of `socket` is a strand of its own; `closed` is called on it
  /// once, when the connection has ended.
  static std::shared_ptr<HttpConnection> start(boost::asio::ip::tcp::socket socket,
                                               std::shared_ptr<HttpService> service,
                                               std::function<void()> closed);
  virtual ~HttpConnection() = default;
  /// Ends it now when it waits for a request. From any thread; `service->stopping` is set before.
  virtual void stop() = 0;
  /// Ends it now, whatever it does. From any thread.
  virtual void give_way() = 0;

  using Time = std::chrono::steady_clock::time_point;
  /// Since when it has waited for its client: for a whole request, or to take an answer that is no
  /// stream. Time::max() while it does not. From any thread.
  virtual Time waits_since() const = 0;
};

}  // namespace tallinn
