#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "ledger/file_text.h"
#include "ledger/proof_file.h"
#include "tests/tools/growing_node.h"
#include "tests/tools/served_site.h"
#include "tools/audit.h"
#include "tools/audit_report.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

/// One entry more in each log: the office `first` does not know the newest of the other one yet,
/// which has seen its own.
std::function<void(Scribe&)> one_more_each(OfficeNumber first, OfficeNumber second) {
  return [=, number = 0](Scribe& scribe) mutable {
    scribe.cut_link();
    scribe.record(one_more_need(++number), first);
    scribe.join_link();
    scribe.record(one_more_need(++number), second);
  };
}

void check_audit(GrowingNode& node) {
  const auto source = open_served_source(node.client());
  REQUIRE_MESSAGE(source.has_value(), source.error().detail);
  const auto report = audit(**source, node.scribe.charter, {.threads = 2, .progress = {}});
  REQUIRE_MESSAGE(report.has_value(), report.error().detail);
  CHECK_MESSAGE(report->holds(), format_report(*report));
  CHECK(report->entries >= 76);
}

}  // namespace

TEST_CASE("a node that never stands still is audited as it was at one moment") {
  SUBCASE("whose own log is read first") {
    GrowingNode node(one_more_each(kWarsaw, kKyiv));
    check_audit(node);
    CHECK(node.checkpoints == 2);
  }
  SUBCASE("whose own log is read last, at first") {
    GrowingNode node(one_more_each(kKyiv, kWarsaw));
    check_audit(node);
    CHECK(node.checkpoints == 4);
  }
}

TEST_CASE("a node that shows less of a log than another has seen is not waited for in vain") {
  GrowingNode node([](Scribe&) {});
  const auto shown = node.scribe.cosigned_checkpoint(kKyiv);
  node.scribe.record(one_more_need(1), kKyiv);
  node.scribe.record(one_more_need(2), kWarsaw);
  auto behind = [&, client = node.client()](const std::string& target) mutable {
    if (target == "/log/kyiv/1/checkpoint") return Result<std::string>(shown);
    return client.text(target);
  };
  const auto source = open_served_source(LogClient(behind, node.scribe.charter));
  REQUIRE_MESSAGE(source.has_value(), source.error().detail);
  const auto report = audit(**source, node.scribe.charter, {.threads = 2, .progress = {}});
  REQUIRE(report.has_value());
  CHECK_FALSE(report->holds());
  CHECK(report->failures.front().sentence.find("`seen`") != std::string::npos);
}

namespace {

constexpr std::string_view kOrigin = "tallinn-mechanism.example/kyiv/1";

/// The site is audited as a folder is: the same source as that of a URL.
AuditReport audited_site(const ServedSite& site) {
  const auto source = open_source(site.path(), site.scribe.charter);
  REQUIRE_MESSAGE(source.has_value(), source.error().detail);
  auto report = audit(**source, site.scribe.charter, {.threads = 2, .progress = {}});
  REQUIRE_MESSAGE(report.has_value(), report.error().detail);
  return *std::move(report);
}

std::filesystem::path in_kyiv(const ServedSite& site, std::string_view file) {
  return std::filesystem::path(site.path()) / "log/kyiv/1" / file;
}

void flip(const std::filesystem::path& file, std::size_t at) {
  auto bytes = read_file(file, kMaxServedBytes).value();
  bytes.at(at) = static_cast<char>(bytes[at] ^ 1);
  std::ofstream(file, std::ios::binary) << bytes;
}

bool says(const AuditReport& report, std::string_view sentence) {
  return std::ranges::any_of(report.failures, [&](const AuditFailure& failure) {
    return failure.origin == kOrigin && failure.sentence.starts_with(sentence);
  });
}

}  // namespace

