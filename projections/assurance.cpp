#include "projections/assurance.h"

#include <algorithm>

#include "events/uuid.h"
#include "projections/exceptions.h"
#include "projections/references.h"
#include "projections/trails.h"

namespace tallinn {
namespace {

std::string aggregate_of_finding(const Name& finding) {
  return std::string(FindingRecord::kPrefix) + finding.value();
}

}  // namespace

Result<void> check(const Hearing& hearing, const ReconciliationAttested& body) {
  if (auto author = expect_author(hearing, {&body.party}, "the party that attests"); !author)
    return author;
  if (body.to < body.from)
    return refuse(Code::invalid_value, "body.to is before body.from", "body.to");
  return {};
}

void fold(Folding& folding, const ReconciliationAttested& body) {
  const std::string name = body.party.value() + "/" + event_name(folding.event.id);
  folding.records.find_or_make<AttestationRecord>(name) = {.from = body.from,
                                                           .to = body.to,
                                                           .agrees = body.agrees,
                                                           .figures = body.figures,
                                                           .text = body.text,
                                                           .stands = true};
  folding.save<AttestationRecord>(name);
  folding.touched.push_back(std::string(AttestationRecord::kPrefix) + name);
}

void set_standing(AttestationRecord& attestation, const Uuid&, Stands stands) {
  attestation.stands = stands == Stands::yes;
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
    close_exception(folding, ExceptionCode::unknown_reference, response.event);
    const bool fits = !body.auditee || *body.auditee == response.by;
    if (!fits)
      open_exception(
          folding, ExceptionCode::wrong_counterparty, response.event, {},
          "answered by " + response.by.value() + ", the finding names " + body.auditee->value());
    extend_trails(folding, response.event, {folding.event.author},
                  fits ? Effect::applied : Effect::wrong_counterparty);
  }
  if (body.auditee)
    std::erase_if(finding.responses,
                  [&](const ResponseRecord& response) { return response.by != *body.auditee; });
  folding.save<FindingRecord>(body.finding.value());
  folding.touched.push_back(aggregate_of_finding(body.finding));
  await_references(folding, NamedAs::audited, body.events, body.auditee);
}

void set_standing(FindingRecord& finding, const Uuid& event, Stands stands) {
  if (finding.event == event) finding.stands = stands == Stands::yes;
  for (ResponseRecord& response : finding.responses)
    if (response.event == event) response.stands = stands == Stands::yes;
}

Result<void> check(const Hearing& hearing, const ManagementResponseRecorded& body) {
  const auto* finding = hearing.registered<FindingRecord>(body.finding);
  if (finding == nullptr || !finding->auditee) return {};
  return expect_author(hearing, {&*finding->auditee}, {"the auditee of finding", body.finding});
}

void fold(Folding& folding, const ManagementResponseRecorded& body) {
  FindingRecord& finding = folding.records.find_or_make<FindingRecord>(body.finding.value());
  finding.responses.push_back(
      {.event = folding.event.id, .by = folding.event.author, .text = body.text, .stands = true});
  folding.save<FindingRecord>(body.finding.value());
  folding.touched.push_back(aggregate_of_finding(body.finding));
  if (finding.registered) return;
  folding.effect = Effect::unknown_reference;
  open_exception(folding, ExceptionCode::unknown_reference,
                 "the finding " + body.finding.value() + " is not known yet");
}

}  // namespace tallinn
