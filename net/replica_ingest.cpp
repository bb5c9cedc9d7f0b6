// Taking a peer's batch: structural checks only, the whole batch or nothing of it.
#include <algorithm>

#include "net/replica_impl.h"

namespace tallinn {
namespace {

/// Checks a batch against what is held, entry by entry, without changing anything.
class BatchCheck {
 public:
  BatchCheck(const Replica::Impl& replica, const PeerBatch& batch, Signatures signatures)
      : replica_(replica), batch_(batch), signatures_(signatures) {
    for (const auto& [id, log] : replica.known.logs()) next_[id] = log.held;
  }

  /// The entries that are new here, in total order.
  Stored<Result<std::vector<OrderedEntry>>> run() {
    for (const BatchEntry& entry : batch_.entries) {
      const auto next = next_.find(entry.log);
      if (next == next_.end())
        return refused(Code::malformed, "the batch has an entry of an unknown log");
      if (entry.index.value() < next->second.value()) continue;
      if (entry.index.value() > next->second.value())
        return at(entry, "is not the next one of its log");
      if (replica_.frozen.contains(entry.log))
        return refused(Code::failed, "the log " + replica_.charter.origin(entry.log) +
                                         " is frozen: there is evidence against its key");
      auto checked = one(entry);
      if (!checked) return std::unexpected(checked.error());
      if (!*checked) return refused(checked->error());
      next->second = LogSize(entry.index.value() + 1);
    }
    for (const auto& [log, size] : next_) {
      if (size == replica_.known.logs().at(log).held) continue;
      if (auto proven = prove(log, size); !proven) return refused(proven.error());
    }
    return std::move(fresh_);
  }

 private:
  Refused at(const BatchEntry& entry, const std::string& why) const {
    return refused(Code::malformed, "entry " + replica_.charter.origin(entry.log) + " " +
                                        std::to_string(entry.index.value()) + " " + why);
  }

  Stored<Result<void>> one(const BatchEntry& incoming) {
    auto ordered = make_ordered(incoming.entry, incoming.index);
    if (!ordered) return at(incoming, "does not read: " + ordered.error().detail);
    const Entry& entry = ordered->entry;
    if (entry.log != incoming.log) return at(incoming, "names another log");
    if (!fresh_.empty() && ordered->position <= fresh_.back().position)
      return at(incoming, "is not in total order");
    auto order = check_order(entry, incoming);
    if (!order) return std::unexpected(order.error());
    if (!*order) return at(incoming, order->error().detail);
    if (signatures_ == Signatures::to_check)
      for (const EventSignature& signature : entry.signatures)
        if (!check_event_signature(signature, replica_.charter.id, entry.event))
          return at(incoming, "has a bad signature");
    last_[incoming.log] = {entry.lamport, seen_of(entry)};
    facts_[ordered->position.place] = last_[incoming.log];
    fresh_.push_back(std::move(*ordered));
    return Result<void>{};
  }

  static std::vector<HeldLog> seen_of(const Entry& entry) {
    std::vector<HeldLog> seen;
    for (const Seen& one : entry.seen) seen.push_back({one.log, one.size});
    return seen;
  }
  static LogSize size_in(const std::vector<HeldLog>& seen, OfficeNumber office) {
    for (const HeldLog& one : seen)
      if (one.log.office == office) return one.size;
    return {};
  }

  Stored<EntryFacts> facts(const Place& place) const {
    const auto found = facts_.find(place);
    if (found != facts_.end()) return found->second;
    return replica_.facts_at(place);
  }

