#include "projections/admission.h"

#include <doctest/doctest.h>

#include "tests/projections/scribe.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr UnixMillis kNow{1'800'000'000'000};

/// The public record, folded: what later events are admitted against.
struct Recorded {
  Recorded() : views(nothing) {
    scribe.record_all(public_record());
    scribe.fold_into(views);
  }
  /// The verdict on an event at its home (or at `office`): "code field", or "admitted".
  std::string verdict(std::string text, std::optional<OfficeNumber> office = std::nullopt) {
    const Event event = scribe.event(text);
    const auto home = home_of(views, event);
    const OfficeNumber at = office ? *office : home == OfficeRole::back ? kWarsaw : kKyiv;
    if (auto here = check_home(views, scribe.charter, at, event); !here)
      return spelled(here.error());
    const Entry draft = scribe.draft(at, event, scribe.signers_of_event(event));
    auto admitted = check_admission(views, scribe.charter, event, draft, LogIndex(scribe.size(at)),
                                    kNow, Signatures::to_check);
    return admitted ? "admitted" : spelled(admitted.error());
  }
  std::string spelled(const Error& error) {
    CHECK(!error.detail.empty());
    CHECK(!error.detail.ends_with("."));
    detail = error.detail;
    return std::string(code_name(error.code)) + " " + (error.field.empty() ? "-" : error.field);
  }
  /// Records an event and folds everything anew.
  void record(std::string text, std::optional<OfficeNumber> office = std::nullopt) {
    scribe.record(text, office);
    views.clear();
    scribe.fold_into(views);
  }

  Scribe scribe;
  EmptyViews nothing;
  Views views;
  std::string detail;
};

const std::string kEur100 = R"({"amount":"100.00","currency":"EUR"})";

}  // namespace

TEST_CASE("what may stand is admitted") {
  Recorded recorded;
  const std::vector<std::string> texts = {
      event_text("PledgeAmended", "EE",
                 R"({"pledge":"EE-2025","change":)" + kEur100 + R"(,"reason":"more"})"),
      event_text(
          "CommitmentSigned", "EE",
          R"({"commitment":"EE-2025-C1","pledge":"EE-2025","donor":"EE","receiver":"ESTDEV","value":)" +
              kEur100 + R"(,"mode":"cash","agreement":{"reference":"r"}})"),
      event_text(
          "AllocationProposed", "WARSAW-OFFICE",
          R"({"allocation":"A-9","commitment":"PL-2024-C1","need":"UA-2024-02","line":2,"quantity":60,"value":)" +
              kEur100 + "}"),
      event_text("FundsRefunded", "ESTDEV",
                 R"({"commitment":"EE-2024-C1","value":)" + kEur100 +
                     R"(,"value_date":"2025-06-01","reason":"r"})"),
      // A payment to EGA may be known at the other office only.
      event_text("FundsReceived", "EGA",
                 R"({"commitment":"EE-2024-C1","value":)" + kEur100 +
                     R"(,"value_date":"2025-06-01","payee":"EGA"})"),
      event_text(
          "LossReported", "UA",
          R"({"consignment":"C-2024-01","lines":[{"line":1,"quantity":1}],"cause":"fire","date":"2025-06-01"})"),
      event_text("GoodsReceived", "KYIV-OFFICE",
                 R"({"consignment":"C-NEW","lines":[{"line":1,"quantity":1,"condition":"good"}]})"),
      event_text("KeyRevoked", "EE", R"({"key":"@NL","reason":"lost"})"),
      event_text("KeyRevoked", "NL", R"({"key":"@NL","reason":"lost"})", R"(,"signers":["NL"])"),
      event_text("NeedClosed", "UA", R"({"need":"UA-2024-01","outcome":"met"})",
                 R"(,"signers":["UA","KYIV-OFFICE"])"),
      event_text("ExceptionResolved", "KYIV-OFFICE",
                 R"({"exception":"receipt_without_dispatch/C-2024-99","outcome":"o","text":"t"})",
                 R"(,"signers":["KYIV-OFFICE","WARSAW-OFFICE"])"),
      event_text("DisputeRaised", "NATO",
                 R"({"event":"0191b008-0000-70d2-b386-003850da5578","text":"t"})"),
      event_text(
          "ErrorDeclared", "UA",
          R"({"event":"0191b008-0000-70d2-b386-003850da5578","reason":"did_not_occur","replaced_by":[]})"),
      event_text(
          "ValuationRecorded", "PL",
          R"({"consignment":"C-2024-01","line":1,"value":)" + kEur100 + R"(,"basis":"invoice"})"),
  };
  for (const std::string& text : texts) {
    const std::string verdict = recorded.verdict(text);
    CHECK_MESSAGE(verdict == "admitted", text << " " << recorded.detail);
  }
}

