// Notes: checkpoints signed and cosigned, promises made and taken, and those that come too early.
#include <algorithm>
#include <tuple>

#include "events/assert.h"
#include "ledger/store_notes.h"
#include "net/replica_impl.h"

namespace tallinn {
namespace {

/// How far ahead of an office's newest log a note may be that waits.
constexpr std::uint32_t kEarlyEpochs = 4;

/// Both are cosignatures by one key, and the first has the later time: it is what they begin with.
bool cosigned_later(const NoteSignature& one, const NoteSignature& other) {
  constexpr std::size_t kTimeBytes = 8;
  constexpr std::size_t kCosignatureBytes = kTimeBytes + Signature::kSize;
  return one.raw.size() == kCosignatureBytes && other.raw.size() == kCosignatureBytes &&
         one.raw.substr(0, kTimeBytes) > other.raw.substr(0, kTimeBytes);
}

/// What a promise of this office would say now, against what it would add: nothing when its last
/// entry says as much.
bool says_more(const Promise& promise, const LogKnowledge& own, const std::vector<HeldLog>& holds) {
  if (promise.lamport > own.last_lamport) return true;
  for (const HeldLog& one : holds) {
    if (one.size == LogSize(0)) continue;
    const auto seen = std::ranges::find(own.seen, one.log.office,
                                        [](const HeldLog& held) { return held.log.office; });
    if (seen == own.seen.end() ||
        std::tie(seen->log.epoch, seen->size) < std::tie(one.log.epoch, one.size))
      return true;
  }
  return false;
}

}  // namespace

std::string merge_signatures(std::string_view into, std::string_view from) {
  auto merged = parse_note(into);
  const auto other = parse_note(from);
  if (!merged || !other) return std::string(into);
  for (const NoteSignature& signature : other->signatures) {
    const auto there = std::ranges::find_if(merged->signatures, [&](const NoteSignature& s) {
      return s.name == signature.name && s.key_id == signature.key_id;
    });
    if (there == merged->signatures.end()) {
      if (merged->signatures.size() < kMaxNoteSignatures) merged->signatures.push_back(signature);
    } else if (cosigned_later(signature, *there)) {
      *there = signature;
    }
  }
  return format_note(*merged);
}

Result<OpenedCheckpoint> Replica::Impl::open_checkpoint(std::string_view text, LogId log,
                                                        const Roster& roster) const {
  const RosterLog* keys = roster.log(log);
  if (keys == nullptr) return refuse(Code::malformed, "a checkpoint of an unknown log");
  const auto note = parse_note(text);
  if (!note) return std::unexpected(note.error());
  auto verified = verify_note(*note, known.checkpoint_keys(roster));
  if (!verified) return std::unexpected(verified.error());
  auto checkpoint = parse_checkpoint(note->text);
  if (!checkpoint) return std::unexpected(checkpoint.error());
  if (checkpoint->origin != charter.origin(log))
    return refuse(Code::failed, "a checkpoint names another log");
  if (!signed_by(*verified, keys->log))
    return refuse(Code::failed,
                  "a checkpoint of " + checkpoint->origin + " lacks the log's own signature");
  return OpenedCheckpoint{.checkpoint = std::move(*checkpoint), .verified = std::move(*verified)};
}

void Replica::Impl::put_note(BytesView key, std::string_view text) {
  batch.put(Family::notes, key, text);
  dirty = true;
}

void Replica::Impl::keep_checkpoint(LogId id, const Checkpoint& checkpoint, std::string_view text) {
  LogKnowledge& log = known.log(id);
  if (checkpoint.size > log.held) return keep_ahead(id, checkpoint, text);
  if (checkpoint.size < log.checkpoint_size) return;
  std::string kept = known_signatures_only(text, known.checkpoint_keys(known.roster()));
  if (checkpoint.size == log.checkpoint_size && !log.checkpoint.empty()) {
    kept = merge_signatures(log.checkpoint, kept);
    if (kept == log.checkpoint) return;
  }
  log.checkpoint = std::move(kept);
  log.checkpoint_size = checkpoint.size;
  put_note(notes::checkpoint_key(id), log.checkpoint);
}

void Replica::Impl::keep_ahead(LogId id, const Checkpoint& checkpoint, std::string_view text) {
  if (id == own) return stop_appending(Standing::peer_holds_more);
  LogKnowledge& log = known.log(id);
  if (!log.ahead.empty() && checkpoint.size > log.ahead_size) return;
  std::string kept = known_signatures_only(text, known.checkpoint_keys(known.roster()));
  if (!log.ahead.empty() && checkpoint.size == log.ahead_size)
    kept = merge_signatures(log.ahead, kept);
  if (kept == log.ahead) return;
  log.ahead = std::move(kept);
  log.ahead_size = checkpoint.size;
  put_note(notes::ahead_key(id), log.ahead);
}

Stored<void> Replica::Impl::compare_ahead(LogId id) {
  LogKnowledge& log = known.log(id);
  if (log.ahead.empty() || log.ahead_size > log.held) return {};
  const auto ahead = checkpoint_in(log.ahead);
  TALLINN_ASSERT(ahead.has_value());
  const auto shown = judge_checkpoint(id, *ahead, log.ahead);
  if (!shown) return std::unexpected(shown.error());
  // It stays while a later one may prove it.
  if (*shown == Shown::cannot_be && !frozen.contains(id)) return {};
  batch.erase(Family::notes, notes::ahead_key(id));
  dirty = true;
  const std::string text = std::exchange(log.ahead, {});
  if (*shown == Shown::agrees) keep_checkpoint(id, *ahead, text);
  return {};
}

Result<void> Replica::Impl::refused_of(LogId id, std::string why) const {
  Error error{.code = Code::failed, .detail = std::move(why)};
  error.office = charter.offices.at(id.office.value()).name;
  return std::unexpected(std::move(error));
}

Stored<Result<void>> Replica::Impl::take_checkpoint(const PeerNote& incoming) {
  const auto parsed = checkpoint_in(incoming.text);
  if (!parsed) return refused(parsed.error());
  const auto id = charter.parse_origin(parsed->origin);
  if (!id) return refused(id.error());
  if (known.roster().log(*id) == nullptr) {
    keep_early(incoming, *id);
    return Result<void>{};
  }
  const auto opened = open_checkpoint(incoming.text, *id, known.roster());
  if (!opened) return refused(opened.error());
  if (frozen.contains(*id)) return Result<void>{};
  const Checkpoint& checkpoint = opened->checkpoint;
  const auto shown = judge_checkpoint(*id, checkpoint, incoming.text);
  if (!shown) return std::unexpected(shown.error());
  if (*shown == Shown::contradicts) return Result<void>{};
  if (*shown == Shown::cannot_be)
    return refused_of(*id, "a checkpoint is not of the log that this node holds");
  const std::string text =
      known_signatures_only(incoming.text, known.checkpoint_keys(known.roster()));
  bool news = false;
  for (const Verified& line : opened->verified) {
    const auto by = known.cosigner_of(line.key);
    if (!by || *by == Cosigner(id->office)) continue;
    const Cosigned shown_now{checkpoint.size, line.time.value_or(UnixSeconds(0))};
    Cosigned& newest = known.log(*id).cosigned[*by];
    if (std::tie(newest.size, newest.at) >= std::tie(shown_now.size, shown_now.at)) continue;
    newest = shown_now;
    news = true;
    put_note(notes::cosigned_key(*id, *by), text);
  }
  if (news) staged_notes.push_back({NoteKind::checkpoint, text});
  keep_checkpoint(*id, checkpoint, incoming.text);
  return Result<void>{};
}

namespace {

/// One that says as much of its own log says more when its office holds more of the others: it may
/// come again, by another way, after the one that replaced it.
bool is_newer(const Promise& promise, const Promise& kept) {
  if (promise.own.size < kept.own.size || promise.lamport < kept.lamport) return false;
  if (promise.own.size > kept.own.size || promise.lamport > kept.lamport) return true;
  return promise.holds != kept.holds && std::ranges::all_of(kept.holds, [&](const auto& before) {
           return std::ranges::any_of(promise.holds, [&](const auto& now) {
             return now.origin == before.origin && now.size >= before.size;
           });
         });
}

}  // namespace

Stored<Result<void>> Replica::Impl::take_promise(const PeerNote& incoming) {
  const auto note = parse_note(incoming.text);
  const auto parsed = note ? tallinn::parse_promise(note->text) : std::unexpected(note.error());
  if (!parsed) return refused(parsed.error());
  const auto id = charter.parse_origin(parsed->own.origin);
  if (!id) return refused(id.error());
  const RosterLog* keys = known.roster().log(*id);
  if (keys == nullptr) {
    keep_early(incoming, *id);
    return Result<void>{};
  }
  const auto promise = open_promise(incoming.text, charter.id, keys->state);
  if (!promise) return refused(promise.error());
  LogKnowledge& log = known.log(*id);
  if (frozen.contains(*id)) return Result<void>{};
  const std::string text = holding_signatures_only(incoming.text, {&keys->state, 1});
  const auto shown = judge_promise(*id, *promise, text);
  if (!shown) return std::unexpected(shown.error());
  if (*shown == Shown::contradicts) return Result<void>{};
  if (*shown == Shown::cannot_be)
    return refused_of(*id, "a promise is not of the log that this node holds");
  if (is_ours(*id)) {
    show_own(*id, promise->own.size);
    return Result<void>{};
  }
  if (log.promise && !is_newer(*promise, *log.promise)) return Result<void>{};
  log.promise = *promise;
  log.promise_note = text;
  put_note(notes::promise_key(*id), text);
  staged_notes.push_back({NoteKind::promise, text});
  return Result<void>{};
}

void Replica::Impl::keep_early(const PeerNote& note, LogId log, std::optional<Lamport> until) {
  const Epoch newest = known.roster().offices().at(log.office.value()).current.epoch;
  if (log.epoch.value() <= newest.value() + kEarlyEpochs)
    early_notes[{note.kind, log}] = {note, until};
}

Stored<void> Replica::Impl::take_early_notes() {
  const std::size_t logs = known.roster().logs().size();
  const bool opened = std::exchange(logs_known_early, logs) != logs;
  std::vector<PeerNote> due;
  std::erase_if(early_notes, [&](auto& early) {
    const auto& [note, until] = early.second;
    const bool is_due = until ? folded && *until <= folded->lamport : opened;
    if (is_due) due.push_back(note);
    return is_due;
  });
  for (const PeerNote& note : due) {
    const auto taken = take_note(note);  // what does not hold is no worse now than it was
    if (!taken) return std::unexpected(taken.error());
  }
  return {};
}

Stored<Result<void>> Replica::Impl::take_note(const PeerNote& note) {
  switch (note.kind) {
    case NoteKind::checkpoint: return take_checkpoint(note);
    case NoteKind::promise: return take_promise(note);
    case NoteKind::state: return take_state(note);
    case NoteKind::evidence: return take_evidence(note);
    case NoteKind::erasure: return take_erasure(note);
  }
  return refused(Code::malformed, "a note of unknown kind");
}

Stored<Result<void>> Replica::stage_note(const PeerNote& note) {
  Impl& r = *impl_;
  if (r.fault) return std::unexpected(*r.fault);
  return r.take_note(note);
}

void Replica::Impl::sign_own_checkpoint() {
  if (!own || standing != Standing::may_append) return;
  LogKnowledge& log = known.log(*own);
  if (log.held == log.checkpoint_size) return;
  const std::string origin = charter.origin(*own);
  const std::string text = format_checkpoint({origin, log.held, writer(*own).root()});
  log.checkpoint = format_note({text, {sign_note(origin, identity->keys.log, text)}});
  log.checkpoint_size = log.held;
  put_note(notes::checkpoint_key(*own), log.checkpoint);
}

VerifierKey Replica::Impl::witness_key() const {
  if (!mirror) return known.roster().log(*own)->witness;
  return std::ranges::find(known.mirrors(), mirror->name, &MirrorKeys::name)->witness;
}

Stored<void> Replica::Impl::cosign(UnixMillis now) {
  if (!may_cosign()) return {};
  for (const auto& [id, unused] : known.logs()) {
    LogKnowledge& log = known.log(id);
    if (is_ours(id) || frozen.contains(id) || log.checkpoint_size != log.held ||
        log.held == LogSize(0))
      continue;
    Cosigned& mine = log.cosigned[self()];
    if (mine.size >= log.held) continue;
    const auto opened = open_checkpoint(log.checkpoint, id, known.roster());
    if (!opened || opened->checkpoint.root != writer(id).root()) {
      alarm("a signed checkpoint of " + charter.origin(id) + " does not match the entries held");
      continue;
    }
    put_cosignature(id, seconds_of(now));
  }
  return {};
}

void Replica::Impl::put_cosignature(LogId id, UnixSeconds at) {
  LogKnowledge& log = known.log(id);
  const VerifierKey witness = witness_key();
  auto note = parse_note(log.checkpoint);
  std::erase_if(note->signatures, [&](const NoteSignature& s) {
    return s.name == witness.name && s.key_id == witness.id;
  });
  note->signatures.push_back(cosign_note(witness.name, witness_secret(), at, note->text));
  log.checkpoint = format_note(*note);
  log.cosigned[self()] = {log.checkpoint_size, at};
  put_note(notes::cosigned_key(id, self()), log.checkpoint);
  put_note(notes::checkpoint_key(id), log.checkpoint);
  staged_notes.push_back({NoteKind::checkpoint, log.checkpoint});
}

void Replica::renew_cosignatures(UnixMillis now) {
  Impl& r = *impl_;
  if (!r.may_cosign() || r.fault) return;
  const UnixSeconds at = seconds_of(now);
  const auto every = static_cast<std::uint64_t>(r.cosign_every.count());
  for (const auto& [id, log] : r.known.logs()) {
    if (r.is_ours(id) || r.frozen.contains(id) || log.held == LogSize(0)) continue;
    const auto mine = log.cosigned.find(r.self());
    const bool whole = mine != log.cosigned.end() && mine->second.size == log.held &&
                       log.checkpoint_size == log.held;
    // An interval after the last one; a clock that was set back does not sign an earlier time.
    if (whole && at.value() >= mine->second.at.value() + every) r.put_cosignature(id, at);
  }
}

Lamport Replica::Impl::promised() const {
  const auto& promise = known.logs().at(*own).promise;
  return std::max(promise ? promise->lamport : Lamport(0),
                  anchored.own.log == *own ? anchored.promised : Lamport(0));
}

Stored<void> Replica::Impl::let_promises_count() {
  for (const auto& [id, log] : known.logs()) {
    if (!log.promise || log.promise == log.counting_promise) continue;
    if (frozen.contains(id) && !takes_what_is_frozen()) continue;
    const auto shown = judge_promise(id, *log.promise, log.promise_note);
    if (!shown) return std::unexpected(shown.error());
    if (*shown == Shown::agrees && known.let_promise_count(id))
      put_note(notes::counting_promise_key(id), log.promise_note);
  }
  return {};
}

Stored<void> Replica::Impl::promise() {
  if (!own || standing != Standing::may_append) return {};
  const auto last = known.last_lamport(*this);
  if (!last) return std::unexpected(last.error());
  LogKnowledge& ours = known.log(*own);
  Promise promise{.ledger = charter.id,
                  .own = {charter.origin(*own), ours.held, writer(*own).root()},
                  // What was promised once stays so, also where a seal has cut off what led to it.
                  .lamport = std::max(*last, promised()),
                  .holds = {}};
  std::vector<HeldLog> holds;
  for (const auto& [id, log] : known.logs()) {
    if (is_ours(id)) continue;
    promise.holds.push_back({charter.origin(id), log.held});
    holds.push_back({id, log.held});
  }
  if (promise == ours.promise || !says_more(promise, ours, holds)) return {};
  ours.promise = promise;
  ours.counting_promise = promise;
  const std::string text =
      sign_promise(promise, known.roster().log(*own)->state.name, identity->keys.state);
  ours.promise_note = text;
  put_note(notes::promise_key(*own), text);
  put_note(notes::counting_promise_key(*own), text);
  staged_notes.push_back({NoteKind::promise, text});
  return {};
}

}  // namespace tallinn
