// Notes: checkpoints signed and cosigned, promises made and taken, state notes joined.
#include <algorithm>

#include "ledger/store_notes.h"
#include "net/replica_impl.h"

namespace tallinn {
namespace {

std::vector<VerifierKey> checkpoint_keys(const Charter& charter) {
  std::vector<VerifierKey> keys;
  for (const CharterOffice& office : charter.offices) {
    keys.push_back(office.log);
    keys.push_back(office.witness);
  }
  return keys;
}

/// What a promise of this office would say now, against what it would add: nothing when its last
/// entry says as much.
bool says_more(const Promise& promise, const LogKnowledge& own, const std::vector<HeldLog>& holds) {
  if (promise.lamport > own.last_lamport) return true;
  for (const HeldLog& one : holds) {
    const auto seen = std::ranges::find(own.seen, one.log, &HeldLog::log);
    if (one.size != LogSize(0) && (seen == own.seen.end() || seen->size < one.size)) return true;
  }
  return false;
}

}  // namespace

std::string merge_signatures(std::string_view into, std::string_view from) {
  auto merged = parse_note(into);
  const auto other = parse_note(from);
  if (!merged || !other) return std::string(into);
  for (const NoteSignature& signature : other->signatures) {
    const bool there = std::ranges::any_of(merged->signatures, [&](const NoteSignature& s) {
      return s.name == signature.name && s.key_id == signature.key_id;
    });
    if (!there && merged->signatures.size() < kMaxNoteSignatures)
      merged->signatures.push_back(signature);
  }
  return format_note(*merged);
}

Result<Checkpoint> Replica::Impl::open_checkpoint(std::string_view text, LogId log) const {
  const auto note = parse_note(text);
  if (!note) return std::unexpected(note.error());
  const auto verified = verify_note(*note, checkpoint_keys(charter));
  if (!verified) return std::unexpected(verified.error());
  auto checkpoint = parse_checkpoint(note->text);
  if (!checkpoint) return checkpoint;
  if (checkpoint->origin != charter.origin(log))
    return refuse(Code::failed, "a checkpoint names another log");
  if (!signed_by(*verified, charter.office(log.office)->log))
    return refuse(Code::failed,
                  "a checkpoint of " + checkpoint->origin + " lacks the log's own signature");
  return checkpoint;
}

void Replica::Impl::put_note(BytesView key, std::string_view text) {
  batch.put(Family::notes, key, text);
  dirty = true;
}

void Replica::Impl::keep_checkpoint(LogId id, const Checkpoint& checkpoint, std::string_view text) {
  LogKnowledge& log = known.log(id);
  if (is_own(id) && checkpoint.size > log.held) stop_appending(Standing::peer_holds_more);
  std::string kept = known_signatures_only(text, checkpoint_keys(charter));
  if (checkpoint.size < log.checkpoint_size) return;
  if (checkpoint.size == log.checkpoint_size && !log.checkpoint.empty()) {
    kept = merge_signatures(log.checkpoint, kept);
    if (kept == log.checkpoint) return;
  }
  log.checkpoint = std::move(kept);
  log.checkpoint_size = checkpoint.size;
  put_note(notes::checkpoint_key(id), log.checkpoint);
}

Stored<Result<void>> Replica::Impl::take_checkpoint(const PeerNote& incoming) {
  const auto note = parse_note(incoming.text);
  const auto parsed = note ? parse_checkpoint(note->text) : std::unexpected(note.error());
  if (!parsed) return refused(parsed.error());
  const auto id = charter.parse_origin(parsed->origin);
  if (!id) return refused(id.error());
  const auto checkpoint = open_checkpoint(incoming.text, *id);
  if (!checkpoint) return refused(checkpoint.error());
  if (checkpoint->size <= committed(*id)) {
    const auto root = StoredLogs(store).root(*id, checkpoint->size);
    if (!root) return std::unexpected(root.error());
    if (*root != checkpoint->root) {
      const std::string sentence = "two checkpoints of " + checkpoint->origin + " at size " +
                                   std::to_string(checkpoint->size.value()) +
                                   " cannot both be true";
      alarm(sentence);
      if (is_own(*id)) stop_appending(Standing::contradicted);
      return refused(Code::failed, sentence);
    }
  }
  const auto verified = verify_note(*note, checkpoint_keys(charter));
  for (std::uint16_t n = 0; verified && n < charter.offices.size(); ++n) {
    if (OfficeNumber(n) == id->office || !signed_by(*verified, charter.offices[n].witness))
      continue;
    LogSize& cosigned = known.log(*id).cosigned[OfficeNumber(n)];
    if (cosigned >= checkpoint->size) continue;
    cosigned = checkpoint->size;
    put_note(notes::cosigned_key(*id, OfficeNumber(n)),
             known_signatures_only(incoming.text, checkpoint_keys(charter)));
  }
  keep_checkpoint(*id, *checkpoint, incoming.text);
  return Result<void>{};
}

Stored<Result<void>> Replica::Impl::take_promise(const PeerNote& incoming) {
  const auto note = parse_note(incoming.text);
  const auto parsed = note ? tallinn::parse_promise(note->text) : std::unexpected(note.error());
  if (!parsed) return refused(parsed.error());
  const auto id = charter.parse_origin(parsed->own.origin);
  if (!id) return refused(id.error());
  const auto promise = open_promise(incoming.text, charter.id, charter.office(id->office)->state);
  if (!promise) return refused(promise.error());
  LogKnowledge& log = known.log(*id);
  if (is_own(*id)) return Result<void>{};
  const bool newer = !log.promise || (log.promise->own.size <= promise->own.size &&
                                      log.promise->lamport <= promise->lamport);
  if (!newer || log.promise == *promise) return Result<void>{};
  log.promise = *promise;
  put_note(notes::promise_key(*id), incoming.text);
  return Result<void>{};
}

Stored<Result<void>> Replica::Impl::take_state(const PeerNote& incoming) {
  const auto note = parse_note(incoming.text);
  const auto parsed = note ? parse_state_note(note->text) : std::unexpected(note.error());
  if (!parsed) return refused(parsed.error());
  if (parsed->ledger != charter.ledger)
    return refused(Code::failed, "a state note of another ledger");
  const auto signers = state_signers(*note, charter);
  if (!signers) return refused(signers.error());
  if (signers->empty()) return refused(Code::failed, "a state note that no office signed");
  if (parsed->rules != kRules || (joint_state && parsed->settled <= *joint_state))
    return Result<void>{};
  const auto kept = store.get(Family::notes, notes::state_key(parsed->settled));
  if (!kept) return std::unexpected(kept.error());
  std::string joined = incoming.text;
  if (*kept) {
    const auto ours = parse_note(**kept);
    if (ours && ours->text != note->text) {
      alarm("two state notes at settled time " + std::to_string(parsed->settled.value()) +
            " differ");
      put_note(notes::state_key(parsed->settled) + "!" + std::string(note->signatures.front().name),
               incoming.text);
      return Result<void>{};
    }
    joined = merge_signatures(**kept, incoming.text);
    if (joined == **kept) return Result<void>{};
  }
  put_note(notes::state_key(parsed->settled), joined);
  const auto all = state_signers(*parse_note(joined), charter);
  if (all && signed_by_all(*all, charter)) {
    joint_state = parsed->settled;
    batch.erase_range(Family::undo, position_key({}),
                      position_key({Lamport(parsed->settled.value() + 1), {}}));
  } else if (computed_state < parsed->settled) {
    wanted_states.insert(parsed->settled);
    while (wanted_states.size() > 8) wanted_states.erase(wanted_states.begin());
  }
  return Result<void>{};
}

Stored<Result<void>> Replica::stage_note(const PeerNote& note) {
  Impl& r = *impl_;
  if (r.fault) return std::unexpected(*r.fault);
  switch (note.kind) {
    case NoteKind::checkpoint: return r.take_checkpoint(note);
    case NoteKind::promise: return r.take_promise(note);
    case NoteKind::state: return r.take_state(note);
  }
  return refused(Code::malformed, "a note of unknown kind");
}

void Replica::Impl::sign_own_checkpoint() {
  if (!identity || standing != Standing::may_append) return;
  LogKnowledge& log = known.log(own_log());
  if (log.held == log.checkpoint_size) return;
  const std::string text =
      format_checkpoint({charter.origin(own_log()), log.held, writer(own_log()).root()});
  log.checkpoint =
      format_note({text, {sign_note(charter.origin(own_log()), identity->keys.log, text)}});
  log.checkpoint_size = log.held;
  put_note(notes::checkpoint_key(own_log()), log.checkpoint);
}

Stored<void> Replica::Impl::cosign(UnixMillis now) {
  if (!identity) return {};
  for (const auto& [id, unused] : known.logs()) {
    LogKnowledge& log = known.log(id);
    if (is_own(id) || log.checkpoint_size != log.held || log.held == LogSize(0)) continue;
    LogSize& mine = log.cosigned[identity->office];
    if (mine >= log.held) continue;
    const auto checkpoint = open_checkpoint(log.checkpoint, id);
    if (!checkpoint || checkpoint->root != writer(id).root()) {
      alarm("a signed checkpoint of " + charter.origin(id) + " does not match the entries held");
      continue;
    }
    auto note = parse_note(log.checkpoint);
    const CharterOffice& me = *charter.office(identity->office);
    note->signatures.push_back(
        cosign_note(me.witness.name, identity->keys.witness,
                    UnixSeconds(static_cast<std::uint64_t>(now.value() / 1000)), note->text));
    log.checkpoint = format_note(*note);
    mine = log.held;
    put_note(notes::cosigned_key(id, identity->office), log.checkpoint);
    put_note(notes::checkpoint_key(id), log.checkpoint);
    staged_notes.push_back({NoteKind::checkpoint, log.checkpoint});
  }
  return {};
}

void Replica::Impl::promise() {
  if (!identity || standing != Standing::may_append) return;
  LogKnowledge& own = known.log(own_log());
  Promise promise{.ledger = charter.id,
                  .own = {charter.origin(own_log()), own.held, writer(own_log()).root()},
                  .lamport = known.last_lamport(),
                  .holds = {}};
  std::vector<HeldLog> holds;
  for (const auto& [id, log] : known.logs()) {
    if (is_own(id)) continue;
    promise.holds.push_back({charter.origin(id), log.held});
    holds.push_back({id, log.held});
  }
  if (promise == own.promise || !says_more(promise, own, holds)) return;
  own.promise = promise;
  own.counting_promise = promise;
  const std::string text =
      sign_promise(promise, charter.office(identity->office)->state.name, identity->keys.state);
  put_note(notes::promise_key(own_log()), text);
  put_note(notes::counting_promise_key(own_log()), text);
  staged_notes.push_back({NoteKind::promise, text});
}

Stored<void> Replica::stage_state(const StateNote& computed) {
  Impl& r = *impl_;
  if (r.fault) return std::unexpected(*r.fault);
  r.computed_state = std::max(r.computed_state, computed.settled);
  r.wanted_states.erase(computed.settled);
  if (!r.identity || (r.joint_state && computed.settled <= *r.joint_state)) return {};
  const std::string text = format_state_note(computed);
  const CharterOffice& me = *r.charter.office(r.identity->office);
  const PeerNote note{
      NoteKind::state,
      format_note({text, {sign_note(me.state.name, r.identity->keys.state, text)}})};
  auto taken = r.take_state(note);
  if (!taken) return r.stop(taken.error());
  r.wanted_states.erase(computed.settled);
  r.staged_notes.push_back(note);
  return {};
}

}  // namespace tallinn
