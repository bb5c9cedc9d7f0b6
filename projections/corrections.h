// Corrections: what was declared wrong, by whom, and what it does to every sum.
// Pure. A corrected event stays where it is; what it did counts no longer: sums are made again,
// other records are told. A correction that is itself declared wrong lets its event count again;
// it must stand earlier in the order, so that corrections have no cycles, and at most eight deep.
// Governance is recorded as corrected and changes nothing: keys and parties need the quorum.
#pragma once

#include "projections/hearing.h"

namespace tallinn {

Result<void> check(const Hearing& hearing, const ErrorDeclared& body);

void fold(Folding& folding, const ErrorDeclared& body);

/// The event at hand was declared wrong by one that is earlier in the order: what it did counts
/// not, unless that was taken back.
void correct_late_arrival(Folding& folding, const Uuid& by);
/// That correction counts not: an exception says why.
void refuse_early_correction(Folding& folding, const Uuid& by, const std::string& sentence);

}  // namespace tallinn
