#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "ledger/file_text.h"
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
