// The trail bundle of a party from a store: views taken back to the newest jointly signed state
// note, proofs from the logs; and the governance chain. For routes and for the command line on a
// data directory. Shell: reads a snapshot. Cost of a bundle: two scans of the views.
#pragma once

#include <string>

#include "events/result.h"
#include "ledger/charter.h"
#include "net/head.h"

namespace tallinn {

/// Error unavailable (with what to wait for) while no state note is signed by every office. A party
/// that nothing concerns has a bundle too: it proves that.
Stored<Result<std::string>> make_stored_bundle(const Head& head, const Charter& charter,
                                               const PartyId& party);

/// The governance chain of everything held (projections/chain.h). `store`: one unchanging state.
Stored<Result<std::string>> make_stored_chain(const StoreReader& store, const Charter& charter);

}  // namespace tallinn
