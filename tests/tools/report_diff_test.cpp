#include "tools/report_diff.h"

#include <doctest/doctest.h>

using namespace tallinn;
namespace json = boost::json;

namespace {

json::array array(const char* text) {
  return json::parse(text).as_array();
}

}  // namespace

TEST_CASE("a figure that differs is named with what it was and is, an equal one is not") {
  const auto before = array(
      R"([{"year":2024,"currency":"EUR","pledged":"5.00","committed":"5.00","losses":{"uncommitted":"1.00"}}])");
  const auto after =
      array(R"([{"year":2024,"currency":"EUR","pledged":"5.00","committed":"7.00","losses":{}},
                               {"year":2025,"currency":"EUR","pledged":"9.00","losses":{}}])");
  CHECK(json::serialize(changed_figures(before, after)) ==
        R"([{"year":2024,"currency":"EUR","figure":"committed","before":"5.00","after":"7.00"},)"
        R"({"year":2024,"currency":"EUR","figure":"uncommitted","before":"1.00"},)"
        R"({"year":2025,"currency":"EUR","figure":"pledged","after":"9.00"}])");
  CHECK(changed_figures(after, after).empty());
}

TEST_CASE("an event that adds another amount is named, and the correction that took it out") {
  const auto before = array(
      R"([{"year":2024,"currency":"EUR","amount":"5.00","origin":"l/kyiv/1","index":3,"id":"a","type":"GoodsReceived"},
          {"year":2024,"currency":"EUR","amount":"1.00","origin":"l/kyiv/1","index":4,"id":"b","type":"GoodsReceived"}])");
  const auto after = array(
      R"([{"year":2024,"currency":"EUR","amount":"1.00","origin":"l/kyiv/1","index":4,"id":"b","type":"GoodsReceived"},
          {"year":2024,"currency":"EUR","amount":"4.00","origin":"l/kyiv/1","index":9,"id":"c","type":"GoodsReceived"}])");
  const auto changed = changed_events("received", before, after,
                                      array(R"([{"event":"a","by":"d"},{"event":"x","by":"y"}])"));
  CHECK(
      json::serialize(changed) ==
      R"([{"figure":"received","year":2024,"currency":"EUR","before":"5.00","origin":"l/kyiv/1","index":3,"id":"a",)"
      R"("type":"GoodsReceived","corrected_by":"d"},)"
      R"({"figure":"received","year":2024,"currency":"EUR","after":"4.00","origin":"l/kyiv/1","index":9,"id":"c",)"
      R"("type":"GoodsReceived"}])");
  CHECK(changed_events("received", after, after, {}).empty());
}
