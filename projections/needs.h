// Needs: what Ukraine asks for; decided at the front office. Coverage is derived, never set.
// Pure. `check`: may it stand, by what its own home decides; `admit`: what only admission asks,
// because allocations are decided at the other office; `fold`: what it changes
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

/// A line with an allocation known here keeps its unit (invalid_value) and stays
/// (invalid_transition).
Result<void> admit(const Hearing& hearing, const NeedRevised& body);

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
/// An allocation covers so much more, or less, of a line; saves the record.
void cover_line(Folding& folding, const Name& name, LineNumber line, std::int64_t change);
/// Exceptions that depend on how much of the need is allocated; saves the record.
void follow_coverage(Folding& folding, const Name& name);
/// Exceptions of its allocations that depend on its state; saves their records.
void follow_allocations(Folding& folding, const Name& name);
/// Exceptions of what its allocations sent that depend on its lines; saves their records.
void follow_goods(Folding& folding, const Name& name);

}  // namespace tallinn
