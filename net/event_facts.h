// What the views say of one event beside its bytes: what it did, and which parties signed.
// Pure.
#pragma once

#include "events/entry.h"
#include "projections/views.h"

namespace tallinn {

struct EventFacts {
  std::string effect;  ///< "applied", or the code why not
  Place place;         ///< the first in the order
  std::optional<Uuid> corrected_by;
};
/// Nothing: it is not recorded, also where another event names it.
std::optional<EventFacts> event_facts(ViewReader& views, const Uuid& id);

/// Whose key it is, as far as the views know.
std::optional<PartyId> owner_of_key(ViewReader& views, const PublicKey& key);

}  // namespace tallinn
