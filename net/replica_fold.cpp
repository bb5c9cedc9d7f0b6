// Appending and folding: entries get their place, and the views are rewound when a place lies
// before what is folded.
#include <algorithm>

#include "net/replica_impl.h"

namespace tallinn {

Stored<Bytes> Replica::Impl::entry_at(const Place& place) const {
  const auto staged = staged_entries.find(place);
  if (staged != staged_entries.end()) return staged->second;
  return StoredLogs(store).entry(place);
}

Stored<EntryFacts> Replica::Impl::facts_at(const Place& place) const {
  const auto log = known.logs().find(place.log);
  if (log != known.logs().end() && place.index.value() + 1 == log->second.held.value())
    return EntryFacts{log->second.last_lamport, log->second.seen};
  const auto bytes = entry_at(place);
  if (!bytes) return std::unexpected(bytes.error());
  const auto entry = decode_entry(*bytes);
  if (!entry) return broken(Fault::corrupt, "a stored entry does not decode");
  EntryFacts facts{entry->lamport, {}};
  for (const Seen& seen : entry->seen) facts.seen.push_back({seen.log, seen.size});
  return facts;
}

Stored<Lamport> Replica::Impl::lamport_at(LogId log, LogIndex index) {
  const auto facts = facts_at({log, index});
  if (!facts) return std::unexpected(facts.error());
  return facts->lamport;
}

void Replica::Impl::append(const OrderedEntry& entry, BytesView bytes) {
  const Place& place = entry.position.place;
  const auto header = decode_event_header(entry.entry.event);
  const Digest hash = leaf_hash(entry.entry.event);
  writer(place.log).append(batch, bytes, header->id, entry.entry.event);
  staged_ids[header->id].push_back({place, hash});
  staged_entries.emplace(place, Bytes(bytes));
  LogKnowledge& log = known.log(place.log);
  log.held = LogSize(place.index.value() + 1);
  log.last_lamport = entry.position.lamport;
  log.seen.clear();
  for (const Seen& seen : entry.entry.seen) log.seen.push_back({seen.log, seen.size});
  dirty = true;
}

namespace {

/// An entry that was folded before and is folded again after a rewind.
Stored<OrderedEntry> again(const Replica::Impl& impl, const Position& position);

}  // namespace

Stored<void> Replica::Impl::fold(std::vector<OrderedEntry> in_order) {
  if (in_order.empty()) return {};
  const Position first = in_order.front().position;
  std::vector<Position> rewound;
  if (folded && first < *folded) {
    const auto take_back = [&](const Position& position, BytesView undo) {
      views.undo(decode_undo(undo));
      rewound.push_back(position);
      batch.erase(Family::undo, position_key(position));
    };
    while (!staged_undo.empty() && first < staged_undo.rbegin()->first) {
      take_back(staged_undo.rbegin()->first, staged_undo.rbegin()->second);
      staged_undo.erase(std::prev(staged_undo.end()));
    }
    const std::set<Position> done(rewound.begin(), rewound.end());
    const auto scanned =
        store.scan_back(Family::undo, position_key(first), {}, [&](BytesView key, BytesView undo) {
          const Position position = parse_position_key(key);
          if (!done.contains(position)) take_back(position, undo);
          return StoreReader::Next::go_on;
        });
    if (!scanned) return std::unexpected(scanned.error());
  }
  for (const Position& position : rewound) {
    auto ordered = again(*this, position);
    if (!ordered) return std::unexpected(ordered.error());
    in_order.push_back(std::move(*ordered));
  }
  std::ranges::sort(in_order, {}, &OrderedEntry::position);
  for (const OrderedEntry& entry : in_order) {
    views.begin_undo();
    fold_entry(views, charter, entry);
    staged_undo[entry.position] = encode_undo(views.take_undo());
    folded = entry.position;
  }
  if (stored_views.fault()) return std::unexpected(*stored_views.fault());
  return {};
}

namespace {

Stored<OrderedEntry> again(const Replica::Impl& impl, const Position& position) {
  const auto bytes = impl.entry_at(position.place);
  if (!bytes) return std::unexpected(bytes.error());
  auto ordered = make_ordered(*bytes, position.place.index);
  if (!ordered) return broken(Fault::corrupt, "a stored entry does not decode");
  return std::move(*ordered);
}

}  // namespace

}  // namespace tallinn
