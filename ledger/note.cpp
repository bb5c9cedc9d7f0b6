#include "ledger/note.h"

#include <utf8proc.h>

#include <algorithm>

#include "events/assert.h"
#include "events/wire.h"
#include "ledger/sha256.h"
#include "ledger/text_lines.h"

namespace tallinn {

namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";  // em dash and a space start a signature line
constexpr std::size_t kMaxKeyName = 256;
constexpr std::uint64_t kMaxPosixTime = INT64_MAX;  // of c2sp.org/tlog-cosignature

std::unexpected<Error> bad_note(std::string detail) {
  return refuse(Code::malformed, std::move(detail));
}

/// Calls `allowed` for each code point; false at the first that is not, or at bytes that are not
/// UTF-8.
template <class Allowed>
bool every_code_point(std::string_view text, Allowed&& allowed) {
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t used = utf8proc_iterate(at, left, &code_point);
    if (used <= 0 || !allowed(code_point)) return false;
    at += used;
    left -= used;
  }
  return true;
}

bool is_space(utf8proc_int32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

std::uint32_t key_id(std::string_view name, std::uint8_t type, const PublicKey& key) {
  const char type_byte = static_cast<char>(type);
  const std::array<BytesView, 4> parts{name, "\n", BytesView(&type_byte, 1), key.view()};
  return WireReader(sha256(parts).view().substr(0, 4)).be<std::uint32_t>();
}

bool known_type(std::uint8_t type) {
  return type == kNoteEd25519 || type == kNoteCosignature;
}

std::string cosigned_message(UnixSeconds time, std::string_view text) {
  return "cosignature/v1\ntime " + std::to_string(time.value()) + "\n" + std::string(text);
}

Result<NoteSignature> parse_signature_line(std::string_view line) {
  if (!line.starts_with(kDash)) return bad_note("a signature line starts with a dash");
  const auto words = split_words(line.substr(kDash.size()));
  if (words.size() != 2 || !valid_key_name(words[0]))
    return bad_note("a signature line is a key name and a signature");
  const auto raw = from_base64(words[1]);
  if (!raw || raw->size() < 5) return bad_note("the signature is not canonical base64");
  WireReader reader(*raw);
  const auto id = reader.be<std::uint32_t>();
  return NoteSignature{.name = std::string(words[0]), .key_id = id, .raw = raw->substr(4)};
}

std::optional<Verified> verify_one(const VerifierKey& key, const NoteSignature& signature,
                                   std::string_view text) {
  if (key.type == kNoteEd25519) {
    const auto raw = Signature::from(signature.raw);
    if (!raw || !verify_signature(key.key, text, *raw)) return std::nullopt;
    return Verified{.key = key, .time = std::nullopt};
  }
  if (key.type != kNoteCosignature) return std::nullopt;
  WireReader reader(signature.raw);
  const UnixSeconds time(reader.be<std::uint64_t>());
  const auto raw = reader.fixed<Signature>();
  if (time.value() > kMaxPosixTime) return std::nullopt;
  if (!reader.done() || !verify_signature(key.key, cosigned_message(time, text), raw))
    return std::nullopt;
  return Verified{.key = key, .time = time};
}

}  // namespace

bool valid_key_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxKeyName &&
         every_code_point(name, [](utf8proc_int32_t c) {
           return c > 0x20 && c != 0x7F && c != '+' && !is_space(c);
         });
}

VerifierKey make_vkey(std::string name, std::uint8_t type, const PublicKey& key) {
  TALLINN_ASSERT(valid_key_name(name) && known_type(type));
  const std::uint32_t id = key_id(name, type, key);
  return {.name = std::move(name), .type = type, .key = key, .id = id};
}

Result<VerifierKey> parse_vkey(std::string_view text) {
  const auto bad = [] { return refuse(Code::malformed, "not a verifier key"); };
  const auto first = text.find('+');
  if (first == std::string_view::npos || !valid_key_name(text.substr(0, first))) return bad();
  // Base64 may contain '+' too: the name ends at the first, the id at the second.
  const auto second = text.find('+', first + 1);
  if (second == std::string_view::npos) return bad();
  const auto raw = from_base64(text.substr(second + 1));
  if (!raw || raw->size() != 1 + PublicKey::kSize) return bad();
  const auto type = static_cast<std::uint8_t>(raw->front());
  if (!known_type(type)) return refuse(Code::malformed, "a verifier key of an unknown type");
  const auto key = PublicKey::from(BytesView(*raw).substr(1));
  VerifierKey vkey = make_vkey(std::string(text.substr(0, first)), type, *key);
  if (format_vkey(vkey) != text) return bad();
  return vkey;
}

