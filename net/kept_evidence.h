// Kept evidence: the contradictions that a node has met, as its store keeps them, and which logs
// they freeze. Pure over any StoreReader. One of each kind and subject is kept, so that what a
// liar signs cannot fill a disk; nothing that is kept is ever deleted.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

#include "ledger/charter.h"
#include "ledger/evidence.h"
#include "ledger/store_db.h"
#include "projections/roster.h"

namespace tallinn {

struct KeptEvidence {
  std::string sha256;  ///< of the text, hex: its name
  std::string text;    ///< `tallinn-ledger/evidence@v1`
  EvidenceClaim claim;
};

/// By kind, then subject. Its signatures were checked before it was stored.
Stored<std::vector<KeptEvidence>> kept_evidence(const StoreReader& store);

/// Whose evidence a node believes: the keys of every log that the roster has.
LedgerKeys evidence_keys(const Charter& charter, const Roster& roster);

/// {"sha256","kind","subject","frozen","text"}, as routes and commands list it.
boost::json::object evidence_json(const KeptEvidence& kept, const Charter& charter);

/// The log that it freezes: no node takes or gives more of it, nor cosigns it. Nothing for
/// `states`, which says nothing against the log.
std::optional<LogId> frozen_by(const EvidenceClaim& claim, const Charter& charter);

}  // namespace tallinn
