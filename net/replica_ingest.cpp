// Taking a peer's batch: structural checks only, the whole batch or nothing of it.
#include <algorithm>
#include <tuple>

#include "net/kept_growth.h"
#include "net/replica_impl.h"

namespace tallinn {
namespace {

/// Checks a batch against what is held, entry by entry, without changing anything.
class BatchCheck {
 public:
  BatchCheck(Replica::Impl& replica, const PeerBatch& batch, Signatures signatures)
      : replica_(replica), batch_(batch), signatures_(signatures), roster_(replica.known.roster()) {
    for (const auto& [id, log] : replica.known.logs())
      if (roster_.log(id) != nullptr) next_[id] = log.held;
  }

  /// The entries that are new here, in total order.
  Stored<Result<std::vector<OrderedEntry>>> run() {
    if (auto fit = check_growths(); !fit) return refused(fit.error());
    for (const BatchEntry& entry : batch_.entries) {
      if (!next_.contains(entry.log))
        if (auto opened = open_log(entry); !opened) return refused(opened.error());
      const auto next = next_.find(entry.log);
      if (entry.index.value() < next->second.value()) continue;
      if (entry.index.value() > next->second.value())
        return at(entry, "is not the next one of its log");
      if (frozen(entry))
        return refused(Code::failed, "the log " + replica_.charter.origin(entry.log) +
                                         " is frozen: there is evidence against its key");
      auto checked = one(entry);
      if (!checked) return std::unexpected(checked.error());
      if (!*checked) return refused(checked->error());
      next->second = LogSize(entry.index.value() + 1);
    }
    for (const auto& [log, size] : next_) {
      if (size == held(log)) continue;
      if (auto proven = prove(log, size); !proven) return refused(proven.error());
    }
    return std::move(fresh_);
  }

 private:
  /// Every log that the batch proves has entries in it, up to the size that it is proven at.
  Result<void> check_growths() const {
    for (const BatchLog& growth : batch_.logs) {
      LogSize size;
      for (const BatchEntry& entry : batch_.entries)
        if (entry.log == growth.log) size = LogSize(entry.index.value() + 1);
      if (size == LogSize(0) || size != growth.size)
        return refuse(Code::malformed, "the batch proves a log otherwise than its entries grow it");
    }
    return {};
  }

  /// More of a log that there is evidence against is not taken, but for what its seal covers.
  bool frozen(const BatchEntry& entry) const {
    if (!replica_.frozen.contains(entry.log) || replica_.takes_what_is_frozen()) return false;
    const RosterLog* log = roster_.log(entry.log);
    return log == nullptr || !log->sealed || entry.index.value() >= log->sealed->size.value();
  }

  LogSize held(LogId log) const {
    const auto known = replica_.known.logs().find(log);
    return known == replica_.known.logs().end() ? LogSize(0) : known->second.held;
  }

  /// A log that is not known here is opened by its own first entry or not at all; that entry comes
  /// first in its batch, so that the views are those its signers are judged by. Whether the order
  /// opens the log, the fold says.
  Result<void> open_log(const BatchEntry& incoming) {
    const auto unknown = [&](const std::string& why) {
      return refuse(Code::malformed, "the batch has an entry of an unknown log: " + why);
    };
    const auto ordered = make_ordered(incoming.entry, incoming.index);
    if (!ordered) return unknown(ordered.error().detail);
    if (!fresh_.empty() || ordered->entry.log != incoming.log)
      return unknown("what opens a log comes first in its batch");
    auto opened = with_log_of(replica_.views, replica_.charter, *ordered);
    if (!opened) return unknown(opened.error().detail);
    roster_ = std::move(*opened);
    next_[incoming.log] = LogSize(0);
    return {};
  }

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
    auto order = check_order(*ordered);
    if (!order) return std::unexpected(order.error());
    if (!*order) return at(incoming, order->error().detail);
    if (signatures_ == Signatures::to_check)
      for (const EventSignature& signature : entry.signatures)
        if (!check_event_signature(signature, replica_.charter.id, entry.event))
          return at(incoming, "has a bad signature");
    facts_[ordered->position.place] = {entry.lamport, seen_of(entry)};
    fresh_.push_back(std::move(*ordered));
    return Result<void>{};
  }

