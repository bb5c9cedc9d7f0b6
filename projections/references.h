// References: what an event names without which it takes effect all the same: a disputed or an
// audited event, an auditee, what replaces a mistake (docs/domain.md, section 4). Pure. While some
// of it is not known, `unknown_reference` says so; it closes when the last of it is recorded, and
// whoever that concerns then has what names it in the trail. (What waits for its reference to take
// effect: movements.h, corrections.h.)
#pragma once

#include "projections/hearing.h"

namespace tallinn {

/// Of the event at hand. Opens `unknown_reference`, unless it waits for something else too. Cost: a
/// lookup for each name; for each that is not known a record that waits for it.
void await_references(Folding& folding, NamedAs as, const std::vector<Uuid>& events,
                      const std::optional<PartyId>& party = std::nullopt);
/// Of the event at hand, which corrects one that is not recorded yet, or void.
void await_corrected(Folding& folding, const Uuid& event);
/// The corrections that came before the event at hand, in their order; those taken back too.
std::vector<Uuid> corrections_waiting(const Folding& folding);
/// An earlier event waits for nothing else any more: opens or closes `unknown_reference` about what
/// it names.
void say_missing(Folding& folding, const Uuid& event);
/// Of an event or a party that was only now recorded: settles what waits for it. The record of the
/// event at hand is written already.
void settle_awaited_event(Folding& folding);
void settle_awaited_party(Folding& folding, const PartyId& party);

}  // namespace tallinn
