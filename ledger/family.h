// The families of a store: what kinds of records a node keeps, each with its keys. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tallinn {

/// What a node keeps. `entries`, `notes` and `withheld` are the truth; the rest is derived from
/// them.
enum class Family : std::uint8_t {
  entries,   ///< (office u16, epoch u32, index u64) -> entry bytes
  rows,      ///< (office u16, epoch u32, tile level u8, index u64) -> 32-byte hash
  ids,       ///< (event id, office u16, epoch u32, index u64) -> SHA-256 of the event bytes
  notes,     ///< checkpoints, promises, state notes, evidence: keys of ledger/store_notes.h
  withheld,  ///< (event id, field) -> salt || value
  views,     ///< view records (projections/)
  undo,      ///< (lamport u64, office u16, epoch u32, index u64) -> undo record (projections/)
  meta,      ///< format version, rules of the views once these are whole, marks (store_standing.h)
};
inline constexpr std::size_t kFamilies = 8;
inline constexpr std::size_t kMaxKeyBytes = 1024;  ///< of every key; asserted

}  // namespace tallinn
