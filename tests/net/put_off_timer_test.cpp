#include "net/put_off_timer.h"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <optional>
#include <thread>

using namespace tallinn;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

/// A timer, how often it ran, and when last after the start.
struct Timed {
  boost::asio::io_context io;
  int runs = 0;
  milliseconds at{0};
  steady_clock::time_point start = steady_clock::now();
  std::optional<PutOffTimer> timer;

  Timed() {
    timer.emplace(io.get_executor(), [this] {
      ++runs;
      at = std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
    });
  }
};

}  // namespace

TEST_CASE("what is put off again and again runs once, at the time that was said last") {
  Timed timed;
  for (const int wait : {20, 60, 120}) timed.timer->put_off(milliseconds(wait));
  timed.io.run();
  CHECK(timed.runs == 1);
  CHECK(timed.at >= milliseconds(115));
}

TEST_CASE("an earlier time than the one before counts, and each time that runs out runs again") {
  Timed timed;
  timed.timer->put_off(milliseconds(60'000));
  timed.timer->put_off(milliseconds(20));
  timed.io.run();
  CHECK(timed.runs == 1);
  CHECK(timed.at < milliseconds(10'000));
  timed.timer->put_off(milliseconds(5));
  timed.io.restart();
  timed.io.run();
  CHECK(timed.runs == 2);
}

TEST_CASE("what is never to run, or whose timer has gone, does not run") {
  Timed timed;
  timed.timer->put_off(milliseconds(10));
  timed.timer->never();
  timed.io.run();
  CHECK(timed.runs == 0);
  timed.timer->put_off(milliseconds(10));
  timed.timer.reset();
  timed.io.restart();
  timed.io.run();
  CHECK(timed.runs == 0);
}

TEST_CASE("a timer that has ended may go on another thread while its last wait runs out") {
  for (int round = 0; round < 50; ++round) {
    Timed timed;
    timed.timer->put_off(milliseconds(1));
    std::this_thread::sleep_for(milliseconds(2));
    timed.timer->end();
    std::jthread other([&] { timed.timer.reset(); });
    timed.io.run();
    other.join();
    CHECK(timed.runs == 0);
  }
}
