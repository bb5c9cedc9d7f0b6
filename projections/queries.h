// Queries: the JSON answers of every listing, from views (docs/interface.md).
// Pure. Used by the HTTP routes and by the command line on a data directory; both print the same
// JSON.
#pragma once

#include <boost/json/fwd.hpp>

#include "events/date.h"
#include "events/result.h"
#include "ledger/charter.h"
#include "projections/levels.h"
#include "projections/views.h"

namespace tallinn {

/// Where answers come from. All of it must outlive the call.
struct QuerySource {
  ViewReader& views;
  LevelReader* levels;  ///< nothing: levels are not told (what is now settled was not at an earlier
                        ///< standpoint)
  const Charter& charter;
};

/// A page of a listing: at most `limit` records after `cursor` (opaque, empty: from the start).
struct Page {
  std::string cursor;
  std::size_t limit = 1'000;
};

/// Which corrections are asked for; other listings know no filter.
struct CorrectionFilter {
  std::optional<Day> since = {};      ///< recorded on that day (UTC) or later
  std::optional<PartyId> party = {};  ///< what was corrected stands in its trail
  bool operator==(const CorrectionFilter&) const = default;
};
/// From text, each a day or a party, or empty. Error malformed with the field.
Result<CorrectionFilter> parse_correction_filter(std::string_view since, std::string_view party);

/// `kind`: parties, needs, pledges, commitments, allocations, deliveries, exceptions, corrections.
/// Answers
/// {"items":[...],"next":"<cursor>"} ("next" only when there is more). Error not_found for another
/// kind, malformed cursor, malformed for a filter of anything but corrections.
Result<boost::json::object> list_records(const QuerySource& source, std::string_view kind,
                                         const Page& page, const CorrectionFilter& filter = {});

/// {"items":[{"origin","index","id","type","occurred","recorded","level","effect","signers":[party...]}...],"next"?}
Result<boost::json::object> trail_of(const QuerySource& source, const PartyId& party,
                                     const Page& page);

/// The ladder: an array of {"year","currency","pledged",...,"in_service","losses":{...}}; not_found
/// for an unknown party.
Result<boost::json::array> ladder_of(const QuerySource& source, const PartyId& party);
/// The same in one currency: a row for each year, in it "rates":[{"base","quote","rate","date",
/// "source"}...] for what was converted. `until`: rates dated later are not used. Error
/// invalid_value for an unknown code, not_found with the pair that has no rate.
Result<boost::json::array> ladder_in(const QuerySource& source, const PartyId& party,
                                     std::string_view currency, std::optional<Day> until);
/// The events that sum to one rung or loss:
/// [{"year","currency","amount","origin","index","id","type"}...].
Result<boost::json::array> ladder_events(const QuerySource& source, const PartyId& party,
                                         std::string_view figure);

}  // namespace tallinn
