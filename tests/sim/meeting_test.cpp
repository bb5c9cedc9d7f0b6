#include "net/meeting.h"

#include "tests/sim/needs.h"

namespace tallinn::sim {
namespace {

const std::string kUndispatched =
    R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ad777","type":"GoodsReceived","author":"UA",)"
    R"("occurred":"2025-02-02","body":{"consignment":)"
    R"("C-2025-77","lines":[{"line":1,"quantity":3,"condition":"good"}]}})";
const std::vector<std::string> kOpened{"receipt_without_dispatch/C-2025-77"};

/// What Warsaw meets when it hears from Kyiv again.
struct Cut {
  explicit Cut(std::uint64_t seed) : world(seed), meetings(world.office(kWarsaw).heads) {
    begin(world);
    world.cut();
    must_record(world, kKyiv, kUndispatched);
  }
  void hear() {
    world.connect();
    world.run_ms(3'000);
    world.cut();
    REQUIRE(world.head(kWarsaw)->held == world.head(kKyiv)->held);
  }
  World world;
  Meetings meetings;
};

}  // namespace

TEST_CASE("a meeting that breaks off and goes on names the exceptions of all its parts") {
  Cut cut(62);
  cut.meetings.begin("kyiv", {.here = 10, .there = 7});
  cut.hear();
  cut.meetings.broke_off("kyiv", {.here = 4, .there = 3});
  CHECK_FALSE(cut.meetings.last("kyiv").has_value());
  cut.meetings.begin("kyiv", {.here = 6, .there = 1});  // two new ones, and two taken unheard
  const auto met = cut.meetings.end("kyiv");
  REQUIRE(met.has_value());
  CHECK(met->fetched == 12);
  CHECK(met->sent == 7);
  CHECK(met->exceptions == kOpened);
  CHECK(cut.meetings.last("kyiv")->exceptions == kOpened);
}

TEST_CASE("a meeting that has ended ends once, and the next one begins with what is open then") {
  Cut cut(63);
  CHECK_FALSE(cut.meetings.end("kyiv").has_value());
  cut.meetings.begin("kyiv", {.here = 1});
  cut.hear();
  CHECK(cut.meetings.end("kyiv")->exceptions == kOpened);
  CHECK_FALSE(cut.meetings.end("kyiv").has_value());
  CHECK(cut.meetings.last("kyiv")->fetched == 1);
  cut.meetings.broke_off("kyiv", {.here = 9});  // of none
  cut.meetings.begin("kyiv", {.here = 2});
  cut.meetings.begin("kyiv", {.here = 2});  // nobody has said that the first one broke
  const auto met = cut.meetings.end("kyiv");
  REQUIRE(met.has_value());
  CHECK(met->fetched == 2);
  CHECK(met->exceptions.empty());
}

}  // namespace tallinn::sim
