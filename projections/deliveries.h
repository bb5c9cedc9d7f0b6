// Deliveries: consignments and services, from dispatch to use. Facts: admitted at either office, in
// any order of arrival. Pure. `check`: who must have signed, as far as what it names is known;
// `admit`: what only admission asks; `fold`: what it changes. A receipt before its dispatch keeps a
// consignment without allocation, and counts once the dispatch is known.
#pragma once

#include "projections/movements.h"

namespace tallinn {

Result<void> check(const Hearing& hearing, const ConsignmentDispatched& body);
Result<void> check(const Hearing& hearing, const GoodsReceived& body);
Result<void> check(const Hearing& hearing, const ServiceRendered& body);
Result<void> check(const Hearing& hearing, const DeliveryAccepted& body);
Result<void> check(const Hearing& hearing, const DeliveryRejected& body);
Result<void> check(const Hearing& hearing, const ConsignmentReturned& body);
Result<void> check(const Hearing& hearing, const LossReported& body);
Result<void> check(const Hearing& hearing, const PlacedInService& body);
Result<void> check(const Hearing& hearing, const EndUseChecked& body);
Result<void> check(const Hearing& hearing, const ValuationRecorded& body);

/// invalid_value: the unit differs from that of the need's line.
Result<void> admit(const Hearing& hearing, const ConsignmentDispatched& body);
Result<void> admit(const Hearing& hearing, const ServiceRendered& body);

void fold(Folding& folding, const ConsignmentDispatched& body);
void fold(Folding& folding, const GoodsReceived& body);
void fold(Folding& folding, const ServiceRendered& body);
void fold(Folding& folding, const DeliveryAccepted& body);
void fold(Folding& folding, const DeliveryRejected& body);
void fold(Folding& folding, const ConsignmentReturned& body);
void fold(Folding& folding, const LossReported& body);
void fold(Folding& folding, const PlacedInService& body);
void fold(Folding& folding, const EndUseChecked& body);
void fold(Folding& folding, const ValuationRecorded& body);

// consignments.cpp: the record, and what follows from it.

void apply(ConsignmentRecord& consignment, const Movement& movement);
void reset_sums(ConsignmentRecord& consignment);
/// Who signed a fact about a consignment.
struct FactSigners {
  const PartyId& author;
  std::vector<PartyId> parties;
};
/// unauthorised (needs_two_parties for an acceptance by one) unless the signers are those whom the
/// consignment names.
Result<void> fits_consignment(const Hearing& hearing, const ConsignmentRecord& consignment,
                              MovementKind kind, const FactSigners& signers);
/// A line of which nothing was dispatched; of a dispatch that was declared wrong, nothing is said.
bool lacks_line(const Hearing& hearing, const ConsignmentRecord& consignment, LineNumber line);
std::string lacks_line_text(const Name& consignment, LineNumber line);
/// Every fact about a consignment is judged anew: its dispatch, or its allocation, was only now
/// registered.
void settle_consignment(Folding& folding, const Name& name);
/// Exceptions in step with the quantities; they save the record.
void follow_quantities(Folding& folding, const Name& name);
void follow_cancelled(Folding& folding, const Name& name);
/// unit_mismatch about a dispatch in another unit than the need's line, in step with both; saves
/// the record.
void follow_units(Folding& folding, const Name& name);

}  // namespace tallinn
