#include "tools/audit_notes.h"

#include <algorithm>

#include "ledger/sha256.h"
#include "net/state_notes.h"
#include "projections/fold.h"
#include "projections/party_records.h"
#include "projections/record_keys.h"

namespace tallinn {

Result<StateNote> state_in(std::string_view note) {
  const auto parsed = parse_note(note);
  if (!parsed) return std::unexpected(parsed.error());
  return parse_state_note(parsed->text);
}

Result<Checkpoint> own_checkpoint(std::string_view note, LogId log, const Charter& charter,
                                  const Roster& roster) {
  const auto parsed = parse_note(note);
  auto checkpoint = parsed ? parse_checkpoint(parsed->text) : std::unexpected(parsed.error());
  if (!checkpoint)
    return refuse(Code::failed, "its checkpoint cannot be read: " + checkpoint.error().detail);
  if (checkpoint->origin != charter.origin(log))
    return refuse(Code::failed, "its checkpoint is of " + checkpoint->origin);
  std::vector<VerifierKey> keys;
  if (const RosterLog* known = roster.log(log)) keys.push_back(known->log);
  const auto verified = verify_note(*parsed, keys);
  if (!verified) return refuse(Code::failed, "a signature of its checkpoint does not hold");
  if (verified->empty())
    return refuse(Code::failed, "its checkpoint is not signed by the log's key");
  return checkpoint;
}

Result<AuditedNote> check_checkpoint(std::string_view note, const AuditLog& log,
                                     const Charter& charter, const Roster& roster) {
  const auto checkpoint = own_checkpoint(note, log.log().log, charter, roster);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  const auto verified = verify_note(*parse_note(note), roster.checkpoint_keys());
  if (!verified) return refuse(Code::failed, "a signature of its checkpoint does not hold");
  AuditedNote audited{.sha256 = to_hex(sha256(note).view()),
                      .size = checkpoint->size,
                      .cosigned_by = roster.cosigners(*verified, log.log().log.office)};
  const auto root = log.root_at(checkpoint->size);
  if (root && *root != checkpoint->root)
    return refuse(Code::failed, "its entries do not give the root of its checkpoint of size " +
                                    std::to_string(checkpoint->size.value()));
  if (!root)
    return refuse(Code::failed, "entries are missing, so that the root of its checkpoint of size " +
                                    std::to_string(checkpoint->size.value()) +
                                    " cannot be recomputed");
  return audited;
}

namespace {

void check_logs(const StateNote& state, const AuditLogs& logs, const Charter& charter,
                const Roster& roster, std::vector<std::string>& failures) {
  for (const auto& [id, log] : logs) {
    const std::string origin = charter.origin(id);
    if (!roster.opened_by(id, state.settled)) continue;
    const LogSize prefix = roster.within({id, log.prefix_at(state.settled)});
    const auto named = std::ranges::find(state.logs, origin, &Checkpoint::origin);
    if (named == state.logs.end()) {
      if (prefix > LogSize(0))
        failures.push_back("it does not name " + origin + ", which has entries up to its point");
      continue;
    }
    if (named->size != prefix)
      failures.push_back("it names " + std::to_string(named->size.value()) + " entries of " +
                         origin + ", but " + std::to_string(prefix.value()) +
                         " are up to its point");
    else if (const auto root = log.root_at(named->size); root && *root != named->root)
      failures.push_back("it names another root of " + origin + " than its entries give");
  }
  for (const Checkpoint& named : state.logs) {
    const auto id = charter.parse_origin(named.origin);
    if (!id || (!logs.contains(*id) && named.size > LogSize(0)))
      failures.push_back("it names " + named.origin + ", which is not here");
  }
}

}  // namespace

AuditedStateNote check_state_note(std::string_view note, const AuditLogs& logs,
                                  const Charter& charter, const Roster& roster,
                                  const std::optional<StateRoot>& recomputed,
                                  std::vector<std::string>& failures) {
  using Verdict = AuditedStateNote::Verdict;
  AuditedStateNote audited{.sha256 = to_hex(sha256(note).view()), .settled = {}, .signed_by = {}};
  const auto parsed = parse_note(note);
  const auto state = parsed ? parse_state_note(parsed->text) : std::unexpected(parsed.error());
  if (!state || state->ledger != charter.ledger) {
    failures.emplace_back(state ? "it is of another ledger"
                                : "it cannot be read: " + state.error().detail);
    return audited;
  }
  audited.settled = state->settled;
  const auto signers = state_signers(*parsed, roster);
  if (!signers)
    failures.emplace_back("a signature of it does not hold");
  else
    for (const LogId log : *signers) audited.signed_by.push_back(charter.office(log.office)->name);
  if (signers && signers->empty()) failures.emplace_back("no office signed it");
  check_logs(*state, logs, charter, roster, failures);
  if (state->rules != kRules || !recomputed) return audited;
  audited.verdict = *recomputed == StateRoot{.records = state->records, .root = state->state}
                        ? Verdict::holds
                        : Verdict::differs;
  if (audited.verdict == Verdict::differs)
    failures.push_back("the views that the entries give have the root " +
                       to_base64(recomputed->root.view()) + " over " +
                       std::to_string(recomputed->records) + " records, not what it says");
  return audited;
}

}  // namespace tallinn
