#include "projections/record_cache.h"

#include <doctest/doctest.h>

#include <map>
#include <random>

#include "projections/record_keys.h"

using namespace tallinn;

namespace {

/// Records in a map, and how often it was asked.
class Below final : public ViewReader {
 public:
  std::map<Bytes, Bytes, std::less<>> records;
  int asked = 0;

  std::optional<Bytes> get(BytesView key) override {
    ++asked;
    const auto found = records.find(key);
    return found == records.end() ? std::nullopt : std::optional(found->second);
  }
  void scan(BytesView, BytesView, const Visit& visit) override {
    for (const auto& [key, value] : records)
      if (visit(key, value) == Next::stop) return;
  }
};

/// Writes through, as the owner of a cache does.
void write(Below& below, RecordCache& cache, const Bytes& key, std::optional<Bytes> value) {
  cache.written({{key, value}});
  if (value)
    below.records[key] = *value;
  else
    below.records.erase(key);
}

}  // namespace

TEST_CASE("a record that was read or written lately is not asked for again") {
  Below below;
  below.records["need/A"] = "a";
  RecordCache cache(below);
  CHECK(cache.get("need/A") == "a");
  CHECK(cache.get("need/A") == "a");
  CHECK(below.asked == 1);
  write(below, cache, "need/A", "changed");
  write(below, cache, "need/B", "b");
  CHECK(cache.get("need/A") == "changed");
  CHECK(cache.get("need/B") == "b");
  CHECK(below.asked == 1);
}

TEST_CASE("what is not there is asked for each time, unless nothing was there to begin with") {
  Below below;
  below.records["need/B"] = "b";
  RecordCache over_something(below);
  CHECK(over_something.get("need/A") == std::nullopt);
  CHECK(over_something.get("need/A") == std::nullopt);
  CHECK(below.asked == 2);
  Below nothing;
  RecordCache cache(nothing);
  CHECK(cache.get("need/A") == std::nullopt);
  write(nothing, cache, "need/B", "b");
  CHECK(cache.get("need/A") == std::nullopt);
  CHECK(cache.get("need/B") == "b");
  CHECK(nothing.asked == 0);
}

TEST_CASE("records of places are remembered where that is asked for, and never read from memory") {
  const Bytes key = trail_key(PartyId("EE"), {});
  for (const auto placed : {RecordCache::Placed::pass, RecordCache::Placed::remembered}) {
    Below below;
    RecordCache cache(below, placed);
    write(below, cache, key, "trail");
    CHECK(cache.holds(key, "trail") == (placed == RecordCache::Placed::remembered));
    CHECK_FALSE(cache.holds(key, "other"));
    CHECK(cache.get(key) == "trail");
    CHECK(below.asked == 1);
    write(below, cache, key, std::nullopt);
    CHECK_FALSE(cache.holds(key, "trail"));
  }
}

TEST_CASE("when what is below is another one nothing of before is known, nor what was not there") {
  Below below;
  RecordCache cache(below);
  write(below, cache, "need/A", "a");
  below.records["need/A"] = "of another one";
  below.records["need/B"] = "there";
  cache.clear();
  CHECK(cache.get("need/A") == "of another one");
  CHECK(cache.get("need/B") == "there");
}

TEST_CASE("only what is known to be there, byte for byte, need not be written again") {
  Below below;
  RecordCache cache(below);
  write(below, cache, "need/A", "a");
  CHECK(cache.holds("need/A", "a"));
  CHECK_FALSE(cache.holds("need/A", "b"));
  CHECK_FALSE(cache.holds("need/B", "b"));
  write(below, cache, "need/A", std::nullopt);
  CHECK_FALSE(cache.holds("need/A", "a"));
}

TEST_CASE("a cache of any size answers what is below, whatever was read, written and erased") {
  std::mt19937 random(7);
  for (const std::size_t max_bytes : {1u, 200u, 1'000u, 1u << 20}) {
    CAPTURE(max_bytes);
    Below below;
    RecordCache cache(below, RecordCache::Placed::pass, max_bytes);
    for (int step = 0; step < 5'000; ++step) {
      const char* kind = random() % 3 == 0 ? "trail/" : "need/";
      const Bytes key = kind + std::to_string(random() % 40);
      switch (random() % 4) {
        case 0: write(below, cache, key, Bytes(random() % 30, 'v') + std::to_string(step)); break;
        case 1: write(below, cache, key, std::nullopt); break;
        default: {
          const auto found = below.records.find(key);
          const auto expected =
              found == below.records.end() ? std::nullopt : std::optional(found->second);
          REQUIRE(cache.get(key) == expected);
        }
      }
    }
  }
}
