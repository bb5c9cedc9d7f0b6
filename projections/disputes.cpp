#include "projections/disputes.h"

#include "events/uuid.h"
#include "projections/exceptions.h"
#include "projections/movements.h"
#include "projections/references.h"
#include "projections/trails.h"

namespace tallinn {

Result<void> check(const Hearing&, const DisputeRaised&) {
  return {};
}

void fold(Folding& folding, const DisputeRaised& body) {
  const std::string name = event_name(folding.event.id);
  DisputeRecord& dispute = folding.records.find_or_make<DisputeRecord>(name);
  dispute.raised = true;
  dispute.raised_by = folding.event.id;
  dispute.event = body.event;
  dispute.by = folding.event.author;
  dispute.text = body.text;
  folding.save<DisputeRecord>(name);
  folding.touched.push_back(std::string(DisputeRecord::kPrefix) + name);
  if (dispute.resolved_by) {
    close_exception(folding, ExceptionCode::unknown_reference, *dispute.resolved_by);
    extend_trails(folding, *dispute.resolved_by, {folding.event.author}, Effect::applied);
  }
  await_references(folding, NamedAs::disputed, {body.event});
}

Result<void> check(const Hearing&, const DisputeResolved&) {
  return {};
}

Result<void> admit(const Hearing& hearing, const DisputeResolved& body) {
  const auto* dispute = hearing.records.find<DisputeRecord>(event_name(body.dispute));
  if (dispute == nullptr || !dispute->resolved) return {};
  return refuse(Code::invalid_transition,
                "the dispute " + format_uuid(body.dispute) + " is resolved", "body.dispute");
}

void fold(Folding& folding, const DisputeResolved& body) {
  const std::string name = event_name(body.dispute);
  DisputeRecord& dispute = folding.records.find_or_make<DisputeRecord>(name);
  folding.touched.push_back(std::string(DisputeRecord::kPrefix) + name);
  if (dispute.resolved) return;
  dispute.resolved = true;
  dispute.resolved_by = folding.event.id;
  dispute.outcome = body.outcome;
  folding.save<DisputeRecord>(name);
  if (!dispute.raised) wait_for_reference(folding, "the dispute " + format_uuid(body.dispute));
}

}  // namespace tallinn
