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

constexpr int kMostRounds = 16;

/// An entry that was folded before, or not yet, from where it stands.
Stored<OrderedEntry> again(const Replica::Impl& impl, const Place& place) {
  const auto bytes = impl.entry_at(place);
  if (!bytes) return std::unexpected(bytes.error());
  auto ordered = make_ordered(*bytes, place.index);
  if (!ordered) return broken(Fault::corrupt, "a stored entry does not decode");
  return std::move(*ordered);
}

}  // namespace

Stored<std::vector<Position>> Replica::Impl::take_back_to(const Position& first) {
  std::vector<Position> rewound;
  const auto take_back = [&](const Position& position, BytesView undo) {
    views.undo(decode_undo(undo));
    rewound.push_back(position);
    batch.erase(Family::undo, position_key(position));
  };
  while (!staged_undo.empty() && first <= staged_undo.rbegin()->first) {
    take_back(staged_undo.rbegin()->first, staged_undo.rbegin()->second);
    staged_undo.erase(std::prev(staged_undo.end()));
  }
  const auto scanned =
      store.scan_back(Family::undo, position_key(first), {}, [&](BytesView key, BytesView undo) {
        const Position position = parse_position_key(key);
        if (taken_back.insert(position).second) take_back(position, undo);
        return StoreReader::Next::go_on;
      });
  if (!scanned) return std::unexpected(scanned.error());
  return rewound;
}

Stored<bool> Replica::Impl::refold(const Position& first, std::vector<OrderedEntry> in_order) {
  if (folded && first <= *folded) {
    const auto rewound = take_back_to(first);
    if (!rewound) return std::unexpected(rewound.error());
    for (const Position& position : *rewound) {
      auto ordered = again(*this, position.place);
      if (!ordered) return std::unexpected(ordered.error());
      in_order.push_back(std::move(*ordered));
    }
  }
  const bool governs = std::ranges::any_of(in_order, changes_roster);
  std::erase_if(in_order, [&](const OrderedEntry& entry) {
    const Place& place = entry.position.place;
    return place.index.value() >= known.roster().limit(place.log).value();
  });
  std::ranges::sort(in_order, {}, &OrderedEntry::position);
  for (const OrderedEntry& entry : in_order) {
    views.begin_undo();
    fold_entry(views, charter, entry);
    staged_undo[entry.position] = encode_undo(views.take_undo());
    folded = folded ? std::max(*folded, entry.position) : entry.position;
  }
  if (stored_views.fault()) return std::unexpected(*stored_views.fault());
  return governs;
}

Stored<std::vector<OrderedEntry>> Replica::Impl::take_roster() {
  std::vector<OrderedEntry> changed;
  Roster now = read_roster(views, charter);
  if (stored_views.fault()) return std::unexpected(*stored_views.fault());
  for (const auto& [id, log] : known.logs()) {
    const auto [least, most] = std::minmax({now.limit(id), known.roster().limit(id)});
    for (auto index = least.value(); index < std::min(most, log.held).value(); ++index) {
      auto entry = again(*this, {id, LogIndex(index)});
      if (!entry) return std::unexpected(entry.error());
      changed.push_back(std::move(*entry));
    }
  }
  known.set_roster(std::move(now));
  for (const auto& [id, log] : known.logs())
    if (!writers.contains(id)) writers.emplace(id, LogWriter(id, Frontier()));
  if (!identity) return changed;
  const auto before = own;
  find_own_log();
  if (own != before) {
    if (auto judged = judge_own_log(); !judged) return std::unexpected(judged.error());
  } else if (own && known.roster().log(*own)->sealed && standing == Standing::may_append) {
    sign_own_checkpoint();  // of what is staged; nothing follows
    standing = Standing::sealed;
  }
  return changed;
}

Stored<void> Replica::Impl::fold(std::vector<OrderedEntry> in_order) {
  for (int round = 0; !in_order.empty(); ++round) {
    if (round == kMostRounds) {
      alarm("the seals of the logs contradict one another: they leave no order that holds");
      return {};
    }
    const Position first = std::ranges::min(in_order, {}, &OrderedEntry::position).position;
    const auto governs = refold(first, std::move(in_order));
    if (!governs) return std::unexpected(governs.error());
    in_order.clear();
    if (!*governs) break;
    auto changed = take_roster();
    if (!changed) return std::unexpected(changed.error());
    in_order = std::move(*changed);
  }
  for (PeerNote& note : std::exchange(early_notes, {})) {
    const auto taken = take_note(note);  // what does not hold is no worse now than it was
    if (!taken) return std::unexpected(taken.error());
  }
  return {};
}

}  // namespace tallinn
