#include "net/handshake_places.h"

#include <doctest/doctest.h>

#include <vector>

namespace tallinn {
namespace {

/// Places, and who had to leave theirs, in order.
struct Places {
  HandshakePlaces::Place take(const std::string& network) {
    const auto number = came++;
    auto taken = places.take(network, [this, number] { left.push_back(number); });
    if (taken.gives_way) taken.gives_way();
    return taken.place;
  }
  HandshakePlaces places;
  int came = 0;
  std::vector<int> left;
};

std::string network(std::size_t n) {
  return "192.0.2." + std::to_string(n);
}

}  // namespace

TEST_CASE("whoever comes gets a place, and there are never more taken than there are") {
  Places places;
  for (std::size_t n = 0; n < 1'000; ++n) {
    places.take(network(n % 7));
    CHECK(places.places.taken() <= HandshakePlaces::kPlaces);
  }
  CHECK(places.left.size() == 1'000 - places.places.taken());
}

TEST_CASE("of one network the oldest gives way to its next, and no other is turned out") {
  Places places;
  const auto office = places.take("198.51.100.1");
  for (std::size_t n = 0; n < 3 * HandshakePlaces::kOfOneNetwork; ++n) places.take("192.0.2.1");
  CHECK(places.places.taken() == 1 + HandshakePlaces::kOfOneNetwork);
  CHECK(places.left.front() == 1);
  CHECK(places.left.size() == 2 * HandshakePlaces::kOfOneNetwork);
  CHECK(places.places.leave(office));
  CHECK_FALSE(places.places.leave(office));
}

TEST_CASE("when all places are taken, the oldest of the network that has the most gives way") {
  Places places;
  const auto first = places.take("198.51.100.1");
  for (std::size_t n = 0; n < HandshakePlaces::kPlaces - 1; ++n) places.take(network(n % 8));
  const auto office = places.take("203.0.113.1");
  CHECK(places.left == std::vector{1});  // of the first of eight networks with four or three each
  for (std::size_t n = 0; n < 500; ++n) places.take(network(n % 8));
  CHECK(places.places.leave(first));
  CHECK(places.places.leave(office));
}

TEST_CASE("a place that was left is free, and who left it is never told to") {
  Places places;
  std::vector<HandshakePlaces::Place> taken;
  for (std::size_t n = 0; n < HandshakePlaces::kPlaces; ++n)
    taken.push_back(places.take(network(n)));
  for (const auto place : taken) CHECK(places.places.leave(place));
  for (std::size_t n = 0; n < HandshakePlaces::kPlaces; ++n) places.take(network(n));
  CHECK(places.left.empty());
}

TEST_CASE("where every network has one place, the oldest of all gives way") {
  Places places;
  for (std::size_t n = 0; n < HandshakePlaces::kPlaces + 2; ++n) places.take(network(n));
  CHECK(places.left == std::vector{0, 1});
}

}  // namespace tallinn
