#include "tools/log_client.h"

#include <doctest/doctest.h>

#include "tests/tools/served_site.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr LogId kLog{.office = kKyiv, .epoch = Epoch(1)};

/// Of a site in an object store that must not list its objects: what is absent is forbidden.
LogClient::Fetch forbidding(LogClient::Fetch fetch, std::string never = "") {
  return [fetch = std::move(fetch), never](const std::string& target) {
    auto answer = fetch(target);
    const bool hidden = !never.empty() && target.find(never) != std::string::npos;
    if (hidden || (!answer && answer.error().code == Code::not_found))
      answer = refuse(Code::unauthorised, target + ": the server answers 403");
    return answer;
  };
}

}  // namespace

TEST_CASE("entries and hashes beyond a log's end are refused, whatever its size") {
  ServedSite site(300);
  LogClient client(site.fetch(), site.scribe.charter);
  const LogSize size(site.scribe.size(kKyiv));
  REQUIRE(size > LogSize(256));
  struct Row {
    std::uint64_t begin;
    std::size_t count;
  };
  for (const auto& [begin, count] :
       {Row{0, size.value() + 1}, Row{size.value() - 1, 2}, Row{size.value(), 1},
        Row{size.value() + 1, 0}, Row{UINT64_MAX, 2}, Row{5, SIZE_MAX}}) {
    CAPTURE(begin);
    CAPTURE(count);
    const auto entries = client.entries(kLog, size, LogIndex(begin), count);
    REQUIRE_FALSE(entries.has_value());
    CHECK(entries.error().code == Code::malformed);
    const auto row = client.row(kLog, size, 0, begin, count);
    REQUIRE_FALSE(row.has_value());
    CHECK(row.error().code == Code::malformed);
  }
  CHECK(site.asked.empty());
  CHECK(client.entries(kLog, size, LogIndex(0), size.value())->size() == size.value());
  CHECK(client.entries(kLog, size, LogIndex(size.value()), 0)->empty());
}

TEST_CASE("what an object store forbids is absent where it may be, and an error where it must be") {
  ServedSite site(300);
  const Charter& charter = site.scribe.charter;
  const LogSize size(site.scribe.size(kKyiv));
  const std::string partial =
      format_tile_path({.kind = TilePath::Kind::entries, .level = 0, .index = 0, .width = 20});
  LogClient client(forbidding(site.fetch()), charter);
  REQUIRE(client.entries(kLog, LogSize(20), LogIndex(0), 20).has_value());
  CHECK(site.asked.front().ends_with(partial));
  const auto tall = client.row(kLog, LogSize(20), 0, 0, 20);
  CHECK(tall.has_value());
  CHECK(client.chain().has_value());
  const auto beyond = client.entries(kLog, LogSize(100'000), LogIndex(99'000), 1);
  REQUIRE_FALSE(beyond.has_value());
  CHECK(beyond.error().code == Code::unavailable);
  CHECK(beyond.error().detail.find("403") != std::string::npos);

  LogClient no_chain(forbidding(site.fetch(), "chain"), charter);
  CHECK(no_chain.roster().has_value());
  CHECK(open_served_source(LogClient(forbidding(site.fetch(), "/state"), charter)).has_value());
  LogClient hidden(forbidding(site.fetch(), "/tile/"), charter);
  CHECK(hidden.entries(kLog, size, LogIndex(0), 5).error().code == Code::unavailable);
  const auto nothing =
      open_served_source(LogClient(forbidding(site.fetch(), "checkpoint"), charter));
  REQUIRE_FALSE(nothing.has_value());
  CHECK(nothing.error().code == Code::unavailable);
  CHECK(nothing.error().detail.find("403") != std::string::npos);
}
