#include "projections/assurance.h"

#include <algorithm>

#include "events/uuid.h"
#include "projections/exceptions.h"
#include "projections/trails.h"

namespace tallinn {

Result<void> check(const Hearing& hearing, const ReconciliationAttested& body) {
  if (auto author = expect_author(hearing, {&body.party}, "the party that attests"); !author)
    return author;
  if (body.to < body.from)
    return refuse(Code::invalid_value, "body.to is before body.from", "body.to");
  return {};
}

void fold(Folding& folding, const ReconciliationAttested& body) {
  Bytes key(AttestationRecord::kPrefix);
  key.append(body.party.value()).append("/").append(event_name(folding.event.id));
  folding.views.put(key, encode_record(AttestationRecord{.from = body.from,
                                                         .to = body.to,
                                                         .agrees = body.agrees,
                                                         .figures = body.figures,
                                                         .text = body.text}));
}

Result<void> check(const Hearing& hearing, const AuditFindingRecorded& body) {
  if (hearing.registered<FindingRecord>(body.finding))
    return refuse(Code::invalid_transition,
                  "the finding " + body.finding.value() + " is recorded already", "body.finding");
  return {};
}

void fold(Folding& folding, const AuditFindingRecorded& body) {
  FindingRecord& finding = folding.records.find_or_make<FindingRecord>(body.finding.value());
  finding.registered = true;
  finding.event = folding.event.id;
  finding.auditor = folding.event.author;
  finding.severity = body.severity;
  finding.auditee = body.auditee;
  finding.events = body.events;
  finding.text = body.text;
  for (const ResponseRecord& response : finding.responses) {
    close_exception(folding, ExceptionCode::unknown_reference, format_uuid(response.event));
    const bool fits = !body.auditee || *body.auditee == response.by;
    if (!fits)
      open_exception(
          folding, ExceptionCode::wrong_counterparty, format_uuid(response.event), {response.event},
          "answered by " + response.by.value() + ", the finding names " + body.auditee->value());
    extend_trails(folding, response.event, {folding.event.author},
                  fits ? Effect::applied : Effect::wrong_counterparty);
  }
  if (body.auditee)
    std::erase_if(finding.responses,
                  [&](const ResponseRecord& response) { return response.by != *body.auditee; });
  folding.save<FindingRecord>(body.finding.value());
}

Result<void> check(const Hearing& hearing, const ManagementResponseRecorded& body) {
  const auto* finding = hearing.registered<FindingRecord>(body.finding);
  if (finding == nullptr || !finding->auditee) return {};
  return expect_author(hearing, {&*finding->auditee}, {"the auditee of finding", body.finding});
}

void fold(Folding& folding, const ManagementResponseRecorded& body) {
  FindingRecord& finding = folding.records.find_or_make<FindingRecord>(body.finding.value());
  finding.responses.push_back(
      {.event = folding.event.id, .by = folding.event.author, .text = body.text});
  folding.save<FindingRecord>(body.finding.value());
  if (finding.registered) return;
  folding.effect = Effect::unknown_reference;
  open_exception(folding, ExceptionCode::unknown_reference,
                 "the finding " + body.finding.value() + " is not known yet");
}

}  // namespace tallinn
