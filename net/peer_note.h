// PeerNote: a signed note as nodes tell it to each other. Pure value.
#pragma once

#include <cstdint>
#include <string>

namespace tallinn {

/// A note to tell peers.
enum class NoteKind : std::uint8_t { checkpoint = 1, promise, state, evidence, erasure };
inline constexpr NoteKind kLastNoteKind = NoteKind::erasure;
struct PeerNote {
  NoteKind kind;
  std::string text;
  bool operator==(const PeerNote&) const = default;
};

}  // namespace tallinn