TEST_CASE("each rule refuses with its code, its field and a sentence") {
  struct Case {
    const char* type;
    const char* author;
    std::string body;
    const char* expected;
    const char* more = "";
  };
  const std::string funds =
      R"({"commitment":"EE-2024-C1","value":)" + kEur100 + R"(,"value_date":"2025-06-01")";
  const std::string accept =
      R"({"consignment":"C-2024-01","lines":[{"line":1,"quantity":1,"value":)" + kEur100 +
      R"(}],"act":{"number":"1","date":"2025-06-01","sha256":")" + std::string(64, 'a') + R"("}})";
  const auto commitment = [](const char* name, const char* pledge, const char* receiver,
                             const char* amount, const char* currency) {
    return std::string(R"({"commitment":")") + name + R"(","pledge":")" + pledge +
           R"(","donor":"EE","receiver":")" + receiver + R"(","value":{"amount":")" + amount +
           R"(","currency":")" + currency + R"("},"mode":"cash","agreement":{"reference":"r"}})";
  };
  const auto pledge = [](const char* name, const char* donor) {
    return std::string(R"({"pledge":")") + name + R"(","donor":")" + donor +
           R"(","year":2025,"value":)" + kEur100 + R"(,"purpose":"p","source":{"title":"s"}})";
  };
  const auto allocation = [](const char* commitment_name, const char* need, int line,
                             const char* amount) {
    return std::string(R"({"allocation":"A-9","commitment":")") + commitment_name +
           R"(","need":")" + need + R"(","line":)" + std::to_string(line) +
           R"(,"value":{"amount":")" + amount + R"(","currency":"EUR"}})";
  };
  const Case cases[] = {
      {"PartyAdmitted", "EE",
       R"({"party":"LV","kind":"donor","name":{"en":"Latvia","uk":"Латвія"},"identifiers":[]})",
       "needs_two_parties signatures", R"(,"signers":["EE"])"},
      {"DeliveryAccepted", "UA", accept, "needs_two_parties signatures"},
      {"DisputeResolved", "KYIV-OFFICE",
       R"({"dispute":"0191b008-0000-70d2-b386-003850da5578","outcome":"o"})",
       "needs_two_parties signatures"},
      {"PartyAdmitted", "EE",
       R"({"party":"LV","kind":"donor","name":{"en":"Latvia","uk":"Латвія"},"identifiers":[]})",
       "unauthorised signatures", R"(,"signers":["EE","NL"])"},
      {"DeliveryAccepted", "UA", accept, "unauthorised signatures",
       R"(,"signers":["UA","ESTDEV"])"},
      {"PledgeAnnounced", "EE", pledge("EE-2026", "EE"), "unauthorised signatures",
       R"(,"signers":["NL"])"},
      {"PledgeAnnounced", "NOBODY", pledge("EE-2026", "NOBODY"), "unauthorised signatures"},
      {"PledgeAnnounced", "NL", pledge("EE-2026", "EE"), "unauthorised author"},
      {"PledgeAnnounced", "ESTDEV", pledge("E-2026", "ESTDEV"), "unauthorised signatures"},
      {"PledgeAmended", "NL", R"({"pledge":"EE-2025","change":)" + kEur100 + R"(,"reason":"r"})",
       "unauthorised author"},
      {"NeedEndorsed", "NL", R"({"need":"UA-2024-01","priority":1})", "unauthorised signatures"},
      {"FundsDisbursed", "PL", funds + R"(,"payer":"PL","payee":"ESTDEV"})", "unauthorised author"},
      {"FundsDisbursed", "EE", funds + R"(,"payer":"PL","payee":"ESTDEV"})", "unauthorised author"},
      {"FundsReceived", "EGA", funds + R"(,"payee":"ESTDEV"})", "unauthorised author"},
      {"GoodsReceived", "ESTDEV",
       R"({"consignment":"C-2024-01","lines":[{"line":1,"quantity":1,"condition":"good"}]})",
       "unauthorised signatures"},
      {"GoodsReceived", "WARSAW-OFFICE",
       R"({"consignment":"C-2024-01","lines":[{"line":1,"quantity":1,"condition":"good"}]})",
       "unauthorised author"},
      {"ErrorDeclared", "NL",
       R"({"event":"0191b008-0000-70d2-b386-003850da5578","reason":"did_not_occur","replaced_by":[]})",
       "unauthorised author"},
      {"AllocationConsented", "UA", R"({"allocation":"A-2024-01","side":"donor"})",
       "unauthorised author"},
      {"PledgeAmended", "EE", R"({"pledge":"EE-1999","change":)" + kEur100 + R"(,"reason":"r"})",
       "unknown_reference body.pledge"},
      {"CommitmentSigned", "EE", commitment("C-9", "EE-1999", "ESTDEV", "1.00", "EUR"),
       "unknown_reference body.pledge"},
      {"CommitmentSigned", "EE", commitment("C-9", "EE-2025", "NOBODY", "1.00", "EUR"),
       "unknown_reference body.receiver"},
      {"AllocationProposed", "WARSAW-OFFICE", allocation("PL-2024-C1", "UA-1999", 1, "1.00"),
       "unknown_reference body.need"},
      {"AllocationProposed", "WARSAW-OFFICE", allocation("PL-2024-C1", "UA-2024-02", 9, "1.00"),
       "unknown_reference body.line"},
      {"AllocationProposed", "WARSAW-OFFICE", allocation("C-1999", "UA-2024-02", 1, "1.00"),
       "unknown_reference body.commitment"},
      {"NeedEndorsed", "EE", R"({"need":"UA-1999","priority":1})", "unknown_reference body.need"},
      {"KeyEnrolled", "EE", R"({"party":"LV","key":"@LV","roles":["pledge"]})",
       "unknown_reference body.party"},
      {"PledgeAmended", "EE",
       R"({"pledge":"EE-2025","change":{"amount":"1.00","currency":"USD"},"reason":"r"})",
       "invalid_value body.change.currency"},
      {"CommitmentSigned", "EE", commitment("C-9", "EE-2025", "ESTDEV", "0.00", "EUR"),
       "invalid_value body.value.amount"},
      {"FundsDisbursed", "EE",
       R"({"commitment":"EE-2024-C1","value":{"amount":"1","currency":"JPY"},"value_date":"2025-06-01","payer":"EE","payee":"ESTDEV"})",
       "invalid_value body.value.currency"},
      {"ConsignmentDispatched", "PL",
       R"({"consignment":"C-9","allocation":"A-2024-02","lines":[{"line":1,"quantity":1,"unit":"MON","value":)" +
           kEur100 + "}]}",
       "invalid_value body.lines[0].unit"},
      {"CommitmentSigned", "EE", commitment("C-9", "EE-2025", "ESTDEV", "500000.01", "EUR"),
       "overdrawn body.value.amount"},
      {"CommitmentSigned", "EE", commitment("C-9", "EE-2024", "ESTDEV", "0.01", "EUR"),
       "overdrawn body.value.amount"},
      {"PledgeAmended", "EE",
       R"({"pledge":"EE-2024","change":{"amount":"-0.01","currency":"EUR"},"reason":"r"})",
       "overdrawn body.change.amount"},
      {"CommitmentAmended", "EE",
       R"({"commitment":"EE-2024-C1","change":{"amount":"-20000.01","currency":"EUR"},"reason":"r"})",
       "overdrawn body.change.amount"},
      {"AllocationProposed", "WARSAW-OFFICE", allocation("PL-2024-C1", "UA-2024-02", 1, "30000.01"),
       "overdrawn body.value.amount"},
      {"PledgeAnnounced", "EE", pledge("EE-2025", "EE"), "invalid_transition body.pledge"},
      {"NeedEndorsed", "EE", R"({"need":"UA-2024-01","priority":2})",
       "invalid_transition body.need"},
      {"CommitmentResumed", "EE", R"({"commitment":"EE-2024-C1","reason":"r"})",
       "invalid_transition body.commitment"},
      {"AllocationConsented", "EE", R"({"allocation":"A-2024-01","side":"donor"})",
       "invalid_transition body.side"},
      {"AllocationCancelled", "WARSAW-OFFICE", R"({"allocation":"A-2024-02","reason":"r"})",
       "invalid_transition body.allocation"},
      {"PartyAdmitted", "EE",
       R"({"party":"NL","kind":"donor","name":{"en":"Netherlands","uk":"Нідерланди"},"identifiers":[]})",
       "invalid_transition body.party"},
  };
  Recorded recorded;
  for (const Case& one : cases) {
    const std::string verdict =
        recorded.verdict(event_text(one.type, one.author, one.body, one.more));
    CHECK_MESSAGE(verdict == one.expected, one.type << " " << one.body << ": " << recorded.detail);
  }
}

