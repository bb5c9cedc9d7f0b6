#include "net/kept_evidence.h"

#include <boost/json.hpp>

#include "ledger/sha256.h"
#include "ledger/store_notes.h"

namespace tallinn {

Stored<std::vector<KeptEvidence>> kept_evidence(const StoreReader& store) {
  std::vector<KeptEvidence> kept;
  bool damaged = false;
  const auto scanned = store.scan(Family::notes, notes::evidence_begin(), notes::evidence_end(),
                                  [&](BytesView, BytesView text) {
                                    const auto evidence = parse_evidence(text);
                                    auto claim = evidence ? read_evidence(*evidence)
                                                          : std::unexpected(evidence.error());
                                    damaged = !claim;
                                    if (damaged) return StoreReader::Next::stop;
                                    kept.push_back({.sha256 = to_hex(sha256(text).view()),
                                                    .text = std::string(text),
                                                    .claim = std::move(*claim)});
                                    return StoreReader::Next::go_on;
                                  });
  if (!scanned) return std::unexpected(scanned.error());
  if (damaged) return broken(Fault::corrupt, "kept evidence does not read");
  return kept;
}

LedgerKeys evidence_keys(const Charter& charter, const Roster& roster) {
  LedgerKeys keys{.ledger = charter.id, .logs = {}};
  for (const auto& [id, log] : roster.logs())
    keys.logs.push_back({.id = id,
                         .log = log.log,
                         .witness = log.witness,
                         .state = log.state,
                         .opened_at = log.opened_at,
                         .sealed_at = log.sealed ? std::optional(log.sealed_at) : std::nullopt});
  return keys;
}

boost::json::object evidence_json(const KeptEvidence& kept, const Charter& charter) {
  return {{"sha256", kept.sha256},
          {"kind", evidence_kind_name(kept.claim.kind)},
          {"subject", kept.claim.subject},
          {"frozen", frozen_by(kept.claim, charter).has_value()},
          {"text", kept.claim.sentence}};
}

std::optional<LogId> frozen_by(const EvidenceClaim& claim, const Charter& charter) {
  if (claim.kind == EvidenceKind::states) return std::nullopt;
  const auto log = charter.parse_origin(claim.subject);
  return log ? std::optional(*log) : std::nullopt;
}

}  // namespace tallinn