std::string format_vkey(const VerifierKey& key) {
  Bytes id;
  put_be(id, key.id);
  Bytes raw(1, static_cast<char>(key.type));
  raw += key.key.view();
  return key.name + "+" + to_hex(id) + "+" + to_base64(raw);
}

bool valid_note_text(std::string_view text) {
  return text.ends_with('\n') && every_code_point(text, [](utf8proc_int32_t c) {
           return (c >= 0x20 && c != 0x7F) || c == '\n';
         });
}

Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines) {
  std::vector<NoteSignature> signatures;
  while (!lines.empty()) {
    if (signatures.size() == kMaxNoteSignatures) return bad_note("too many signatures");
    const auto line = take_line(lines);
    if (!line) return bad_note("the last signature line does not end");
    auto signature = parse_signature_line(*line);
    if (!signature) return std::unexpected(signature.error());
    signatures.push_back(std::move(*signature));
  }
  if (signatures.empty()) return bad_note("a note has at least one signature");
  return signatures;
}

Result<Note> parse_note(std::string_view note) {
  if (note.size() > kMaxNoteBytes) return bad_note("the note is too long");
  const auto split = note.rfind("\n\n");
  if (split == std::string_view::npos) return bad_note("no empty line before the signatures");
  Note parsed{.text = std::string(note.substr(0, split + 1)), .signatures = {}};
  if (!valid_note_text(parsed.text)) return bad_note("the note's text is not plain UTF-8");
  auto signatures = parse_signature_lines(note.substr(split + 2));
  if (!signatures) return std::unexpected(signatures.error());
  parsed.signatures = std::move(*signatures);
  if (format_note(parsed) != note) return bad_note("the note is not in its one spelling");
  return parsed;
}

std::string format_note(const Note& note) {
  std::string text = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) text += format_signature_line(signature);
  return text;
}

std::string format_signature_line(const NoteSignature& signature) {
  Bytes raw;
  put_be(raw, signature.key_id);
  raw += signature.raw;
  return std::string(kDash) + signature.name + " " + to_base64(raw) + "\n";
}

NoteSignature sign_note(std::string name, const SigningKey& key, std::string_view text) {
  TALLINN_ASSERT(valid_key_name(name) && valid_note_text(text));
  const std::uint32_t id = key_id(name, kNoteEd25519, key.public_key());
  return {.name = std::move(name), .key_id = id, .raw = Bytes(key.sign(text).view())};
}

NoteSignature cosign_note(std::string name, const SigningKey& key, UnixSeconds time,
                          std::string_view text) {
  TALLINN_ASSERT(valid_key_name(name) && valid_note_text(text));
  const std::uint32_t id = key_id(name, kNoteCosignature, key.public_key());
  Bytes raw;
  put_be(raw, time.value());
  raw += key.sign(cosigned_message(time, text)).view();
  return {.name = std::move(name), .key_id = id, .raw = std::move(raw)};
}

Result<std::vector<Verified>> verify_note(const Note& note, std::span<const VerifierKey> known) {
  std::vector<Verified> verified;
  for (const NoteSignature& signature : note.signatures) {
    const auto key = std::ranges::find_if(known, [&](const VerifierKey& candidate) {
      return candidate.id == signature.key_id && candidate.name == signature.name;
    });
    if (key == known.end()) continue;
    auto one = verify_one(*key, signature, note.text);
    if (!one) return refuse(Code::failed, "the signature of " + signature.name + " does not hold");
    if (!signed_by(verified, *key)) verified.push_back(std::move(*one));
  }
  return verified;
}

std::string known_signatures_only(std::string_view text, std::span<const VerifierKey> known) {
  auto note = parse_note(text);
  if (!note) return std::string(text);
  std::erase_if(note->signatures, [&](const NoteSignature& s) {
    return std::ranges::none_of(
        known, [&](const VerifierKey& key) { return key.name == s.name && key.id == s.key_id; });
  });
  return format_note(*note);
}

std::string holding_signatures_only(std::string_view text, std::span<const VerifierKey> known) {
  auto note = parse_note(text);
  if (!note) return std::string(text);
  std::vector<Verified> holding;
  std::erase_if(note->signatures, [&](const NoteSignature& line) {
    const auto verified = verify_note({note->text, {line}}, known);
    if (!verified || verified->empty() || signed_by(holding, verified->front().key)) return true;
    holding.push_back(verified->front());
    return false;
  });
  return format_note(*note);
}

bool signed_by(std::span<const Verified> verified, const VerifierKey& key) {
  return std::ranges::any_of(verified, [&](const Verified& one) { return one.key == key; });
}

}  // namespace tallinn
