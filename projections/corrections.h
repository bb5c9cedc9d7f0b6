// Corrections and disputes: what was declared wrong, by whom, and what it does to every sum.
// Pure. A corrected event stays where it is; its movements count no longer, and what was summed
// from them is summed again.
#pragma once

#include "projections/hearing.h"

namespace tallinn {

Result<void> check(const Hearing& hearing, const ErrorDeclared& body);
Result<void> check(const Hearing& hearing, const DisputeRaised& body);
Result<void> check(const Hearing& hearing, const DisputeResolved& body);

void fold(Folding& folding, const ErrorDeclared& body);
void fold(Folding& folding, const DisputeRaised& body);
void fold(Folding& folding, const DisputeResolved& body);

/// The event at hand was corrected by one that is earlier in the order: its movements do not count.
void correct_late_arrival(Folding& folding, const Uuid& by);

}  // namespace tallinn
