// One event in full as JSON: what it says, who signed it, where it stands, how far it has come. For
// routes and for the command line on a data directory. Shell: reads the Head's snapshot.
#pragma once

#include <boost/json/fwd.hpp>

#include "events/result.h"
#include "ledger/charter.h"
#include "net/head.h"

namespace tallinn {

/// Where the event stands; the first place in the order when there are two. Error not_found.
Stored<Result<Place>> place_of_event(const Head& head, const Uuid& id);

/// {"origin","index","id","lamport","recorded","level","effect","corrected_by"?,"signers":[{"key","signature","party"?}],
/// "seen":[{"origin","size"}],"event":{…},"erased"?:[{"field","at","by","statement"}],"leaf"}.
/// `place` must be within what the head holds.
Stored<boost::json::object> event_json(Head& head, const Charter& charter, const Place& place);

}  // namespace tallinn
