// What changed in a donor's ladder between two reports, and by which events. Works on the listings'
// JSON; pure but for diff_reports(), which asks two readers.
#pragma once

#include <boost/json.hpp>

#include "events/result.h"
#include "tools/ledger_reader.h"

namespace tallinn {

/// Figures: an array of {"year","currency","figure","before","after"} for every rung and loss that
/// differs, in the ladder's order. A figure that is not there counts as "0.00" of its currency.
boost::json::array changed_figures(const boost::json::array& before,
                                   const boost::json::array& after);

/// Events: an array of {"rung","year","currency","before"?,"after"?,"origin","index","id","type",
/// "corrected_by"?} for every event that adds another amount to the rung than before; `corrections`
/// is that listing at the later report.
boost::json::array changed_events(std::string_view figure, const boost::json::array& before,
                                  const boost::json::array& after,
                                  const boost::json::array& corrections);

/// {"from":{"known_on"},"to":{"known_on"},"figures":[...],"events":[...]}
Result<boost::json::object> diff_reports(LedgerReader& before, LedgerReader& after,
                                         const PartyId& party);

}  // namespace tallinn
