// Entry: what a log stores: an event's exact bytes, the parties' signatures, and the place that the
// office gave it. Pure. Format: FlatBuffers table Entry of events/entry.fbs, identifier "TLEN";
// decode refuses what encode would not make.
#pragma once

#include <vector>

#include "events/bytes.h"
#include "events/result.h"
#include "events/signing.h"
#include "events/strong.h"

namespace tallinn {

/// What an office durably held of one other office's newest log when it appended.
struct Seen {
  LogId log;
  LogSize size;
  bool operator==(const Seen&) const = default;
};

struct Entry {
  LogId log;
  Lamport lamport;
  std::vector<Seen> seen;                  ///< ascending office numbers, never the own office
  UnixMillis recorded;                     ///< the node's clock: shown, never used to order
  Bytes event;                             ///< the Event's exact bytes
  std::vector<EventSignature> signatures;  ///< ascending keys, at least one
  bool operator==(const Entry&) const = default;
};

/// Asserts that the result is within kMaxEntryBytes; admission has checked sizes.
Bytes encode_entry(const Entry& entry);
/// Error malformed: not canonical, over bounds, seen or signatures out of order. Event bytes are
/// not decoded here.
Result<Entry> decode_entry(BytesView bytes);

/// Does `entry` causally follow the entry at `place`: earlier in its own log, or covered by its
/// `seen`?
bool in_causal_past(const Place& place, const Entry& entry, LogIndex entry_index);

}  // namespace tallinn
