// Signed notes of c2sp.org/signed-note, verifier keys, and cosignature/v1 of
// c2sp.org/tlog-cosignature. Pure. The note: text (ends with \n), an empty line, then lines `—
// <name> <base64(key id (4) || signature)>`. Parsing is strict: what does not re-encode to the same
// bytes is refused (Code::malformed).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "events/bytes.h"
#include "events/result.h"
#include "events/signing.h"
#include "events/strong.h"

namespace tallinn {

using UnixSeconds =
    Strong<struct UnixSecondsTag, std::uint64_t>;  ///< seconds since 1970-01-01T00:00Z

constexpr std::uint8_t kNoteEd25519 = 0x01;      ///< Ed25519 over the text
constexpr std::uint8_t kNoteCosignature = 0x04;  ///< Ed25519 cosignature/v1, carries a time
constexpr std::size_t kMaxNoteBytes = 256 * 1024;
constexpr std::size_t kMaxNoteSignatures = 64;

/// A key that signs notes, for example
/// "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k".
struct VerifierKey {
  std::string name;
  std::uint8_t type = kNoteEd25519;
  PublicKey key;
  std::uint32_t id = 0;  ///< first 4 bytes of SHA-256(name || 0x0A || type || key)
  bool operator==(const VerifierKey&) const = default;
};

/// Not empty, at most 256 bytes, UTF-8, without spaces or '+'.
bool valid_key_name(std::string_view name);
/// Asserts that the name is valid.
VerifierKey make_vkey(std::string name, std::uint8_t type, const PublicKey& key);
/// Only the two Ed25519 types are known.
Result<VerifierKey> parse_vkey(std::string_view text);
std::string format_vkey(const VerifierKey& key);

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  Bytes raw;  ///< what follows the key id: 64 bytes for type 0x01, u64 time || 64 bytes for 0x04
  bool operator==(const NoteSignature&) const = default;
};

struct Note {
  std::string text;
  std::vector<NoteSignature> signatures;
  bool operator==(const Note&) const = default;
};

/// 1 to 64 signature lines, at most kMaxNoteBytes.
Result<Note> parse_note(std::string_view note);
std::string format_note(const Note& note);
/// "— <name> <base64>\n": what a witness answers with.
std::string format_signature_line(const NoteSignature& signature);
/// One or more such lines, nothing else.
Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines);
/// UTF-8 without control characters but \n, and ends with \n.
bool valid_note_text(std::string_view text);

/// Type 0x01.
NoteSignature sign_note(std::string name, const SigningKey& key, std::string_view text);
/// Type 0x04: signs "cosignature/v1\ntime <seconds>\n" || text.
NoteSignature cosign_note(std::string name, const SigningKey& key, UnixSeconds time,
                          std::string_view text);

/// A known signer whose signature holds.
struct Verified {
  VerifierKey key;
  std::optional<UnixSeconds> time;  ///< type 0x04 only
  bool operator==(const Verified&) const = default;
};

/// Unknown signers are ignored; a known signer whose signature fails voids the note (Code::failed).
/// Each known key at most once, in the order of the note's lines; the answer may be empty: the
/// caller asks for whom it needs.
Result<std::vector<Verified>> verify_note(const Note& note, std::span<const VerifierKey> known);
/// The note with the lines of known keys only; the text as it is when it is no note.
std::string known_signatures_only(std::string_view note, std::span<const VerifierKey> known);
/// The note with the lines of known keys that hold, of each key the first; the text as it is when
/// it is no note. Cost: a verification for each line of a known key.
std::string holding_signatures_only(std::string_view note, std::span<const VerifierKey> known);
/// Did this key sign?
bool signed_by(std::span<const Verified> verified, const VerifierKey& key);

}  // namespace tallinn
