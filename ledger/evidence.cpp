#include "ledger/evidence.h"

#include <algorithm>
#include <array>

#include "events/assert.h"
#include "events/entry.h"
#include "ledger/checkpoint.h"
#include "ledger/promise.h"
#include "ledger/state_note.h"
#include "ledger/text_lines.h"

namespace tallinn {

namespace {

constexpr std::string_view kEvidenceHeader = "tallinn-ledger/evidence@v1";
constexpr std::size_t kMaxHashes = 128;  ///< of a proof in a tree of at most 2^64 leaves
constexpr std::array<std::string_view, 4> kEvidenceKinds{"roots", "prefix", "promise", "states"};

std::unexpected<Error> bad_evidence(std::string detail) {
  return refuse(Code::malformed, std::move(detail));
}
std::unexpected<Error> shows_nothing(std::string detail) {
  return refuse(Code::failed, std::move(detail));
}

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

std::optional<EvidenceKind> kind_of(std::string_view name) {
  const auto found = std::ranges::find(kEvidenceKinds, name);
  if (found == kEvidenceKinds.end()) return std::nullopt;
  return static_cast<EvidenceKind>(found - kEvidenceKinds.begin() + 1);
}

std::optional<std::string> take_note(std::string_view& text) {
  const auto bytes = take_value(text, "note").and_then(parse_decimal);
  if (!bytes || *bytes > text.size()) return std::nullopt;
  std::string note(text.substr(0, static_cast<std::size_t>(*bytes)));
  text.remove_prefix(note.size());
  return note;
}

// Both statements of one kind, read from the notes.
struct Statements {
  Note first;
  Note second;
};

Result<Statements> parse_notes(const Evidence& evidence) {
  auto first = parse_note(evidence.first);
  if (!first) return std::unexpected(first.error());
  auto second = parse_note(evidence.second);
  if (!second) return std::unexpected(second.error());
  return Statements{.first = std::move(*first), .second = std::move(*second)};
}

/// What a checkpoint, or a promise of its own log, says of a tree.
Result<Checkpoint> tree_in(const Note& note) {
  if (const auto promise = parse_promise(note.text)) return promise->own;
  return parse_checkpoint(note.text);
}

/// Checkpoints have a key of their own; promises are signed by the state key.
std::string keys_of(const std::string& origin, const Statements& notes) {
  const bool one = parse_checkpoint(notes.first.text) && parse_checkpoint(notes.second.text);
  return (one ? "the key of " : "the keys of ") + origin;
}

Result<EvidenceClaim> read_roots(const Statements& notes) {
  const auto one = tree_in(notes.first);
  const auto other = tree_in(notes.second);
  if (!one) return std::unexpected(one.error());
  if (!other) return std::unexpected(other.error());
  if (one->origin != other->origin || one->size != other->size)
    return shows_nothing("the checkpoints are of different logs or sizes");
  if (one->root == other->root) return shows_nothing("the checkpoints have the same root");
  if (notes.first.text > notes.second.text)
    return bad_evidence("the checkpoints are not in the order of their texts");
  return EvidenceClaim{.kind = EvidenceKind::roots,
                       .subject = one->origin,
                       .sentence = keys_of(one->origin, notes) +
                                   " signed two different roots for its first " +
                                   number(one->size.value()) + " entries"};
}

Result<EvidenceClaim> read_prefix(const Evidence& evidence, const Statements& notes) {
  const auto small = tree_in(notes.first);
  const auto large = tree_in(notes.second);
  if (!small) return std::unexpected(small.error());
  if (!large) return std::unexpected(large.error());
  if (small->origin != large->origin) return shows_nothing("the checkpoints are of different logs");
  if (small->size >= large->size)
    return shows_nothing("the second checkpoint is not larger than the first");
  if (evidence.root == small->root)
    return shows_nothing("the larger tree begins with the smaller one");
  if (auto led =
          check_consistency(small->size, evidence.root, large->size, large->root, evidence.hashes);
      !led)
    return std::unexpected(led.error());
  return EvidenceClaim{.kind = EvidenceKind::prefix,
                       .subject = small->origin,
                       .sentence = keys_of(small->origin, notes) + " signed a tree of " +
                                   number(large->size.value()) +
                                   " entries that does not begin with the " +
                                   number(small->size.value()) + " entries it had signed"};
}

Result<EvidenceClaim> read_promise(const Evidence& evidence, const Statements& notes) {
  const auto promise = parse_promise(notes.first.text);
  const auto checkpoint = parse_checkpoint(notes.second.text);
  if (!promise) return std::unexpected(promise.error());
  if (!checkpoint) return std::unexpected(checkpoint.error());
  if (promise->own.origin != checkpoint->origin)
    return shows_nothing("the promise and the checkpoint are of different logs");
  if (auto included = check_inclusion(evidence.index, checkpoint->size, leaf_hash(evidence.entry),
                                      evidence.hashes, checkpoint->root);
      !included)
    return std::unexpected(included.error());
  const auto entry = decode_entry(evidence.entry);
  if (!entry) return std::unexpected(entry.error());
  if (evidence.index.value() < promise->own.size.value() || entry->lamport > promise->lamport)
    return shows_nothing("the entry keeps the promise");
  return EvidenceClaim{.kind = EvidenceKind::promise,
                       .subject = checkpoint->origin,
                       .sentence = "the entry " + number(evidence.index.value()) + " of " +
                                   checkpoint->origin + " has the Lamport time " +
                                   number(entry->lamport.value()) +
                                   ", which its office had promised not to use: every entry from " +
                                   number(promise->own.size.value()) + " on was to be above " +
                                   number(promise->lamport.value())};
}

/// Who signed both notes by one key; the first of them in the first note.
std::optional<std::string> common_signer(const Statements& notes) {
  for (const NoteSignature& one : notes.first.signatures)
    for (const NoteSignature& other : notes.second.signatures)
      if (one.name == other.name && one.key_id == other.key_id) return one.name;
  return std::nullopt;
}

Result<EvidenceClaim> read_states(const Statements& notes) {
  const auto one = parse_state_note(notes.first.text);
  const auto other = parse_state_note(notes.second.text);
  if (!one) return std::unexpected(one.error());
  if (!other) return std::unexpected(other.error());
  StateNote same = *other;
  same.records = one->records;
  same.state = one->state;
  if (same != *one) return shows_nothing("the state notes are of different points, logs or rules");
  if (*one == *other) return shows_nothing("the state notes say the same");
  if (notes.first.text > notes.second.text)
    return bad_evidence("the state notes are not in the order of their texts");
  const auto signer = common_signer(notes);
  if (!signer) return shows_nothing("no office signed both state notes");
  return EvidenceClaim{
      .kind = EvidenceKind::states,
      .subject = *signer,
      .sentence = *signer + " signed two different states of the same logs at Lamport time " +
                  number(one->settled.value())};
}

/// The keys that must have signed the two notes.
struct Signers {
  const VerifierKey* first = nullptr;
  const VerifierKey* second = nullptr;
};

/// The state key of that name that signs for that point; null when none does.
const VerifierKey* state_key_at(const LedgerKeys& keys, std::string_view name, Lamport settled) {
  for (const LogKeys& log : keys.logs)
    if (log.state.name == name && log.opened_at <= settled &&
        (!log.sealed_at || settled < *log.sealed_at))
      return &log.state;
  return nullptr;
}

/// Of a checkpoint or a promise of that log.
Result<const VerifierKey*> signer_of(const Note& note, const LogKeys& log, const LedgerId& ledger) {
  const auto promise = parse_promise(note.text);
  if (!promise) return &log.log;
  if (promise->ledger != ledger)
    return shows_nothing("the promise of the evidence belongs to another ledger");
  return &log.state;
}

Result<Signers> signers_of(const Evidence& evidence, const EvidenceClaim& claim,
                           const Statements& notes, const LedgerKeys& keys) {
  if (claim.kind == EvidenceKind::states) {
    const auto state = parse_state_note(notes.first.text);
    if (!state) return std::unexpected(state.error());
    const VerifierKey* key = state_key_at(keys, claim.subject, state->settled);
    if (key == nullptr)
      return shows_nothing("no key of " + claim.subject + " was in force at that Lamport time");
    return Signers{.first = key, .second = key};
  }
  const auto log =
      std::ranges::find(keys.logs, claim.subject, [](const LogKeys& one) { return one.log.name; });
  if (log == keys.logs.end()) return shows_nothing("no log " + claim.subject + " is known");
  if (claim.kind == EvidenceKind::promise) {
    const auto entry = decode_entry(evidence.entry);
    if (!entry) return std::unexpected(entry.error());
    if (entry->log != log->id)
      return shows_nothing("the entry says that it belongs to another log");
  }
  const auto first = signer_of(notes.first, *log, keys.ledger);
  if (!first) return std::unexpected(first.error());
  const auto second = signer_of(notes.second, *log, keys.ledger);
  if (!second) return std::unexpected(second.error());
  return Signers{.first = *first, .second = *second};
}

std::vector<VerifierKey> all_of(const LedgerKeys& keys) {
  std::vector<VerifierKey> all;
  for (const LogKeys& log : keys.logs)
    for (const VerifierKey* key : {&log.log, &log.witness, &log.state}) all.push_back(*key);
  return all;
}

/// The witnesses on a note; every line of it is by a known key and holds, one by `signer`.
Result<std::vector<std::string>> check_note(const Note& note, const VerifierKey& signer,
                                            std::span<const VerifierKey> known) {
  const auto verified = verify_note(note, known);
  if (!verified) return std::unexpected(verified.error());
  if (verified->size() != note.signatures.size())
    return refuse(Code::failed, "a note of the evidence has a signature by an unknown key");
  if (!signed_by(*verified, signer))
    return refuse(Code::failed, "a note of the evidence is not signed by " + signer.name);
  std::vector<std::string> witnesses;
  for (const Verified& one : *verified)
    if (one.key.type == kNoteCosignature) witnesses.push_back(one.key.name);
  return witnesses;
}

}  // namespace

std::string_view evidence_kind_name(EvidenceKind kind) {
  return kEvidenceKinds[static_cast<std::size_t>(kind) - 1];
}

Evidence evidence_of_pair(EvidenceKind kind, std::string one, std::string other) {
  TALLINN_ASSERT(kind == EvidenceKind::roots || kind == EvidenceKind::states);
  Evidence evidence{.kind = kind,
                    .first = std::move(one),
                    .second = std::move(other),
                    .root = {},
                    .index = {},
                    .entry = {},
                    .hashes = {}};
  // The texts, not the notes: a signature more must not turn them round.
  const auto text = [](const std::string& note) { return note.substr(0, note.rfind("\n\n") + 1); };
  if (text(evidence.first) > text(evidence.second)) std::swap(evidence.first, evidence.second);
  return evidence;
}

Result<Evidence> parse_evidence(std::string_view text) {
  if (text.size() > kMaxEvidenceBytes) return bad_evidence("the evidence is too long");
  std::string_view rest = text;
  if (take_line(rest) != kEvidenceHeader) return bad_evidence("not evidence");
  const auto kind = take_value(rest, "kind").and_then(kind_of);
  if (!kind) return bad_evidence("the evidence is of unknown kind");
  const auto first = take_note(rest);
  const auto second = first ? take_note(rest) : std::nullopt;
  if (!second) return bad_evidence("the evidence does not hold two notes");
  Evidence evidence{.kind = *kind,
                    .first = *first,
                    .second = *second,
                    .root = {},
                    .index = {},
                    .entry = {},
                    .hashes = {}};
  if (*kind == EvidenceKind::prefix) {
    const auto root = take_value(rest, "root").and_then(fixed_from_base64<Digest>);
    if (!root) return bad_evidence("the evidence has no root of the prefix");
    evidence.root = *root;
  }
  if (*kind == EvidenceKind::promise) {
    const auto index = take_value(rest, "index").and_then(parse_decimal);
    const auto entry = index ? take_value(rest, "entry").and_then(from_base64) : std::nullopt;
    if (!entry) return bad_evidence("the evidence has no entry");
    evidence.index = LogIndex(*index);
    evidence.entry = *entry;
  }
  while (!rest.empty()) {
    const auto hash = take_value(rest, "hash").and_then(fixed_from_base64<Digest>);
    if (!hash || evidence.hashes.size() == kMaxHashes)
      return bad_evidence("the evidence does not end with the hashes of a proof");
    evidence.hashes.push_back(*hash);
  }
  if (format_evidence(evidence) != text)
    return bad_evidence("the evidence is not in its one spelling");
  return evidence;
}

std::string format_evidence(const Evidence& evidence) {
  std::string text(kEvidenceHeader);
  text.append("\nkind ").append(evidence_kind_name(evidence.kind)).append("\n");
  for (const std::string* note : {&evidence.first, &evidence.second})
    text += "note " + number(note->size()) + "\n" + *note;
  if (evidence.kind == EvidenceKind::prefix)
    text += "root " + to_base64(evidence.root.view()) + "\n";
  if (evidence.kind == EvidenceKind::promise)
    text +=
        "index " + number(evidence.index.value()) + "\nentry " + to_base64(evidence.entry) + "\n";
  if (evidence.kind == EvidenceKind::prefix || evidence.kind == EvidenceKind::promise)
    for (const Digest& hash : evidence.hashes) text += "hash " + to_base64(hash.view()) + "\n";
  return text;
}

Result<EvidenceClaim> read_evidence(const Evidence& evidence) {
  const auto notes = parse_notes(evidence);
  if (!notes) return std::unexpected(notes.error());
  switch (evidence.kind) {
    case EvidenceKind::roots: return read_roots(*notes);
    case EvidenceKind::prefix: return read_prefix(evidence, *notes);
    case EvidenceKind::promise: return read_promise(evidence, *notes);
    case EvidenceKind::states: return read_states(*notes);
  }
  return bad_evidence("the evidence is of unknown kind");
}

Result<ProvenEvidence> check_evidence(const Evidence& evidence, const LedgerKeys& keys) {
  const auto claim = read_evidence(evidence);
  if (!claim) return std::unexpected(claim.error());
  const auto notes = parse_notes(evidence);
  if (!notes) return std::unexpected(notes.error());
  const auto signers = signers_of(evidence, *claim, *notes, keys);
  if (!signers) return std::unexpected(signers.error());
  const std::vector<VerifierKey> known = all_of(keys);
  auto first = check_note(notes->first, *signers->first, known);
  if (!first) return std::unexpected(first.error());
  auto second = check_note(notes->second, *signers->second, known);
  if (!second) return std::unexpected(second.error());
  return ProvenEvidence{
      .claim = *claim, .cosigned_first = std::move(*first), .cosigned_second = std::move(*second)};
}

bool names_known_only(const Evidence& evidence, const LedgerKeys& keys) {
  const auto claim = read_evidence(evidence);
  const auto notes = claim ? parse_notes(evidence) : std::unexpected(claim.error());
  if (!notes) return true;
  const std::vector<VerifierKey> known = all_of(keys);
  const auto signer_known = [&](const NoteSignature& line) {
    return std::ranges::any_of(known, [&](const VerifierKey& key) {
      return key.name == line.name && key.id == line.key_id;
    });
  };
  const bool subject_known = claim->kind == EvidenceKind::states ||
                             std::ranges::any_of(keys.logs, [&](const LogKeys& log) {
                               return log.log.name == claim->subject;
                             });
  return subject_known && std::ranges::all_of(notes->first.signatures, signer_known) &&
         std::ranges::all_of(notes->second.signatures, signer_known);
}

}  // namespace tallinn
