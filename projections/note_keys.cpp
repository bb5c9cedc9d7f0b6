#include "projections/note_keys.h"

#include <algorithm>

namespace tallinn {

NoteKeys note_keys(ViewReader& views, const Charter& charter) {
  NoteKeys out;
  for (std::size_t i = 0; i < charter.offices.size(); ++i) {
    const OfficeNumber number(static_cast<std::uint16_t>(i));
    const auto office = read_record<OfficeRecord>(views, office_name_key(number));
    if (!office) continue;
    for (std::uint32_t epoch = 1; epoch <= office->current.epoch.value(); ++epoch) {
      const LogId log{number, Epoch(epoch)};
      const auto record = read_record<LogRecord>(views, log_name_key(log));
      if (!record) continue;
      out.checkpoint.push_back(make_vkey(charter.origin(log), kNoteEd25519, record->log));
      out.checkpoint.push_back(make_vkey(witness_key_name(charter.ledger, office->name),
                                         kNoteCosignature, record->witness));
      if (office->in_force && log == office->current)
        out.state_in_force.push_back(
            make_vkey(state_key_name(charter.ledger, office->name), kNoteEd25519, record->state));
    }
  }
  return out;
}

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