  /// seen: held here, never decreasing, transitively closed; Lamport time exact.
  Stored<Result<void>> check_order(const Entry& entry, const BatchEntry& incoming) const {
    std::optional<EntryFacts> previous;
    if (incoming.index.value() > 0) {
      const auto before = facts({incoming.log, LogIndex(incoming.index.value() - 1)});
      if (!before) return std::unexpected(before.error());
      previous = *before;
    }
    const std::vector<HeldLog> seen = seen_of(entry);
    if (previous)
      for (const HeldLog& one : previous->seen)
        if (size_in(seen, one.log.office) < one.size)
          return refused(Code::failed, "has seen less than the entry before it");
    std::vector<Lamport> last_seen;
    for (const HeldLog& one : seen) {
      const auto held = next_.find(one.log);
      if (held == next_.end() || one.size == LogSize(0) || held->second < one.size)
        return refused(Code::failed, "has seen entries that are not here");
      const auto last = facts({one.log, LogIndex(one.size.value() - 1)});
      if (!last) return std::unexpected(last.error());
      last_seen.push_back(last->lamport);
      for (const HeldLog& beyond : last->seen)
        if (beyond.log.office != entry.log.office && size_in(seen, beyond.log.office) < beyond.size)
          return refused(Code::failed, "has not seen what it has seen others see");
    }
    return check_lamport(entry.lamport, previous ? std::optional(previous->lamport) : std::nullopt,
                         last_seen);
  }

  /// The log's new prefix is a prefix of a checkpoint that its key signed.
  Result<void> prove(LogId log, LogSize size) const {
    const auto growth = std::ranges::find(batch_.logs, log, &BatchLog::log);
    if (growth == batch_.logs.end() || growth->size != size)
      return refuse(Code::malformed, "the batch does not prove " + replica_.charter.origin(log));
    const auto checkpoint = replica_.open_checkpoint(growth->checkpoint, log);
    if (!checkpoint) return std::unexpected(checkpoint.error());
    if (checkpoint->size < size)
      return refuse(Code::failed, "a checkpoint of the batch is older than its entries");
    Frontier frontier = replica_.writers.at(log).frontier();
    for (const OrderedEntry& entry : fresh_)
      if (entry.position.place.log == log) frontier.append(entry.leaf);
    if (size == checkpoint->size && frontier.root() == checkpoint->root && growth->proof.empty())
      return {};
    if (auto consistent = check_consistency(size, frontier.root(), checkpoint->size,
                                            checkpoint->root, growth->proof);
        !consistent)
      return refuse(Code::failed, "the entries of " + replica_.charter.origin(log) +
                                      " do not lead to its signed checkpoint");
    return {};
  }

  const Replica::Impl& replica_;
  const PeerBatch& batch_;
  Signatures signatures_;
  std::map<LogId, LogSize> next_;
  std::map<LogId, EntryFacts> last_;
  std::map<Place, EntryFacts> facts_;
  std::vector<OrderedEntry> fresh_;
};

}  // namespace

Stored<Result<void>> Replica::stage_batch(const PeerBatch& batch, Signatures signatures) {
  Impl& r = *impl_;
  if (r.fault) return std::unexpected(*r.fault);
  auto checked = BatchCheck(r, batch, signatures).run();
  if (!checked) return r.stop(checked.error());
  if (!*checked) return refused(checked->error());
  std::vector<OrderedEntry>& fresh = **checked;
  if (fresh.empty()) return Result<void>{};
  if (auto kept = r.check_promises(fresh, batch); !kept || !*kept) return kept;
  for (const OrderedEntry& entry : fresh) {
    if (r.is_own(entry.position.place.log)) r.stop_appending(Standing::peer_holds_more);
    r.append(entry, encode_entry(entry.entry));
  }
  for (const BatchLog& log : batch.logs) {
    const auto checkpoint = r.open_checkpoint(log.checkpoint, log.log);
    if (!checkpoint) continue;
    const auto shown = r.judge_checkpoint(log.log, *checkpoint, log.checkpoint);
    if (!shown) return r.stop(shown.error());
    if (*shown == Replica::Impl::Shown::agrees)
      r.keep_checkpoint(log.log, *checkpoint, log.checkpoint);
  }
  for (const WithheldValue& value : batch.values) {
    const auto owner = std::ranges::find_if(
        fresh, [&](const OrderedEntry& e) { return e.event && e.event->id == value.event; });
    if (owner == fresh.end() || !check_withheld(*owner->event, value)) continue;
    Bytes stored(value.salt.view());
    stored.append(value.value);
    r.batch.put(Family::withheld, withheld_key(value.event, value.field), stored);
  }
  if (auto folded = r.fold(std::move(fresh)); !folded) return r.stop(folded.error());
  return Result<void>{};
}

}  // namespace tallinn
