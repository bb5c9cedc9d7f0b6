// Disputes: what a party says of an event, and how both offices settle it. Pure. A dispute changes
// nothing of what the event did; it stands in the trails of whom the event concerns. `check`: may
// it stand; `admit`: what only admission asks; `fold`: what it changes.
#pragma once

#include "projections/hearing.h"

namespace tallinn {

Result<void> check(const Hearing& hearing, const DisputeRaised& body);
Result<void> check(const Hearing& hearing, const DisputeResolved& body);
/// invalid_transition: it is resolved already.
Result<void> admit(const Hearing& hearing, const DisputeResolved& body);
void fold(Folding& folding, const DisputeRaised& body);
void fold(Folding& folding, const DisputeResolved& body);

}  // namespace tallinn
