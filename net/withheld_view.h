// What an event withholds, as a store has it: for a node's routes and for the command line on a
// data directory. Shell: reads the Head's snapshot. Who may see what of it is not judged here
// (projections/entitlement.h).
#pragma once

#include <boost/json/fwd.hpp>

#include "net/head.h"
#include "net/kept_erasures.h"

namespace tallinn {

struct WithheldView {
  Place place;
  Entry entry;
  Event event;
  std::vector<KeptErasure> erasures;  ///< by the event's author
  std::vector<WithheldValue> values;  ///< held here

  /// Null: not erased.
  const Erasure* erasure_of(const Name& field) const;
  /// Null: not held, or not what the event has committed to.
  const WithheldValue* value_of(const Name& field) const;
};

/// Of the event of that id that counts. Error not_found: none is known here, or it is of a newer
/// schema.
Stored<Result<WithheldView>> withheld_view(const Head& head, const Uuid& id);

/// {"event","items":[{"field","tlp","state"}]}; a state is held, not_held or erased.
boost::json::object withheld_list(const WithheldView& view, std::span<const Withheld> fields);

/// {"event","field","tlp","salt","value","receipt"}: what a disclosure is made from; the receipt
/// has no signature line but of keys that the head's roster knows. Error not_found: erased, or not
/// held here; unavailable.
Stored<Result<boost::json::object>> withheld_value(const Head& head, const Charter& charter,
                                                   const WithheldView& view,
                                                   const Withheld& withheld);

}  // namespace tallinn