TEST_CASE("an overdrawn refusal says the balance, an invalid transition the state") {
  Recorded recorded;
  recorded.verdict(event_text(
      "AllocationProposed", "WARSAW-OFFICE",
      R"({"allocation":"A-9","commitment":"PL-2024-C1","need":"UA-2024-02","line":1,"value":{"amount":"30000.01","currency":"EUR"}})"));
  CHECK(recorded.detail.find("30000.00 EUR") != std::string::npos);
  recorded.verdict(event_text("NeedEndorsed", "EE", R"({"need":"UA-2024-01","priority":2})"));
  CHECK(recorded.detail.find("endorsed") != std::string::npos);
}

TEST_CASE("decisions belong to their home office, facts to any") {
  Recorded recorded;
  const auto pledge = event_text("PledgeWithdrawn", "EE", R"({"pledge":"EE-2025","reason":"r"})");
  CHECK(recorded.verdict(pledge, kKyiv) == "wrong_office -");
  CHECK(recorded.verdict(pledge, kWarsaw) == "admitted");
  CHECK(recorded.verdict(event_text("NeedWithdrawn", "UA", R"({"need":"UA-2024-01","reason":"r"})"),
                         kWarsaw) == "wrong_office -");
  CHECK(recorded.verdict(
            event_text(
                "GoodsReceived", "UA",
                R"({"consignment":"C-7","lines":[{"line":1,"quantity":1,"condition":"good"}]})"),
            kWarsaw) == "admitted");
  const auto error = event_text(
      "ErrorDeclared", "EE",
      R"({"event":"018f3699-cc00-7663-98ae-2af889f36773","reason":"duplicate","replaced_by":[]})");
  CHECK(recorded.verdict(error, kKyiv) == "wrong_office -");
  CHECK(recorded.verdict(error, kWarsaw) == "overdrawn body.event");
}

