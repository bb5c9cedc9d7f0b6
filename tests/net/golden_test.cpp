#include <doctest/doctest.h>

#include <filesystem>

#include "events/wire.h"
#include "ledger/store_notes.h"
#include "net/rebuild.h"
#include "projections/fold.h"
#include "tests/ledger/store_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> releases() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(source_dir() + "/tests/golden"))
    if (fs::exists(entry.path() / "expected.json")) found.push_back(entry.path());
  return found;
}

Bytes rules_value(std::uint32_t rules) {
  Bytes value;
  put_be(value, rules);
  return value;
}

}  // namespace

TEST_CASE("views of a release's data that other rules made are made anew when it is opened") {
  REQUIRE_FALSE(releases().empty());
  for (const fs::path& release : releases()) {
    CAPTURE(release.string());
    const TemporaryFolder folder;
    const fs::path path = folder.path() / "db";
    fs::copy(release / "kyiv" / "data" / "db", path, fs::copy_options::recursive);
    const auto store = open_store(path.string());
    const auto note = store->get(Family::notes, notes::charter_key());
    REQUIRE((note && *note));
    const auto charter = parse_charter(**note);
    REQUIRE(charter);
    REQUIRE(prepare_views(*store, *charter).has_value());
    const Pairs views = read_all(*store, Family::views);
    REQUIRE(views.size() > 100);

    for (const std::uint32_t rules : {kRules - 1, kRules + 1}) {
      Batch other;
      other.put(Family::meta, "rules", rules_value(rules));
      other.erase(Family::views, views.front().first);
      other.put(Family::views, views.back().first, "a record of other rules");
      other.put(Family::views, "\xff a key of other rules", "");
      REQUIRE(store->commit(std::move(other)).has_value());
      REQUIRE(prepare_views(*store, *charter).has_value());
      CHECK(read_all(*store, Family::views) == views);
    }
  }
}
