// What a node does while it stops.
#include <condition_variable>
#include <thread>

#include "tests/net/http_running.h"
#include "tests/net/started_node.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

using std::chrono::milliseconds;

/// A clock at which every thread but the first one waits while it is held.
class HeldClock {
 public:
  UnixMillis now() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !held_ || std::this_thread::get_id() == first_; });
    return wall_clock();
  }
  void hold(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }

 private:
  const std::thread::id first_ = std::this_thread::get_id();
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
};

}  // namespace

TEST_CASE("a request that comes to its end while the node stops asks nothing that has gone") {
  const Folder folder;
  HeldClock clock;
  NodeConfig config = folder.config("warsaw");
  config.requests_end_within = milliseconds(100);
  auto node = start(config, [&] { return clock.now(); });
  Wire wire(node->http_port());
  REQUIRE(wire.send("GET /api/v1/status HTTP/1.1\r\nHost: node\r\n"));
  REQUIRE(client_of(*node).get("/healthz")->status == 200);
  clock.hold(true);  // the committer's thread does not end before the clock goes on
  std::thread stopper([&] { node->stop(); });
  std::this_thread::sleep_for(config.requests_end_within + milliseconds(400));
  wire.send("\r\n");
  std::this_thread::sleep_for(milliseconds(200));  // nothing comes that could be waited for
  clock.hold(false);
  stopper.join();
  node.reset();
  CHECK(wire.rest().empty());
}
