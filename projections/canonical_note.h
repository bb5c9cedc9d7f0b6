// Canonical notes: every signature line known, valid and in one order, so that no character can
// change. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ledger/note.h"

namespace tallinn {

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
