// Listings: one view record of each kind as the JSON object that lists and pages show
// (docs/interface.md). Pure. Derived states and balances are computed here, never stored. Used by
// queries.cpp only.
#pragma once

#include "events/json_codec.h"
#include "projections/hearing.h"
#include "projections/queries.h"

namespace tallinn::listings {

/// What an item may look up beside its own record.
struct Lookup {
  const QuerySource& source;
};

json::object party(const Lookup& lookup, std::string_view name, const PartyRecord& record);
json::object need(const Lookup& lookup, std::string_view name, const NeedRecord& record);
json::object pledge(const Lookup& lookup, std::string_view name, const PledgeRecord& record);
json::object commitment(const Lookup& lookup, std::string_view name,
                        const CommitmentRecord& record);
json::object allocation(const Lookup& lookup, std::string_view name,
                        const AllocationRecord& record);
json::object delivery(const Lookup& lookup, std::string_view name, const ConsignmentRecord& record);
json::object exception(const Lookup& lookup, std::string_view name, const ExceptionRecord& record);
struct CorrectionTold {
  json::object item;
  std::vector<PartyId> parties;  ///< in whose trails stands what was corrected; none: not known yet
  UnixMillis recorded;           ///< when the correction was
};
CorrectionTold correction(const Lookup& lookup, std::string_view name,
                          const CorrectionRecord& record);

/// "kyiv office's origin", index of an event's place.
void add_place(const Lookup& lookup, json::object& to, const Position& position);
/// How far the fact there has come, where the source tells.
void add_level(const Lookup& lookup, json::object& to, const Position& position);

}  // namespace tallinn::listings
