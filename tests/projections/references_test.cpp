#include "projections/references.h"

#include <doctest/doctest.h>

#include "tests/projections/printed.h"
#include "tests/projections/scribe.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

using Lines = std::vector<std::string>;

constexpr const char* kOwnId = "01948102-5000-7033-8b5b-4f981e1dffff";
constexpr const char* kPledgeId = "01948102-5000-7033-8b5b-4f981e1deeee";

std::string with_id(const char* id) {
  return std::string(R"(,"id":")") + id + R"(")";
}

struct FoldedRecord {
  explicit FoldedRecord(const Scribe& scribe) : views(nothing) { scribe.fold_into(views); }
  EmptyViews nothing;
  Views views;
};

/// A pledge of EE's, and then this.
struct Said {
  explicit Said(const std::string& text) {
    scribe.record_all(public_record());
    scribe.record(event_text(
        "PledgeAnnounced", "EE",
        R"({"pledge":"EE-9","donor":"EE","year":2025,"value":{"amount":"1.00","currency":"EUR"},)"
        R"("purpose":"p","source":{"title":"s"}})",
        with_id(kPledgeId)));
    scribe.record(text, kWarsaw);
  }
  Scribe scribe;
};

}  // namespace

TEST_CASE("a correction or a resolution that names itself is void, wherever it was let pass") {
  const std::string pledge(kPledgeId), own(kOwnId);
  const std::vector<std::string> texts = {
      event_text("ErrorDeclared", "EE",
                 R"({"event":")" + own + R"(","reason":"duplicate","replaced_by":[]})",
                 with_id(kOwnId)),
      event_text(
          "ErrorDeclared", "EE",
          R"({"event":")" + pledge + R"(","reason":"duplicate","replaced_by":[")" + own + R"("]})",
          with_id(kOwnId)),
      event_text("ExceptionResolved", "KYIV-OFFICE",
                 R"({"exception":"unknown_reference/)" + own + R"(","outcome":"o","text":"t"})",
                 with_id(kOwnId) + R"(,"signers":["KYIV-OFFICE","WARSAW-OFFICE"])"),
  };
  for (const std::string& text : texts) {
    CAPTURE(text);
    const Said said(text);
    FoldedRecord folded(said.scribe);
    CHECK(exceptions(folded.views) ==
          Lines{"not_admissible/" + own + " open", "receipt_without_dispatch/C-2024-99 open"});
  }
}

TEST_CASE("a dispute or a finding about itself waits for nothing") {
  const std::string own(kOwnId);
  const std::vector<std::string> texts = {
      event_text("DisputeRaised", "EE", R"({"event":")" + own + R"(","text":"t"})",
                 with_id(kOwnId)),
      event_text("AuditFindingRecorded", "NAO-EE",
                 R"({"finding":"F-9","severity":"low","events":[")" + own + R"("],"text":"t"})",
                 with_id(kOwnId)),
  };
  for (const std::string& text : texts) {
    CAPTURE(text);
    const Said said(text);
    FoldedRecord folded(said.scribe);
    CHECK(exceptions(folded.views) == Lines{"receipt_without_dispatch/C-2024-99 open"});
    for (const char* kind : {"waiting/", "awaited/"}) {
      std::size_t left = 0;
      folded.views.scan(kind, after_prefix(kind), [&](BytesView, BytesView) {
        ++left;
        return ViewReader::Next::go_on;
      });
      CHECK(left == 0);
    }
  }
}

TEST_CASE("a finding about several events waits for the last of them, and once for each") {
  const std::string first = "01948102-5000-7033-8b5b-4f981e1daaaa";
  const std::string second = "01948102-5000-7033-8b5b-4f981e1dbbbb";
  Said said(event_text("AuditFindingRecorded", "NAO-EE",
                       R"({"finding":"F-9","severity":"low","events":[")" + first + R"(",")" +
                           first + R"(",")" + second + R"("],"text":"t"})",
                       with_id(kOwnId)));
  const std::string open = "unknown_reference/" + std::string(kOwnId) + " open";
  const auto dispute = [&](const std::string& id) {
    said.scribe.record(event_text("DisputeRaised", "NL",
                                  R"({"event":")" + std::string(kPledgeId) + R"(","text":"t"})",
                                  with_id(id.c_str())));
  };
  const auto told = [&] {
    FoldedRecord folded(said.scribe);
    return exceptions(folded.views);
  };
  const std::string other = "receipt_without_dispatch/C-2024-99 open";
  CHECK(told() == Lines{other, open});
  dispute(first);
  CHECK(told() == Lines{other, open});
  dispute(second);
  CHECK(told() == Lines{other});
}
