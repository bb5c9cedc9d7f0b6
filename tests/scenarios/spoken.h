// Spoken: an event as a table says it ("NeedRegistered need=UA-1 lines=1: 100 H87 radio sets") as
// the JSON text that a client would send. Pure. Driven by the fields of each event type, so that
// there is one way to say an amount, a line or a reference; a field that is required, not said and
// beside the point of the row has a usual value.
#pragma once

#include "events/event.h"
#include "tests/scenarios/labels.h"
#include "tests/scenarios/table.h"

namespace tallinn::scenarios {

/// What a row may refer to.
struct Spoken {
  Labels labels;      ///< events of earlier rows
  std::string today;  ///< the day when things happen
};

/// A row's event: `label: Type field=value...`, or `again label`.
struct Saying {
  std::string label;  ///< may be empty
  std::string type;   ///< a type name, or "again"
  Words words;        ///< head: the rest of the plain words
};
Saying read_saying(const std::string& cell);

/// The event's JSON. `on`, `id`, `document`, `note` belong to the envelope; `schema` and
/// `seen` (what the client has seen answered) stand beside it. What
/// is not of that type is passed on, so that it is refused as a client's would be.
std::string json_text(const Spoken& spoken, const Saying& saying, const std::string& author,
                      const Uuid& id);

}  // namespace tallinn::scenarios
