// Which keys sign notes, as the views know them: the charter's, and those of every LogOpened since.
// Pure.
#pragma once

#include "ledger/charter.h"
#include "ledger/note.h"
#include "projections/hearing.h"

namespace tallinn {

struct NoteKeys {
  std::vector<VerifierKey> state_in_force;  ///< of every office in force, by office number
  std::vector<VerifierKey>
      checkpoint;  ///< log and witness keys of every log, by office, then epoch
};
/// Offices and logs as the views have them (the charter gives names only).
NoteKeys note_keys(ViewReader& views, const Charter& charter);

/// The note without the lines of unknown signers, its lines in the order of `known`. Error
/// malformed or failed.
Result<std::string> canonical_note(std::string_view note, std::span<const VerifierKey> known);
/// The note's text, if every signature line is known and valid and the note is canonical. Error
/// malformed or failed.
struct OpenedNote {
  std::string text;
  std::vector<Verified> signers;
};
Result<OpenedNote> open_canonical(std::string_view note, std::span<const VerifierKey> known);

}  // namespace tallinn
