// A client for tests: events from JSON, signed by named keys, as submissions.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>

#include "events/json.h"
#include "net/replica.h"
#include "tests/ledger/keys_for_tests.h"
#include "tests/support/files.h"

namespace tallinn::test {

/// A line of a need of its own for every number: entries without end.
inline std::string one_more_need(int number) {
  return R"({"type":"NeedRegistered","author":"UA","occurred":"2024-12-01","body":{)"
         R"("need":"UA-MORE-)" +
         std::to_string(number) +
         R"(","title":{"en":"Parts","uk":"Частини"},"kind":"hardware","sector":"government",)"
         R"("lines":[{"line":1,"description":"parts","quantity":2,"unit":"C62"}],)"
         R"("recipient":"UA","urgency":"low"}})";
}

/// A decision of the back office that the public record does not have.
inline const std::string kOneMorePledge =
    R"({"id":"0199e52a-a000-7001-8d78-7d89ef3ae106","type":"PledgeAnnounced","author":"EE","occurred":"2025-10-15",)"
    R"("body":{"pledge":"EE-2026","donor":"EE","year":2026,"value":{"amount":"1.00","currency":"EUR"},)"
    R"("purpose":"A test","source":{"title":"A test"}}})";

inline std::optional<PublicKey> test_public_key(const PartyId& party) {
  return test_key(party.value()).public_key();
}

inline bool is_governance(const Event& event) {
  return event.body.index() <= 5;
}

/// Signs what a line says: by its `signers`, else the author, else (governance) EE, PL and UA.
inline Submission submission_of(const std::string& line, const LedgerId& ledger) {
  auto draft = parse_event_json(line, test_public_key);
  REQUIRE_MESSAGE(draft.has_value(), draft.error().detail);
  std::vector<PartyId> signers = draft->signers;
  if (signers.empty() && is_governance(draft->event))
    signers = {PartyId("EE"), PartyId("PL"), PartyId("UA")};
  if (signers.empty()) signers = {draft->event.author};
  const SigningKey author = test_key(draft->event.author.value());
  SealedDraft sealed = seal_draft(std::move(*draft), Uuid{}, author);
  Submission submission{.event = encode_event(sealed.event),
                        .signatures = {},
                        .values = std::move(sealed.values),
                        .after = {}};
  for (const PartyId& party : signers)
    submission.signatures.push_back(sign_event(test_key(party.value()), ledger, submission.event));
  std::ranges::sort(submission.signatures, {}, &EventSignature::key);
  return submission;
}

}  // namespace tallinn::test
