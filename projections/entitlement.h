// Entitlement: to whom a node shows a value that an event withholds, and who may have it erased
// (docs/domain.md, "Public or withheld"). Pure: by the views as they are now, never by an entry's
// causal past, since nothing in the order depends on it.
#pragma once

#include "projections/hearing.h"

namespace tallinn {

/// A key as the views have it now.
struct KeyNow {
  std::optional<PartyId> party;  ///< whose key it is, or ever was
  RoleSet roles = 0;             ///< none: it is not in force
};
KeyNow key_now(ViewReader& views, const PublicKey& key);

/// What the holder of a key is to an event.
struct Asker {
  bool stated = false;     ///< its author, or one of those who signed it
  bool concerned = false;  ///< a party in whose trail it stands
  RoleSet roles = 0;       ///< of the key; none: it is shown nothing
};
/// `entry` has the event's signatures.
Asker asker_of(ViewReader& views, const Event& event, const Entry& entry, const KeyNow& key);

/// RED: who stated the event. AMBER+STRICT: also whom it concerns, and keys with the role `audit`.
/// AMBER: also keys with the role `govern`. GREEN: every key in force.
bool may_be_shown(Tlp label, const Asker& asker);

}  // namespace tallinn
