#include "projections/canonical_note.h"

#include <algorithm>

namespace tallinn {

Result<std::string> canonical_note(std::string_view text, std::span<const VerifierKey> known) {
  auto note = parse_note(text);
  if (!note) return std::unexpected(note.error());
  if (auto verified = verify_note(*note, known); !verified)
    return std::unexpected(verified.error());
  std::vector<NoteSignature> lines;
  for (const VerifierKey& key : known) {
    const auto line = std::ranges::find_if(note->signatures, [&](const NoteSignature& signature) {
      return signature.name == key.name && signature.key_id == key.id;
    });
    if (line != note->signatures.end()) lines.push_back(*line);
  }
  if (lines.empty()) return refuse(Code::failed, "no known key has signed the note");
  note->signatures = std::move(lines);
  return format_note(*note);
}

Result<OpenedNote> open_canonical(std::string_view text, std::span<const VerifierKey> known) {
  const auto canonical = canonical_note(text, known);
  if (!canonical) return std::unexpected(canonical.error());
  if (*canonical != text)
    return refuse(Code::failed, "a note has signature lines that are unknown or out of order");
  const auto note = parse_note(text);
  auto verified = verify_note(*note, known);
  if (!verified) return std::unexpected(verified.error());
  return OpenedNote{note->text, *std::move(verified)};
}

}  // namespace tallinn
