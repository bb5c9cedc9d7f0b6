#include "net/handshake_limit.h"

#include <doctest/doctest.h>

#include "net/listen.h"

namespace tallinn {
namespace {

constexpr UnixMillis kMinute(1'800'000'000'000);  // a whole minute
UnixMillis after_s(std::int64_t seconds) {
  return UnixMillis(kMinute.value() + seconds * 1'000);
}

}  // namespace

TEST_CASE("an address that fails too often is not served until the minute is over, others are") {
  HandshakeLimit limit(3);
  for (int i = 0; i < 3; ++i) {
    CHECK(limit.admits("192.0.2.1", after_s(i)));
    limit.failed("192.0.2.1", after_s(i));
  }
  CHECK_FALSE(limit.admits("192.0.2.1", after_s(4)));
  CHECK_FALSE(limit.admits("192.0.2.1", after_s(59)));
  CHECK(limit.admits("192.0.2.2", after_s(59)));
  CHECK(limit.admits("192.0.2.1", after_s(60)));
}

TEST_CASE("an IPv6 address stands for its /64, and one that is an IPv4 address for that") {
  const auto network = [](const char* text) {
    return network_of(boost::asio::ip::make_address(text));
  };
  CHECK(network("192.0.2.1") == "192.0.2.1");
  CHECK(network("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(network("2001:db8:0:1::1") == "2001:db8:0:1::/64");
  CHECK(network("2001:db8:0:1:ffff::2") == network("2001:db8:0:1::1"));
  CHECK(network("2001:db8:0:2::1") != network("2001:db8:0:1::1"));
}

TEST_CASE("handshakes that succeed are never counted") {
  HandshakeLimit limit(1);
  for (int i = 0; i < 1'000; ++i) CHECK(limit.admits("192.0.2.1", kMinute));
}

TEST_CASE("more addresses than are counted share one count, and those that are known keep theirs") {
  HandshakeLimit limit(5);
  for (std::size_t i = 0; i < HandshakeLimit::kMostAddresses; ++i)
    limit.failed(std::to_string(i), kMinute);
  CHECK(limit.admits("a stranger", kMinute));
  for (int i = 0; i < 5; ++i) limit.failed("stranger " + std::to_string(i), kMinute);
  CHECK_FALSE(limit.admits("a stranger", kMinute));
  CHECK(limit.admits("7", kMinute));
  CHECK(limit.admits("a stranger", after_s(60)));
}

}  // namespace tallinn
