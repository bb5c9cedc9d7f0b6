#include "tools/audit_standpoint.h"

#include <doctest/doctest.h>

#include "tests/tools/memory_source.h"
#include "tools/audit_report.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

AuditReport audited(Scribe& scribe, const Standpoint& standpoint) {
  MemorySource source(scribe);
  auto report =
      audit(source, scribe.charter, {.threads = 2, .standpoint = standpoint, .progress = {}});
  REQUIRE_MESSAGE(report.has_value(), report.error().detail);
  CHECK_MESSAGE(report->holds(), format_report(*report));
  return *std::move(report);
}

Standpoint standpoint_of(const Scribe& scribe, const std::string& as_of,
                         const std::string& known_on) {
  return parse_standpoint(as_of, known_on, scribe.charter).value();
}

boost::json::value standpoint_told(const AuditReport& report) {
  return report_json(report, {}).at("standpoint");
}

bool has_exception(const std::vector<AuditedException>& exceptions, const std::string& id) {
  return std::ranges::find(exceptions, id, &AuditedException::id) != exceptions.end();
}

constexpr std::string_view kUndispatched = "receipt_without_dispatch/C-2024-99";

}  // namespace

TEST_CASE("an audit as known at earlier sizes tells what an audit found when the logs had these") {
  const auto lines = public_record();
  for (const std::size_t first : {std::size_t{20}, std::size_t{50}, lines.size()}) {
    CAPTURE(first);
    Scribe scribe;
    scribe.record_all({lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(first)});
    const AuditReport then = audited(scribe, {});
    const std::string sizes = "kyiv/1:" + std::to_string(scribe.size(kKyiv)) +
                              ",warsaw/1:" + std::to_string(scribe.size(kWarsaw));
    scribe.record_all({lines.begin() + static_cast<std::ptrdiff_t>(first), lines.end()});
    const AuditReport now = audited(scribe, standpoint_of(scribe, "", sizes));
    REQUIRE(now.standpoint.has_value());
    CHECK(now.entries == lines.size());
    CHECK(now.standpoint->known == sizes);
    CHECK(now.standpoint->entries == then.entries);
    CHECK(now.standpoint->state.root == then.state.value().root);
    CHECK(now.standpoint->state.records == then.state->records);
    REQUIRE(now.standpoint->logs.size() == then.logs.size());
    for (std::size_t i = 0; i < then.logs.size(); ++i) {
      CHECK(now.standpoint->logs[i].size == then.logs[i].size);
      CHECK(now.standpoint->logs[i].root == then.logs[i].root);
    }
    const auto earlier = report_json(then, {});
    CHECK(standpoint_told(now).at("exceptions") == earlier.at("exceptions"));
  }
}

TEST_CASE("an audit as known on a day is told again by the sizes that it printed") {
  Scribe scribe;
  scribe.record_all(public_record());
  const AuditReport by_day = audited(scribe, standpoint_of(scribe, "", "2024-06-30"));
  REQUIRE(by_day.standpoint.has_value());
  CHECK(by_day.standpoint->entries > 0);
  CHECK(by_day.standpoint->entries < by_day.entries);
  const AuditReport by_sizes = audited(scribe, standpoint_of(scribe, "", by_day.standpoint->known));
  CHECK(standpoint_told(by_day) == standpoint_told(by_sizes));
}

TEST_CASE("an audit as of a day leaves out what had not occurred, and still checks all of it") {
  Scribe scribe;
  scribe.record_all(public_record());
  const AuditReport early = audited(scribe, standpoint_of(scribe, "2023-12-31", ""));
  const AuditReport late = audited(scribe, standpoint_of(scribe, "2026-12-31", ""));
  CHECK(early.entries == late.entries);
  CHECK(early.signatures == late.signatures);
  CHECK(early.state.value().root == late.state.value().root);
  REQUIRE(early.standpoint.has_value());
  REQUIRE(late.standpoint.has_value());
  CHECK(late.standpoint->state.root == late.state->root);
  CHECK(early.standpoint->entries < late.standpoint->entries);
  CHECK(has_exception(late.standpoint->exceptions, std::string(kUndispatched)));
  CHECK_FALSE(has_exception(early.standpoint->exceptions, std::string(kUndispatched)));
  CHECK(has_exception(early.exceptions, std::string(kUndispatched)));
  CHECK(format_report(early).find(kUndispatched) == std::string::npos);
}

TEST_CASE("a source that holds less than the sizes asked for is not audited as of them") {
  Scribe scribe;
  scribe.record_all(public_record());
  MemorySource source(scribe);
  const auto report = audit(source, scribe.charter,
                            {.threads = 1,
                             .standpoint = standpoint_of(scribe, "", "kyiv/1:9,warsaw/1:4000"),
                             .progress = {}});
  REQUIRE_FALSE(report.has_value());
  CHECK(report.error().code == Code::not_found);
  CHECK(report.error().field == "known_on");
}

TEST_CASE("nothing is told of an earlier standpoint when entries of the history do not hold") {
  Scribe scribe;
  scribe.record_all(public_record());
  MemorySource source(scribe);
  auto& last = source.entries.at({.office = kWarsaw, .epoch = Epoch(1)}).back();
  last->at(last->size() - 1) ^= 1;
  const auto report =
      audit(source, scribe.charter,
            {.threads = 1, .standpoint = standpoint_of(scribe, "2024-01-31", ""), .progress = {}});
  REQUIRE(report.has_value());
  CHECK_FALSE(report->holds());
  CHECK_FALSE(report->standpoint.has_value());
}