  static std::vector<HeldLog> seen_of(const Entry& entry) {
    std::vector<HeldLog> seen;
    for (const Seen& one : entry.seen) seen.push_back({one.log, one.size});
    return seen;
  }
  /// Does `seen` reach as far as `one`, in that epoch or a later one?
  static bool covers(const std::vector<HeldLog>& seen, const HeldLog& one) {
    const auto found = std::ranges::find(seen, one.log.office,
                                         [](const HeldLog& held) { return held.log.office; });
    if (found == seen.end()) return one.size == LogSize(0);
    return std::tie(one.log.epoch, one.size) <= std::tie(found->log.epoch, found->size);
  }

  Stored<EntryFacts> facts(const Place& place) const {
    const auto found = facts_.find(place);
    if (found != facts_.end()) return found->second;
    return replica_.facts_at(place);
  }

  /// What an office has promised in one epoch, it keeps in the next.
  Result<void> check_earlier_epochs(const Position& first) const {
    for (const auto& [id, log] : replica_.known.logs()) {
      const bool earlier = id.office == first.place.log.office && id < first.place.log;
      if (!earlier || !log.promise || log.promise->lamport < first.lamport) continue;
      const std::string why =
          "begins at a Lamport time up to which its office has promised no entry";
      replica_.alarm("the log " + replica_.charter.origin(first.place.log) + " " + why);
      return refuse(Code::failed, why);
    }
    return {};
  }

  /// seen: held here, never decreasing, transitively closed; Lamport time exact.
  Stored<Result<void>> check_order(const OrderedEntry& ordered) const {
    const Entry& entry = ordered.entry;
    const LogIndex index = ordered.position.place.index;
    if (index == LogIndex(0))
      if (auto kept = check_earlier_epochs(ordered.position); !kept) return refused(kept.error());
    std::vector<Lamport> earlier;
    std::optional<Place> place;
    if (index > LogIndex(0)) {
      place = Place{entry.log, LogIndex(index.value() - 1)};
    } else {
      const LogStart start =
          start_of(entry.log, ordered.event ? &*ordered.event : nullptr, roster_);
      place = start.follows;
      earlier.push_back(start.after);
    }
    std::optional<EntryFacts> previous;
    if (place) {
      if (place->index.value() >= held(place->log).value() && !facts_.contains(*place))
        return refused(Code::failed, "follows entries that are not here");
      const auto before = facts(*place);
      if (!before) return std::unexpected(before.error());
      previous = *before;
    }
    const std::vector<HeldLog> seen = seen_of(entry);
    if (previous)
      for (const HeldLog& one : previous->seen)
        if (!covers(seen, one))
          return refused(Code::failed, "has seen less than the entry before it");
    for (const HeldLog& one : seen) {
      const auto held_now = next_.find(one.log);
      if (held_now == next_.end() || one.size == LogSize(0) || held_now->second < one.size)
        return refused(Code::failed, "has seen entries that are not here");
      const auto last = facts({one.log, LogIndex(one.size.value() - 1)});
      if (!last) return std::unexpected(last.error());
      earlier.push_back(last->lamport);
      for (const HeldLog& beyond : last->seen)
        if (auto closed = check_closed(entry, seen, beyond); !closed)
          return refused(closed.error());
    }
    return check_lamport(entry.lamport, previous ? std::optional(previous->lamport) : std::nullopt,
                         earlier);
  }

  /// What it has seen another office see, it has seen; of its own office, no more than counts.
  Result<void> check_closed(const Entry& entry, const std::vector<HeldLog>& seen,
                            const HeldLog& beyond) const {
    if (beyond.log.office != entry.log.office)
      return covers(seen, beyond)
                 ? Result<void>{}
                 : refuse(Code::failed, "has not seen what it has seen others see");
    if (beyond.log != entry.log && roster_.limit(beyond.log) < beyond.size)
      return refuse(Code::failed, "follows a seal that cuts off what it has seen others see");
    return {};
  }

