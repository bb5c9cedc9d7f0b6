// Allocations: which commitment serves which need; decided at the back office, consented by donor
// and recipient. Pure. `check`: may it stand, by what its own home decides; `admit`: what only
// admission asks, because the other office's decisions or facts enter into it; `fold`: what it
// changes (docs/domain.md, sections 2 and 5).
#pragma once

#include "projections/movements.h"

namespace tallinn {

Result<void> check(const Hearing& hearing, const AllocationProposed& body);
Result<void> check(const Hearing& hearing, const AllocationConsented& body);
Result<void> check(const Hearing& hearing, const AllocationReleased& body);
Result<void> check(const Hearing& hearing, const AllocationCancelled& body);

Result<void> admit(const Hearing& hearing, const AllocationProposed& body);
Result<void> admit(const Hearing& hearing, const AllocationReleased& body);
Result<void> admit(const Hearing& hearing, const AllocationCancelled& body);

void fold(Folding& folding, const AllocationProposed& body);
void fold(Folding& folding, const AllocationConsented& body);
void fold(Folding& folding, const AllocationReleased& body);
void fold(Folding& folding, const AllocationCancelled& body);

void apply(AllocationRecord& allocation, const Movement& movement);
void reset_sums(AllocationRecord& allocation);

/// Exceptions about one allocation, and what it covers of its need, in step with what was decided
/// and dispatched; they save the records.
void follow_dispatched(Folding& folding, const Name& name);
void follow_need_state(Folding& folding, const Name& name);
/// Exceptions of its consignments that depend on its state and its need's lines; saves their
/// records.
void follow_consignments(Folding& folding, const Name& name);
/// The need that was registered after it was proposed says who receives.
void give_recipient(Folding& folding, const Name& name, const PartyId& recipient);

/// Both sides have consented, and it is not cancelled.
bool is_confirmed(const AllocationRecord& allocation);
/// "proposed", "confirmed", "in_delivery", "cancelled": derived. Whether it is completed, its
/// consignments say (listings.cpp).
std::string_view state_of(const AllocationRecord& allocation);

}  // namespace tallinn