TEST_CASE("a tile of a site that its entries do not give is named, whichever it is") {
  ServedSite site(600);
  const std::uint64_t size = site.scribe.size(kKyiv);
  REQUIRE(size > 2 * kTileWidth);
  const std::string last = "tile/0/002.p/" + std::to_string(size - 2 * kTileWidth);
  REQUIRE_MESSAGE(audited_site(site).holds(), format_report(audited_site(site)));
  SUBCASE("a full tile of leaves") {
    flip(in_kyiv(site, "tile/0/001"), 5'000);
    CHECK(says(audited_site(site), "tile/0/001 of its tree is not what its entries give"));
  }
  SUBCASE("the partial tile of leaves") {
    flip(in_kyiv(site, last), 40);
    CHECK(says(audited_site(site), last + " of its tree is not what its entries give"));
  }
  SUBCASE("the tile above them") {
    flip(in_kyiv(site, "tile/1/000.p/2"), 3);
    CHECK(says(audited_site(site), "tile/1/000.p/2 of its tree is not what its entries give"));
  }
  SUBCASE("a tile that is gone") {
    std::filesystem::remove_all(in_kyiv(site, "tile/1"));
    CHECK(says(audited_site(site), "tile/1/000.p/2 of its tree cannot be read: "));
  }
  SUBCASE("a tile that is too short") {
    std::filesystem::resize_file(in_kyiv(site, "tile/0/000"), 100);
    CHECK(says(audited_site(site), "tile/0/000 of its tree cannot be read: "));
  }
  const AuditReport report = audited_site(site);
  CHECK(report.failures.size() == 1);
  CHECK(report.state.has_value());
}

TEST_CASE("a bundle that a site lacks, or has not whole, is named by its entries") {
  ServedSite site(600);
  const auto bundle = in_kyiv(site, "tile/entries/001");
  SUBCASE("gone") {
    std::filesystem::remove(bundle);
  }
  SUBCASE("cut short") {
    std::filesystem::resize_file(bundle, 100);
  }
  SUBCASE("longer than it should be") {
    std::ofstream(bundle, std::ios::app) << "more";
  }
  const AuditReport report = audited_site(site);
  std::set<std::uint64_t> named;
  for (const AuditFailure& failure : report.failures)
    if (failure.origin == kOrigin && failure.index &&
        failure.sentence.find("tile/entries/001") != std::string::npos)
      named.insert(failure.index->value());
  CHECK(named.size() == kTileWidth);
  CHECK(*named.begin() == kTileWidth);
  CHECK(*named.rbegin() == 2 * kTileWidth - 1);
  CHECK(report.entries == site.scribe.size(kKyiv) + site.scribe.size(kWarsaw));
  CHECK_FALSE(report.state.has_value());
}

TEST_CASE("a server that is away while bundles are read is an error, and no fault of the log") {
  ServedSite site(600);
  auto fetch = [files = files_below(site.path())](const std::string& target) {
    if (target.ends_with("kyiv/1/tile/entries/001"))
      return Result<std::string>(refuse(Code::unavailable, "the server is away"));
    return files(target);
  };
  const auto source = open_served_source(LogClient(fetch, site.scribe.charter));
  REQUIRE(source.has_value());
  const auto report = audit(**source, site.scribe.charter, {.threads = 2, .progress = {}});
  REQUIRE_FALSE(report.has_value());
  CHECK(report.error().code == Code::unavailable);
}

TEST_CASE("a damaged checkpoint of a site is named by its log, and its size is not believed") {
  ServedSite site(600);
  const auto path = in_kyiv(site, "checkpoint");
  std::string note = read_file(path, kMaxNoteBytes).value();
  const std::string size = std::to_string(site.scribe.size(kKyiv));
  const auto root = note.find('\n', note.find("\n" + size + "\n") + 1) + 1;
  std::string expected = "a signature of its checkpoint does not hold";
  SUBCASE("another root") {
    note[root + 3] = note[root + 3] == 'A' ? 'B' : 'A';
  }
  SUBCASE("a smaller size") {
    note.replace(note.find("\n" + size + "\n") + 1, size.size(), std::to_string(kTileWidth + 9));
  }
  SUBCASE("a size without end") {
    note.replace(note.find("\n" + size + "\n") + 1, size.size(), "140737488355328");
  }
  SUBCASE("no note") {
    note = "nothing that reads";
    expected = "its checkpoint cannot be read: ";
  }
  SUBCASE("the other log's") {
    note = read_file(std::filesystem::path(site.path()) / "log/warsaw/1/checkpoint", kMaxNoteBytes)
               .value();
    expected = "its checkpoint is of ";
  }
  std::ofstream(path, std::ios::binary) << note;
  const AuditReport report = audited_site(site);
  REQUIRE_FALSE(report.holds());
  CHECK(report.failures.front().origin == kOrigin);
  CHECK(report.failures.front().sentence.starts_with(expected));
  CHECK(report.entries == site.scribe.size(kWarsaw));
}

TEST_CASE("a receipt of a log whose checkpoint does not read is no evidence that it was lost") {
  ServedSite site(10);
  const Place place{{kKyiv, Epoch(1)}, LogIndex(3)};
  const std::string receipt = format_proof_file(
      {.extra = site.scribe.entry(place).value(),
       .index = place.index,
       .hashes = site.scribe.inclusion(place, LogSize(site.scribe.size(kKyiv))).value(),
       .checkpoint = site.scribe.cosigned_checkpoint(kKyiv)});
  const Charter& charter = site.scribe.charter;
  std::ofstream(in_kyiv(site, "checkpoint")) << "nothing that reads";
  const auto source = open_source(site.path(), charter);
  REQUIRE(source.has_value());
  const auto claims = read_claims("kept", receipt, charter, Roster(charter));
  REQUIRE_MESSAGE(claims.has_value(), claims.error().detail);
  const auto report = audit(**source, charter, {.threads = 2, .claims = *claims, .progress = {}});
  REQUIRE(report.has_value());
  CHECK_FALSE(report->holds());
  CHECK(format_report(*report).find("evidence of loss") == std::string::npos);
}
