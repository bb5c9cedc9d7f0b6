#include <doctest/doctest.h>

#include "tests/tools/growing_node.h"
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
