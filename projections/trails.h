// Trails: which parties an entry concerns, and its records under each of them (docs/domain.md,
// section 6). Pure. An entry stands in the trail of its author, of whoever signed it, of the
// parties it names, and of the donor and the recipient that it descends to. A governance entry
// stands in the trail of the party that it is about.
#pragma once

#include "projections/hearing.h"

namespace tallinn {

/// As they stand in the entry.
std::vector<PublicKey> keys_that_signed(const Entry& entry);

/// In no particular order, each once.
std::vector<PartyId> parties_concerned(const Hearing& hearing);

/// The event's own record and its trail records, at the end of its folding.
void write_event(Folding& folding, const std::vector<PartyId>& parties);
/// The trail records alone: for an entry whose id belongs to another.
void write_trails(Folding& folding, const std::vector<PartyId>& parties);
/// Puts an earlier event into more trails, and says its effect anew in all of them.
void extend_trails(Folding& folding, const Uuid& event, const std::vector<PartyId>& parties,
                   Effect effect);

}  // namespace tallinn
