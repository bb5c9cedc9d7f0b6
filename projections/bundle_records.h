// The records that a bundle proves beside the trail, of what an entry stands on and the trail need
// not hold (docs/formats.md, "Trail bundles"). Pure.
#pragma once

#include <functional>
#include <set>

#include "projections/event_records.h"
#include "projections/fold.h"

namespace tallinn {

/// Their keys: of every key that signed it, of the need that it allocates to, and of whatever has
/// taken its id or its name.
std::set<Bytes> records_beside(const OrderedEntry& entry, Effect effect);

/// Do the records say that another event has taken its id or its name? `effect`: duplicate_id or
/// duplicate_name. `record`: nothing where there is none.
bool is_taken(const OrderedEntry& entry, Effect effect,
              const std::function<std::optional<Bytes>(const Bytes& key)>& record);

}  // namespace tallinn