TEST_CASE("a revoked key signs no more, and a signature over other bytes never") {
  Recorded recorded;
  const auto pledge = event_text("PledgeAnnounced", "NL",
                                 R"({"pledge":"NL-2026","donor":"NL","year":2026,"value":)" +
                                     kEur100 + R"(,"purpose":"p","source":{"title":"s"}})");
  CHECK(recorded.verdict(pledge) == "admitted");
  const Event event = recorded.scribe.event(pledge);
  Entry draft = recorded.scribe.draft(kWarsaw, event, {PartyId("NL")});
  draft.signatures[0].signature.bytes[3] ^= 1;
  const auto forged =
      check_admission(recorded.views, recorded.scribe.charter, event, draft,
                      LogIndex(recorded.scribe.size(kWarsaw)), kNow, Signatures::to_check);
  REQUIRE(!forged);
  CHECK(forged.error().code == Code::unauthorised);
  recorded.record(event_text("KeyRevoked", "EE", R"({"key":"@NL","reason":"lost"})"));
  CHECK(recorded.verdict(pledge) == "unauthorised signatures");
  CHECK(recorded.verdict(
            event_text("KeyEnrolled", "EE", R"({"party":"NL","key":"@NL","roles":["pledge"]})")) ==
        "invalid_transition body.key");
}