  /// The log's new prefix is a prefix of a checkpoint that its key signed.
  Result<void> prove(LogId log, LogSize size) const {
    const auto growth = std::ranges::find(batch_.logs, log, &BatchLog::log);
    if (growth == batch_.logs.end() || growth->size != size)
      return refuse(Code::malformed, "the batch does not prove " + replica_.charter.origin(log));
    const auto opened = replica_.open_checkpoint(growth->checkpoint, log, roster_);
    if (!opened) return std::unexpected(opened.error());
    const Checkpoint& checkpoint = opened->checkpoint;
    if (checkpoint.size < size)
      return refuse(Code::failed, "a checkpoint of the batch is older than its entries");
    const auto writer = replica_.writers.find(log);
    Frontier frontier = writer == replica_.writers.end() ? Frontier() : writer->second.frontier();
    for (const OrderedEntry& entry : fresh_)
      if (entry.position.place.log == log) frontier.append(entry.leaf);
    if (size == checkpoint.size && frontier.root() == checkpoint.root && growth->proof.empty())
      return {};
    if (auto consistent = check_consistency(size, frontier.root(), checkpoint.size, checkpoint.root,
                                            growth->proof);
        !consistent)
      return refuse(Code::failed, "the entries of " + replica_.charter.origin(log) +
                                      " do not lead to its signed checkpoint");
    return {};
  }

  Replica::Impl& replica_;
  const PeerBatch& batch_;
  Signatures signatures_;
  Roster roster_;
  std::map<LogId, LogSize> next_;
  std::map<Place, EntryFacts> facts_;
  std::vector<OrderedEntry> fresh_;
};

}  // namespace

namespace {

bool grows(LogId log, std::span<const OrderedEntry> fresh) {
  return std::ranges::any_of(
      fresh, [&](const OrderedEntry& one) { return one.position.place.log == log; });
}

}  // namespace

Stored<Result<void>> Replica::Impl::take_shown_again(const PeerBatch& incoming,
                                                     std::span<const OrderedEntry> fresh) {
  for (const BatchLog& log : incoming.logs) {
    if (grows(log.log, fresh)) continue;
    if (auto opened = open_checkpoint(log.checkpoint, log.log, known.roster()); !opened)
      return refused(opened.error());
    const auto taken = take_checkpoint({NoteKind::checkpoint, log.checkpoint});
    if (!taken) return stop(taken.error());
    if (!*taken) return refused(taken->error());
  }
  return Result<void>{};
}

Stored<Result<void>> Replica::stage_batch(const PeerBatch& batch, Signatures signatures) {
  Impl& r = *impl_;
  if (r.fault) return std::unexpected(*r.fault);
  BatchCheck check(r, batch, signatures);
  auto checked = check.run();
  if (!checked) return r.stop(checked.error());
  if (!*checked) return refused(checked->error());
  const std::vector<OrderedEntry>& fresh = **checked;
  if (auto shown = r.take_shown_again(batch, fresh); !shown || !*shown) return shown;
  if (fresh.empty()) return Result<void>{};
  if (auto kept = r.check_promises(fresh, batch); !kept || !*kept) return kept;
  for (const OrderedEntry& entry : fresh) {
    const Place& place = entry.position.place;
    if (r.is_ours(place.log)) r.show_own(place.log, LogSize(place.index.value() + 1));
  }
  auto taken = r.take(fresh);
  if (!taken) return r.stop(taken.error());
  if (!*taken) return taken;
  for (const BatchLog& log : batch.logs) {
    if (!grows(log.log, fresh)) continue;  // its checkpoint was taken above, for what it is
    const auto opened = r.open_checkpoint(log.checkpoint, log.log, r.known.roster());
    if (!opened) continue;
    const Checkpoint& checkpoint = opened->checkpoint;
    const auto shown = r.judge_checkpoint(log.log, checkpoint, log.checkpoint);
    if (!shown) return r.stop(shown.error());
    if (*shown != Replica::Impl::Shown::cannot_be)
      r.keep_checkpoint(log.log, checkpoint, log.checkpoint);
    if (auto compared = r.compare_ahead(log.log); !compared) return r.stop(compared.error());
    const LogKnowledge& kept = r.known.log(log.log);
    // What is held can be given on, whichever checkpoint is kept.
    if (log.size == kept.held && kept.checkpoint_size != log.size)
      r.put_note(notes::growth_key(log.log), encode_growth(log));
  }
  std::set<Uuid> withholding;
  for (const OrderedEntry& entry : fresh)
    if (entry.event && !entry.event->withheld.empty()) withholding.insert(entry.event->id);
  if (auto kept = r.keep_values(batch.values, withholding); !kept) return r.stop(kept.error());
  return Result<void>{};
}

}  // namespace tallinn
