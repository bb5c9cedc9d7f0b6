#include "tools/audit_resumed.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "ledger/file_text.h"
#include "tests/tools/served_site.h"
#include "tools/audit_report.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstBundle = "log/kyiv/1/tile/entries/000";

/// The machine-readable report, or why there is none.
Result<std::string> audited(ServedSite& site, KeptTiles& kept, std::size_t most = SIZE_MAX) {
  site.asked.clear();
  auto source = open_served_source(LogClient(kept.through(site.fetch(most)), site.scribe.charter));
  if (!source) return std::unexpected(source.error());
  auto report = audit_resumed(kept, **source, site.scribe.charter, {.threads = 2, .progress = {}});
  if (!report) return std::unexpected(report.error());
  return serialize(report_json(*report, {.source = "site", .charter_sha256 = ""}));
}

std::size_t full_tiles_asked(const ServedSite& site) {
  return static_cast<std::size_t>(std::ranges::count_if(site.asked, [](const std::string& target) {
    return target.find("/tile/") != std::string::npos && target.find(".p/") == std::string::npos;
  }));
}

void flip_middle(const fs::path& file) {
  auto bytes = read_file(file, kMaxServedBytes).value();
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("an audit cut short goes on where it was, and reports the same as one that was not") {
  ServedSite site(900);
  const TemporaryFolder apart;
  KeptTiles none(apart.path() / "none");
  const auto whole = audited(site, none);
  REQUIRE_MESSAGE(whole.has_value(), whole.error().detail);
  CHECK(whole->find("\"holds\":true") != std::string::npos);
  const std::size_t asked = site.asked.size();
  const std::size_t tiles = full_tiles_asked(site);  // of entries and of hashes
  REQUIRE(tiles >= 6);

  for (std::size_t cut = 1; cut < asked; ++cut) {
    CAPTURE(cut);
    const TemporaryFolder folder;
    {
      KeptTiles kept(folder.path());
      const auto short_one = audited(site, kept, cut);
      REQUIRE_FALSE(short_one.has_value());
      CHECK(short_one.error().code == Code::unavailable);
    }
    const std::size_t had = full_tiles_asked(site);
    KeptTiles kept(folder.path());
    const auto resumed = audited(site, kept);
    REQUIRE_MESSAGE(resumed.has_value(), resumed.error().detail);
    CHECK(*resumed == *whole);
    CHECK(kept.used() == had);
    CHECK(full_tiles_asked(site) == tiles - had);
  }
}

TEST_CASE("a kept file that is not what the server has never speaks against the server") {
  ServedSite site(600);
  const TemporaryFolder folder;
  KeptTiles first(folder.path());
  const auto whole = audited(site, first);
  REQUIRE(whole.has_value());
  const fs::path bundle = folder.path() / kFirstBundle;
  const auto good = read_file(bundle, kMaxServedBytes).value();

  SUBCASE("a flipped bit") {
    flip_middle(bundle);
  }
  SUBCASE("a file cut short") {
    fs::resize_file(bundle, good.size() / 2);
  }
  SUBCASE("an empty file") {
    fs::resize_file(bundle, 0);
  }
  KeptTiles kept(folder.path());
  CHECK(audited(site, kept) == whole);
  CHECK(read_file(bundle, kMaxServedBytes) == good);
}

TEST_CASE("what the server has changed is found beside what was kept of others") {
  ServedSite site(600);
  const TemporaryFolder folder;
  {
    KeptTiles kept(folder.path());
    REQUIRE(audited(site, kept).has_value());
  }
  fs::remove(folder.path() / kFirstBundle);
  flip_middle(fs::path(site.path()) / kFirstBundle);
  KeptTiles kept(folder.path());
  const auto report = audited(site, kept);
  REQUIRE(report.has_value());
  CHECK(report->find("\"holds\":false") != std::string::npos);
  CHECK(kept.used() > 0);
}

TEST_CASE("no more is kept than was allowed, and nothing that may still change") {
  ServedSite site(600);
  const TemporaryFolder folder;
  KeptTiles nothing(folder.path() / "nothing", 1'000);
  REQUIRE(audited(site, nothing).has_value());
  CHECK_FALSE(fs::exists(folder.path() / "nothing"));
  KeptTiles kept(folder.path() / "kept");
  REQUIRE(audited(site, kept).has_value());
  for (const auto& file : fs::recursive_directory_iterator(folder.path() / "kept")) {
    if (!file.is_regular_file()) continue;
    const std::string name = file.path().generic_string();
    CAPTURE(name);
    CHECK(name.find("/tile/") != std::string::npos);
    CHECK(name.find(".p/") == std::string::npos);
  }
}
