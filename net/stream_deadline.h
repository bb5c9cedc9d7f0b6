// StreamDeadline: how long one step on a peer's stream may take. Shell; on the stream's strand.
// Private to net/peer_link*.cpp.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "net/peer_link_connection.h"

namespace tallinn {

/// Closes the stream when it takes too long; cancelled with the object.
class StreamDeadline {
 public:
  StreamDeadline(const PeerStrand& strand, std::shared_ptr<PeerStream> stream,
                 std::chrono::milliseconds after)
      : timer_(std::make_shared<boost::asio::steady_timer>(strand, after)) {
    timer_->async_wait(
        [stream = std::move(stream), timer = timer_](const boost::system::error_code& error) {
          if (error || timer->expiry() > std::chrono::steady_clock::now()) return;
          boost::system::error_code ignored;
          stream->lowest_layer().close(ignored);
        });
  }
  ~StreamDeadline() { timer_->expires_at(std::chrono::steady_clock::time_point::max()); }
  StreamDeadline(const StreamDeadline&) = delete;
  StreamDeadline& operator=(const StreamDeadline&) = delete;

 private:
  std::shared_ptr<boost::asio::steady_timer> timer_;
};

}  // namespace tallinn
