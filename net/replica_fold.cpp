// Taking entries: what is read of those that are held, their place in their logs, and what a change
// of the roster means for this node. Their place in the order: net/replica_order.cpp.
#include <algorithm>

#include "net/replica_impl.h"

namespace tallinn {

Stored<Bytes> Replica::Impl::entry_at(const Place& place) const {
  const auto staged = staged_entries.find(place);
  if (staged != staged_entries.end()) return staged->second;
  return StoredLogs(store).entry(place);
}

Stored<void> Replica::Impl::each_entry(
    LogId log, LogIndex begin, LogIndex end,
    const std::function<StoreReader::Next(LogIndex, BytesView)>& visit) const {
  const LogIndex stored(std::min(end.value(), committed(log).value()));
  StoreReader::Next next = StoreReader::Next::go_on;
  if (begin < stored) {
    const auto one = [&](LogIndex index, BytesView bytes) { return next = visit(index, bytes); };
    if (auto read = StoredLogs(store).each(log, begin, stored, one); !read) return read;
  }
  auto staged = staged_entries.lower_bound({log, std::max(begin, stored)});
  for (; next == StoreReader::Next::go_on && staged != staged_entries.end() &&
         staged->first < Place{log, end};
       ++staged)
    next = visit(staged->first.index, staged->second);
  return {};
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

LogSize Replica::Impl::held_of(LogId log) const {
  const auto behind = staged_entries.upper_bound({log, LogIndex(UINT64_MAX)});
  if (behind != staged_entries.begin() && std::prev(behind)->first.log == log)
    return LogSize(std::prev(behind)->first.index.value() + 1);
  const auto found = known.logs().find(log);
  return found == known.logs().end() ? LogSize(0) : found->second.held;
}

void Replica::Impl::append(const OrderedEntry& entry) {
  const Place& place = entry.position.place;
  const auto header = decode_event_header(entry.entry.event);
  writer(place.log).append(batch, staged_entries.at(place), header->id, entry.entry.event);
  staged_ids[header->id].push_back({place, leaf_hash(entry.entry.event)});
  LogKnowledge& log = known.log(place.log);
  log.held = LogSize(place.index.value() + 1);
  log.last_lamport = entry.position.lamport;
  log.seen.clear();
  for (const Seen& seen : entry.entry.seen) log.seen.push_back({seen.log, seen.size});
  dirty = true;
}

Stored<Result<void>> Replica::Impl::take(std::span<const OrderedEntry> fresh) {
  for (const OrderedEntry& entry : fresh)
    staged_entries.emplace(entry.position.place, encode_entry(entry.entry));
  auto folded_in = fold(fresh);
  if (!folded_in) return folded_in;
  if (!*folded_in) {
    for (const OrderedEntry& entry : fresh) staged_entries.erase(entry.position.place);
    return folded_in;
  }
  for (const OrderedEntry& entry : fresh) append(entry);
  if (auto same = compare_with_seals(fresh); !same) return std::unexpected(same.error());
  if (auto taken = take_early_notes(); !taken) return std::unexpected(taken.error());
  if (auto taken = take_early_erasures(fresh); !taken) return std::unexpected(taken.error());
  return Result<void>{};
}

Stored<void> Replica::Impl::adopt(Roster now) {
  known.set_roster(std::move(now));
  for (const auto& [id, log] : known.logs())
    if (!writers.contains(id)) writers.emplace(id, LogWriter(id, Frontier()));
  if (!identity) return {};
  const auto before = own;
  find_own_log();
  const bool sealed = own && known.roster().log(*own)->sealed;
  if (own != before || (standing == Standing::sealed && !sealed)) return judge_own_log();
  if (sealed && standing == Standing::may_append) {
    sign_own_checkpoint();  // of what is staged; nothing follows
    standing = Standing::sealed;
  }
  return {};
}

Stored<void> Replica::Impl::compare_with_seal(LogId id) {
  const auto& sealed = known.roster().log(id)->sealed;
  if (!sealed || sealed->size > held_of(id)) return {};
  GrownTree tree = grown_tree(id);
  const auto root = tree.root(sealed->size);
  if (tree.fault()) return std::unexpected(*tree.fault());
  if (!root || *root != sealed->root)
    alarm("the " + std::to_string(sealed->size.value()) + " entries of " + charter.origin(id) +
          " that are held here are not those that its seal names");
  return {};
}

Stored<void> Replica::Impl::compare_with_seals(std::span<const OrderedEntry> fresh) {
  const bool all = fresh.empty() || std::ranges::any_of(fresh, changes_roster);
  for (const auto& [id, log] : known.roster().logs()) {
    const bool reached =
        log.sealed && std::ranges::any_of(fresh, [&](const OrderedEntry& entry) {
          const Place& place = entry.position.place;
          return place.log == id && place.index.value() + 1 == log.sealed->size.value();
        });
    if (!all && !reached) continue;
    if (auto compared = compare_with_seal(id); !compared) return compared;
  }
  return {};
}

}  // namespace tallinn
