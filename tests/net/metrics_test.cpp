#include "net/metrics.h"

#include <doctest/doctest.h>

#include <barrier>
#include <thread>

#include "net/routes.h"
#include "tests/support/record.h"

using namespace tallinn;

TEST_CASE("what has happened is counted once, however many ask at the same time") {
  constexpr int kRounds = 100;
  const Charter charter = test::signed_charter();
  const Head head;
  Metrics metrics;
  std::barrier together(2);
  const auto ask = [&] {
    for (std::uint64_t round = 1; round <= kRounds; ++round) {
      NodeStatus status;
      status.rebuild.finished = round;
      together.arrive_and_wait();
      metrics.text(head, charter, status, 0, UnixMillis(0));
    }
  };
  std::jthread other(ask);
  ask();
  other.join();
  const std::string text = metrics.text(head, charter, {}, 0, UnixMillis(0));
  CHECK(text.find("\ntallinn_rebuilds_total 100\n") != std::string::npos);
}
