// Assurance: what parties attest, what auditors find, what is answered.
// Pure. `check`: who must have signed, as far as what it names is known; `fold`: what it changes.
#pragma once

#include "projections/hearing.h"

namespace tallinn {

Result<void> check(const Hearing& hearing, const ReconciliationAttested& body);
Result<void> check(const Hearing& hearing, const AuditFindingRecorded& body);
Result<void> check(const Hearing& hearing, const ManagementResponseRecorded& body);

void fold(Folding& folding, const ReconciliationAttested& body);
void fold(Folding& folding, const AuditFindingRecorded& body);
void fold(Folding& folding, const ManagementResponseRecorded& body);

/// What an event said there was declared wrong, or that was.
void set_standing(AttestationRecord& attestation, const Uuid& event, Stands stands);
void set_standing(FindingRecord& finding, const Uuid& event, Stands stands);

}  // namespace tallinn
