// The fold: views from entries, one at a time in the one total order.
// Pure and deterministic: the same charter and the same entries in the same order give the same
// bytes on every machine. Never refuses and never fails: an entry that may not count leaves a trail
// record with the code why, and an exception.
#pragma once

#include "events/entry.h"
#include "events/event.h"
#include "ledger/charter.h"
#include "projections/views.h"

namespace tallinn {

/// Rises whenever the fold would give other bytes for the same events; stands in every state note.
inline constexpr std::uint32_t kRules = 5;

/// An entry at its place in the total order.
struct OrderedEntry {
  Position position;
  Entry entry;
  Digest leaf;  ///< RFC 6962 leaf hash of the entry's bytes
  std::optional<Event>
      event;  ///< nothing: its schema is newer than ours (folded as `unknown_type`)
};

/// Decodes; nothing is checked but what decoding checks. Error malformed.
Result<OrderedEntry> make_ordered(BytesView entry_bytes, LogIndex index);

/// The records that the charter alone makes: coordinators' keys, offices and their first logs.
/// Once, before any entry.
void fold_genesis(Views& views, const Charter& charter);

/// Folds the next entry. Its signatures are known good; its authority is judged here, in its causal
/// past.
void fold_entry(Views& views, const Charter& charter, const OrderedEntry& next);

}  // namespace tallinn
