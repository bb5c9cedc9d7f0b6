// Pledges: what donors say they will give; decided at the back office.
// Pure. `check`: may it stand, by what its own home decides; `fold`: what it changes
// (docs/domain.md, sections 2 and 5).
#pragma once

#include "projections/movements.h"

namespace tallinn {

Result<void> check(const Hearing& hearing, const PledgeAnnounced& body);
Result<void> check(const Hearing& hearing, const PledgeAmended& body);
Result<void> check(const Hearing& hearing, const PledgeWithdrawn& body);
Result<void> check(const Hearing& hearing, const PledgeLapsed& body);

void fold(Folding& folding, const PledgeAnnounced& body);
void fold(Folding& folding, const PledgeAmended& body);
void fold(Folding& folding, const PledgeWithdrawn& body);
void fold(Folding& folding, const PledgeLapsed& body);

void apply(PledgeRecord& pledge, const Movement& movement);
void reset_sums(PledgeRecord& pledge);

/// overdrawn, saying what is left, or invalid_transition: may a commitment draw this much more?
Result<void> check_draw(const Hearing& hearing, const PledgeRecord& pledge, const Name& name,
                        std::int64_t minor);

}  // namespace tallinn
