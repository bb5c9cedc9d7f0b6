// Feed: what a node comes to know, told once and in order, as server-sent events (WHATWG HTML,
// "Server-sent events"): every entry when it is held here, and again when it is replicated and when
// it is settled. Reads a Head's snapshot; no sockets, no memory of its readers: where one of them
// stands is a position that it brings along, the same at every node of the ledger.
//
//   id: kyiv/1:120.118.110,warsaw/1:98.98.95
//   event: entry
//   data: {"origin","index","id","type","author","occurred","recorded","lamport","level"}
//
//   id: ...
//   event: level
//   data: {"origin","index","id","level"}
//
// (each data is one line of JSON with these members and their values)
#pragma once

#include <map>
#include <string>

#include "events/result.h"
#include "ledger/charter.h"
#include "net/head.h"

namespace tallinn {

/// How much of each log was told. Within a log whatever is replicated is held, and so on; a log
/// that is not named was not told of at all.
struct FeedPosition {
  struct Told {
    LogSize held;
    LogSize replicated;  ///< at least so far
    LogSize settled;
    bool operator==(const Told&) const = default;
  };
  std::map<LogId, Told> logs;
  bool operator==(const FeedPosition&) const = default;
};
/// "kyiv/1:120.118.110,warsaw/1:98.98.95": of each log held, replicated, settled; "none" at the
/// start.
std::string format_feed_position(const FeedPosition& position, const Charter& charter);
/// Strict. Error malformed; not_found for a log that the charter cannot name.
Result<FeedPosition> parse_feed_position(std::string_view text, const Charter& charter);

/// Behind everything that there is to tell now.
Stored<FeedPosition> feed_end(const Head& head);

struct FeedPart {
  std::string text;  ///< whole events; empty: nothing new
  FeedPosition position;
};
/// What comes after a position: at most `limit` events, entries first, in the total order. Cost: a
/// read and a decode for each. A position ahead of this node is waited for.
Stored<FeedPart> feed_after(Head& head, const Charter& charter, FeedPosition position,
                            std::size_t limit);

}  // namespace tallinn
