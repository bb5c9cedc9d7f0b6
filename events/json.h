// The JSON text of an event, both ways (docs/formats.md).
// Pure. Boost.JSON stays out of it: json_reader.h and json_codec.h.
#pragma once

#include "events/key_lookup.h"
#include "events/withheld.h"

namespace tallinn {

/// One line, fixed order: id, type, author, occurred, note, documents, withheld, body.
std::string event_to_json(const Event& event);

/// A value to withhold, before the event's id and salt are known.
struct Withholding {
  Name field;
  Tlp tlp;
  Bytes value;
};

/// What a person wrote: an event, perhaps without an id, and the input-only keys.
struct EventDraft {
  Event event;                   ///< without the commitments of `withhold`
  std::optional<Uuid> id;        ///< as written; absent when it is to be made
  std::vector<PartyId> signers;  ///< empty: the usual ones
  std::vector<Withholding> withhold;
};

/// Error malformed or invalid_value, with the member at fault.
Result<EventDraft> parse_event_json(std::string_view text, const KeyLookup& keys);

struct SealedDraft {
  Event event;
  std::vector<WithheldValue> values;
};
/// Gives the draft its id (`fresh` unless it has one) and its commitments, salted under the
/// author's key.
SealedDraft seal_draft(EventDraft draft, const Uuid& fresh, const SigningKey& author);

}  // namespace tallinn
