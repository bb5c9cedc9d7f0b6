// Needs: what Ukraine asks for; decided at the front office. Coverage is derived, never set.
// Pure. `check`: may it stand, by what its own home decides; `fold`: what it changes
// (docs/domain.md, sections 2 and 5).
#pragma once

#include "projections/movements.h"

namespace tallinn {

Result<void> check(const Hearing& hearing, const NeedRegistered& body);
Result<void> check(const Hearing& hearing, const NeedRevised& body);
Result<void> check(const Hearing& hearing, const NeedEndorsed& body);
Result<void> check(const Hearing& hearing, const NeedRejected& body);
Result<void> check(const Hearing& hearing, const NeedWithdrawn& body);
Result<void> check(const Hearing& hearing, const NeedClosed& body);

void fold(Folding& folding, const NeedRegistered& body);
void fold(Folding& folding, const NeedRevised& body);
void fold(Folding& folding, const NeedEndorsed& body);
void fold(Folding& folding, const NeedRejected& body);
void fold(Folding& folding, const NeedWithdrawn& body);
void fold(Folding& folding, const NeedClosed& body);

void apply(NeedRecord& need, const Movement& movement);
void reset_sums(NeedRecord& need);

/// May allocations draw on it no longer?
bool need_is_over(const NeedRecord& need);
const NeedLineRecord* line_of(const NeedRecord& need, LineNumber line);
/// Exceptions that depend on how much of the need is allocated; saves the record.
void follow_coverage(Folding& folding, const Name& name);
/// Exceptions of its allocations that depend on its state; saves their records.
void follow_allocations(Folding& folding, const Name& name);

}  // namespace tallinn
