// The witness: cosigns checkpoints of other offices' logs on request, by the rules of
// c2sp.org/tlog-witness, and never more than is durably held. Check and store are one step: only
// the committer comes here, and nothing is answered before the commit that stores it.
#include <algorithm>

#include "ledger/store_notes.h"
#include "net/replica_impl.h"

namespace tallinn {
namespace {

/// The lines in the name of the log itself: a request's other lines are not even looked at.
std::string own_lines_only(Note note, std::string_view origin) {
  std::erase_if(note.signatures, [&](const NoteSignature& line) { return line.name != origin; });
  return note.signatures.empty() ? std::string() : format_note(note);
}

Refused not_held() {
  return refused(Code::unavailable, "this node does not hold that much of the log yet; try again");
}

Refused no_witness() {
  return refused(Code::not_found, "this node is no witness of that log");
}

/// The line of that key, when the note is of that checkpoint and has one.
std::optional<WitnessAnswer> line_of(const VerifierKey& witness, std::string_view note_text,
                                     const Checkpoint& checkpoint) {
  const auto note = parse_note(note_text);
  if (!note || note->text != format_checkpoint(checkpoint)) return std::nullopt;
  for (const NoteSignature& line : note->signatures)
    if (line.name == witness.name && line.key_id == witness.id)
      return WitnessAnswer{.conflict = {}, .cosignature = format_signature_line(line)};
  return std::nullopt;
}

}  // namespace

/// The answer to whoever asks again for the checkpoint that was cosigned last; nothing when that
/// was by the key of an earlier epoch.
Stored<std::optional<WitnessAnswer>> Replica::Impl::cosigned_before(
    LogId log, const Checkpoint& checkpoint) const {
  const VerifierKey witness = witness_key();
  for (const PeerNote& staged : staged_notes)
    if (auto answer = line_of(witness, staged.text, checkpoint)) return answer;
  const auto text = store.get(Family::notes, notes::cosigned_key(log, self()));
  if (!text) return std::unexpected(text.error());
  return *text ? line_of(witness, **text, checkpoint) : std::nullopt;
}

WitnessAnswer Replica::Impl::cosign_now(LogId log, const Checkpoint& checkpoint,
                                        std::string_view note_text, UnixMillis now) {
  auto note = parse_note(note_text).value();
  const UnixSeconds time = seconds_of(now);
  note.signatures.push_back(cosign_note(witness_key().name, witness_secret(), time, note.text));
  WitnessAnswer answer{.conflict = {},
                       .cosignature = format_signature_line(note.signatures.back())};
  if (checkpoint.size == LogSize(0)) return answer;  // what everybody knows need not be kept
  const std::string text = format_note(note);
  known.log(log).cosigned[self()] = {checkpoint.size, time};
  put_note(notes::cosigned_key(log, self()), text);
  keep_checkpoint(log, checkpoint, text);
  staged_notes.push_back({NoteKind::checkpoint, text});
  return answer;
}

Stored<Result<WitnessAnswer>> Replica::stage_witness(const AddCheckpoint& request, UnixMillis now) {
  Impl& r = *impl_;
  if (r.fault) return std::unexpected(*r.fault);
  const auto note = parse_note(request.checkpoint);
  const auto parsed = note ? parse_checkpoint(note->text) : std::unexpected(note.error());
  if (!parsed) return refused(parsed.error());
  if (request.old_size > parsed->size)
    return refused(Code::malformed, "the old size is larger than the checkpoint's");
  const auto id = r.charter.parse_origin(parsed->origin);
  if (!id || r.known.roster().log(*id) == nullptr) return no_witness();
  const bool is_witness = (r.own || r.mirror) && !r.is_ours(*id);
  const std::string signed_text = own_lines_only(*note, parsed->origin);
  const auto opened = r.open_checkpoint(signed_text, *id, r.known.roster());
  if (!opened)
    return is_witness ? refused(Code::unauthorised, "the checkpoint is not signed by its log's key")
                      : no_witness();
  const Checkpoint& checkpoint = opened->checkpoint;
  const bool was_frozen = r.frozen.contains(*id);
  // As when a peer shows it, whatever is answered, and also of this node's own log: here it becomes
  // an alarm and evidence, and what is beyond the entries held is kept until they have come.
  if (const auto shown = r.take_checkpoint({NoteKind::checkpoint, signed_text}); !shown)
    return std::unexpected(shown.error());

  if (!is_witness) return no_witness();
  if (was_frozen)
    return refused(Code::unauthorised,
                   "the log is frozen: there is evidence against its key (/api/v1/evidence)");
  const LogSize held = r.committed(*id);
  const LogSize before = r.known.log(*id).cosigned[r.self()].size;
  bool contradicts = false;
  if (checkpoint.size <= held) {
    const auto root = StoredLogs(r.store).root(*id, checkpoint.size);
    if (!root) return std::unexpected(root.error());
    contradicts = *root != checkpoint.root;
  }
  if (!r.may_cosign())
    return refused(Code::unavailable, "this node does not know for sure what it cosigned before: " +
                                          std::string(standing_text(r.standing)));
  if (request.old_size != before || (contradicts && checkpoint.size == before))
    return Result<WitnessAnswer>(WitnessAnswer{.conflict = before, .cosignature = {}});
  if (held < before) return not_held();
  if (before == LogSize(0) || before == checkpoint.size) {
    if (!request.proof.empty())
      return refused(Code::failed, "there is nothing to prove, and yet a proof");
  } else {
    const auto old_root = StoredLogs(r.store).root(*id, before);
    if (!old_root) return std::unexpected(old_root.error());
    const auto proven =
        check_consistency(before, *old_root, checkpoint.size, checkpoint.root, request.proof);
    if (!proven) return refused(Code::failed, proven.error().detail);
  }
  if (contradicts)
    return refused(Code::failed, "the checkpoint contradicts the entries that this node holds");
  if (checkpoint.size > held) return not_held();
  if (before == checkpoint.size && before != LogSize(0)) {
    auto again = r.cosigned_before(*id, checkpoint);
    if (!again) return std::unexpected(again.error());
    if (*again) return Result<WitnessAnswer>(**std::move(again));
  }
  return Result<WitnessAnswer>(r.cosign_now(*id, checkpoint, signed_text, now));
}

}  // namespace tallinn
