// State notes: what this node computed, and what the others signed of the same point, joined.
#include "ledger/store_notes.h"
#include "net/replica_impl.h"

namespace tallinn {

Stored<Result<void>> Replica::Impl::take_state(const PeerNote& incoming) {
  const auto note = parse_note(incoming.text);
  const auto parsed = note ? parse_state_note(note->text) : std::unexpected(note.error());
  if (!parsed) return refused(parsed.error());
  if (parsed->ledger != charter.ledger)
    return refused(Code::failed, "a state note of another ledger");
  for (const Checkpoint& log : parsed->logs) {
    const auto id = charter.parse_origin(log.origin);
    if (!id) return refused(id.error());
    if (known.roster().log(*id) == nullptr) {
      keep_early(incoming, *id);
      return Result<void>{};
    }
  }
  const auto signers = state_signers(*note, known.roster());
  if (!signers) return refused(signers.error());
  if (signers->empty()) return refused(Code::failed, "a state note that no office signed");
  if (parsed->rules != kRules || (joint_state && parsed->settled <= *joint_state))
    return Result<void>{};
  const auto last = known.last_lamport(*this);
  if (!last) return std::unexpected(last.error());
  if (parsed->settled > *last) {
    keep_early(incoming, signers->front(), parsed->settled);
    return Result<void>{};
  }
  // A key that did not sign for that point then says nothing of it now.
  const std::string text =
      known_signatures_only(incoming.text, known.roster().state_keys_at(parsed->settled));
  if (!parse_note(text)) return Result<void>{};
  return join_state(*parsed, text);
}

Stored<Result<void>> Replica::Impl::join_state(const StateNote& parsed, const std::string& text) {
  const auto kept = store.get(Family::notes, notes::state_key(parsed.settled));
  if (!kept) return std::unexpected(kept.error());
  std::string joined = text;
  if (*kept) {
    const auto ours = parse_note(**kept);
    const auto theirs = parse_note(text);
    if (!ours || !theirs) return broken(Fault::corrupt, "a kept state note does not read");
    if (ours->text != theirs->text) {
      alarm("two state notes at settled time " + std::to_string(parsed.settled.value()) +
            " differ");
      for (const NoteSignature& line : theirs->signatures)
        put_note(notes::state_key(parsed.settled) + "!" + line.name, text);
      keep_evidence(evidence_of_pair(EvidenceKind::states, **kept, text));
      return Result<void>{};
    }
    joined = merge_signatures(**kept, text);
    if (joined == **kept) return Result<void>{};
  }
  put_note(notes::state_key(parsed.settled), joined);
  const auto all = state_signers(*parse_note(joined), known.roster());
  if (all && signed_by_all(*all, known.roster(), parsed.settled)) {
    joint_state = parsed.settled;
    batch.erase_range(Family::undo, position_key({}),
                      position_key({Lamport(parsed.settled.value() + 1), {}}));
  } else if (computed_state < parsed.settled) {
    wanted_states.insert(parsed.settled);
    while (wanted_states.size() > 8) wanted_states.erase(wanted_states.begin());
  }
  return Result<void>{};
}

Stored<void> Replica::stage_state(const StateNote& computed) {
  Impl& r = *impl_;
  if (r.fault) return std::unexpected(*r.fault);
  r.computed_state = std::max(r.computed_state, computed.settled);
  r.wanted_states.erase(computed.settled);
  if (!r.own || (r.joint_state && computed.settled <= *r.joint_state)) return {};
  const std::string text = format_state_note(computed);
  const PeerNote note{NoteKind::state,
                      format_note({text,
                                   {sign_note(r.known.roster().log(*r.own)->state.name,
                                              r.identity->keys.state, text)}})};
  auto taken = r.take_state(note);
  if (!taken) return r.stop(taken.error());
  r.wanted_states.erase(computed.settled);
  r.staged_notes.push_back(note);
  return {};
}

}  // namespace tallinn
