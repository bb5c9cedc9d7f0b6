// Commitments and the money that moves under them. Commitments are decided at the back office;
// money moving is a fact. Pure. `check`: may it stand, by what its own home decides; `fold`: what
// it changes (docs/domain.md, sections 2 and 5).
#pragma once

#include "projections/movements.h"

namespace tallinn {

Result<void> check(const Hearing& hearing, const CommitmentSigned& body);
Result<void> check(const Hearing& hearing, const CommitmentAmended& body);
Result<void> check(const Hearing& hearing, const CommitmentSuspended& body);
Result<void> check(const Hearing& hearing, const CommitmentResumed& body);
Result<void> check(const Hearing& hearing, const CommitmentTerminated& body);
Result<void> check(const Hearing& hearing, const FundsDisbursed& body);
Result<void> check(const Hearing& hearing, const FundsReceived& body);
Result<void> check(const Hearing& hearing, const FundsRefunded& body);

/// What only admission asks, because facts of the other office enter into it: not below what was
/// disbursed.
Result<void> admit(const Hearing& hearing, const CommitmentAmended& body);

void fold(Folding& folding, const CommitmentSigned& body);
void fold(Folding& folding, const CommitmentAmended& body);
void fold(Folding& folding, const CommitmentSuspended& body);
void fold(Folding& folding, const CommitmentResumed& body);
void fold(Folding& folding, const CommitmentTerminated& body);
void fold(Folding& folding, const FundsDisbursed& body);
void fold(Folding& folding, const FundsReceived& body);
void fold(Folding& folding, const FundsRefunded& body);

void apply(CommitmentRecord& commitment, const Movement& movement);
void reset_sums(CommitmentRecord& commitment);

/// overdrawn or invalid_transition: may an allocation draw this much more?
Result<void> check_draw(const Hearing& hearing, const CommitmentRecord& commitment,
                        const Name& name, std::int64_t minor);
/// Facts that came before the commitment, or that stand again, take effect if their signers and
/// currency fit it. What another payee than its receiver says waits for a payment to it.
void settle_funds(Folding& folding, const Name& name);
/// Keeps disbursed_exceeds_committed in step; saves the record.
void follow_disbursement(Folding& folding, const Name& name);

}  // namespace tallinn
