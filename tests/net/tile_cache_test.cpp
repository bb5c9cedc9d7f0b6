#include "net/tile_cache.h"

#include <doctest/doctest.h>

using namespace tallinn;

namespace {

TileCache::Key key(std::uint64_t index) {
  return {.log = {OfficeNumber(0), Epoch(1)}, .tile = {.index = index}};
}
std::shared_ptr<const HttpResponse> body_of(std::size_t bytes) {
  return std::make_shared<const HttpResponse>(HttpResponse{.body = std::string(bytes, 'x')});
}

}  // namespace

TEST_CASE("a tile cache keeps what was used last within its bytes") {
  TileCache cache(1'000);
  for (std::uint64_t i = 0; i < 4; ++i) cache.put(key(i), body_of(300));
  CHECK(cache.bytes() == 900);
  CHECK(cache.get(key(0)) == nullptr);
  CHECK(cache.get(key(1)) != nullptr);  // now the most recently used
  cache.put(key(4), body_of(300));
  CHECK(cache.get(key(2)) == nullptr);
  CHECK(cache.get(key(1)) != nullptr);
  cache.put(key(5), body_of(1'001));
  CHECK(cache.get(key(5)) == nullptr);
  CHECK(cache.get(key(4)) != nullptr);
}

TEST_CASE("the same tile of another log, width or coding is another") {
  TileCache cache(1'000);
  cache.put(key(0), body_of(10));
  auto other = key(0);
  other.coding = Coding::gzip;
  CHECK(cache.get(other) == nullptr);
  other = key(0);
  other.tile.width = 7;
  CHECK(cache.get(other) == nullptr);
  other = key(0);
  other.log.epoch = Epoch(2);
  CHECK(cache.get(other) == nullptr);
  const auto first = cache.get(key(0));
  cache.put(key(0), body_of(20));
  CHECK(cache.get(key(0)) == first);
}
