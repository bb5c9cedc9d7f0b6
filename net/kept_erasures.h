// Kept erasures: the statements by which parties had their withheld values erased, as a store keeps
// them. Pure over any StoreReader.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

#include "events/event.h"
#include "ledger/store_db.h"
#include "ledger/value_statement.h"

namespace tallinn {

struct KeptErasure {
  Erasure erasure;
  std::string text;  ///< the signed note
};
/// Of what the event withholds, in the store's order, at most one for each commitment and party.
Stored<std::vector<KeptErasure>> erasures_of(const StoreReader& store, const Event& event);

/// {"field","at","by","statement"}: public, and all that is said of what is held.
boost::json::object erasure_json(const KeptErasure& kept);
/// "erased on 2026-03-01 by UA".
std::string erasure_text(const Erasure& erasure);

}  // namespace tallinn
