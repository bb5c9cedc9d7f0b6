// The one total order: entries are folded at their places, the views are rewound when a place lies
// before what is folded, and the roster that the order leads to says which entries count.
#include <deque>
#include <ranges>

#include "net/replica_impl.h"
#include "projections/event_rules.h"

namespace tallinn {

Stored<std::vector<Position>> Replica::Impl::take_back_to(const Position& first) {
  std::vector<Position> rewound;
  if (!folded || *folded < first) return rewound;
  const auto take_back = [&](const Position& position, BytesView undo) {
    views.undo(decode_undo(undo));
    rewound.push_back(position);
  };
  while (!staged_undo.empty() && first <= staged_undo.rbegin()->first) {
    take_back(staged_undo.rbegin()->first, staged_undo.rbegin()->second);
    staged_undo.erase(std::prev(staged_undo.end()));
  }
  // Read forwards, which costs a store a third of reading backwards.
  std::vector<std::map<Position, Bytes>::const_iterator> stored;
  const auto scanned =
      store.scan(Family::undo, position_key(first), {}, [&](BytesView key, BytesView undo) {
        const auto [at, fresh] = taken_back.try_emplace(parse_position_key(key), undo);
        if (fresh) stored.push_back(at);
        return StoreReader::Next::go_on;
      });
  if (!scanned) return std::unexpected(scanned.error());
  for (const auto& at : std::views::reverse(stored)) take_back(at->first, at->second);
  return rewound;
}

bool Replica::Impl::is_final(const Position& first) const {
  return folded && first <= *folded && joint_state && first.lamport <= *joint_state;
}

namespace {

/// Stands in the governance chain: what a change of the roster may depend on.
bool governs(const OrderedEntry& entry) {
  return entry.event && rule_of(entry.event->body).governance;
}

/// Entries to be folded, each once.
class InOrder {
 public:
  explicit InOrder(const Replica::Impl& replica) : replica_(replica) {}

  void add(const OrderedEntry& entry) { entries_.emplace(entry.position, &entry); }
  Stored<void> add(const std::vector<Position>& positions) {
    std::map<LogId, std::set<LogIndex>> wanted;
    for (const Position& position : positions)
      wanted[position.place.log].insert(position.place.index);
    for (const auto& [id, indexes] : wanted) {
      const LogIndex end(indexes.rbegin()->value() + 1);
      const auto is_wanted = [&](const OrderedEntry& entry) {
        return indexes.contains(entry.position.place.index);
      };
      if (auto added = add(id, *indexes.begin(), end, is_wanted); !added) return added;
    }
    return {};
  }
  /// Those that one of two rosters counts and the other does not. The first of their positions.
  enum class Which : std::uint8_t { all, governing };
  Stored<std::optional<Position>> add_between(const Roster& a, const Roster& b, Which which) {
    std::optional<Position> first;
    for (const auto& [id, unused] : replica_.known.logs()) {
      const auto [least, most] = std::minmax({a.limit(id), b.limit(id)});
      const LogIndex end(std::min(most, replica_.held_of(id)).value());
      const auto is_one = [&](const OrderedEntry& entry) {
        if (which == Which::governing && !governs(entry)) return false;
        first = std::min(first.value_or(entry.position), entry.position);
        return true;
      };
      if (auto added = add(id, LogIndex(least.value()), end, is_one); !added)
        return std::unexpected(added.error());
    }
    return first;
  }
  const std::map<Position, const OrderedEntry*>& entries() const { return entries_; }

 private:
  Stored<void> add(LogId id, LogIndex begin, LogIndex end,
                   const std::function<bool(const OrderedEntry&)>& is_one) {
    bool whole = true;
    const auto one = [&](LogIndex index, BytesView bytes) {
      auto ordered = make_ordered(bytes, index);
      whole = ordered.has_value();
      if (!whole) return StoreReader::Next::stop;
      if (is_one(*ordered)) add(read_.emplace_back(*std::move(ordered)));
      return StoreReader::Next::go_on;
    };
    auto read = replica_.each_entry(id, begin, end, one);
    if (read && !whole) return broken(Fault::corrupt, "a stored entry does not decode");
    return read;
  }

  const Replica::Impl& replica_;
  std::deque<OrderedEntry> read_;
  std::map<Position, const OrderedEntry*> entries_;
};

/// Brings entries that are new here into the views.
class Fold {
 public:
  Fold(Replica::Impl& replica, std::span<const OrderedEntry> fresh)
      : r_(replica), fresh_(fresh), before_(replica.known.roster()) {}

  Stored<Result<void>> run() {
    InOrder changed(r_);
    std::optional<Position> first;
    bool roster_may_change = false;
    for (const OrderedEntry& entry : fresh_) {
      const auto counts = matters(entry);
      if (!counts) return std::unexpected(counts.error());
      if (!*counts) continue;
      changed.add(entry);
      first = std::min(first.value_or(entry.position), entry.position);
      roster_may_change = roster_may_change || changes_roster(entry);
    }
    if (!first) return Result<void>{};
    Roster seals = before_;
    if (roster_may_change)
      if (auto opened = judge_seals_again(changed, *first, seals); !opened)
        return std::unexpected(opened.error());
    if (r_.is_final(*first)) return too_late(*first);
    const auto rewound = r_.take_back_to(*first);
    if (!rewound) return std::unexpected(rewound.error());
    if (auto added = changed.add(*rewound); !added) return std::unexpected(added.error());
    CountedEntries counted(before_);
    if (roster_may_change) {
      counted = CountedEntries();
      counted.go_on_with(read_roster(r_.views, r_.charter));  // as it is there
    }
    auto governed = fold(changed, std::move(counted), before_);
    if (!governed) return std::unexpected(governed.error());
    if (!*governed) return Result<void>{};
    return settle_roster(*first, *rewound, seals);
  }

 private:
  /// It counts, or it may decide what counts: a change of the roster that stands before the seal
  /// that would cut it off. Where it cannot be judged any more, one that those have signed whom it
  /// needs: anybody could put another one there.
  Stored<bool> matters(const OrderedEntry& entry) const {
    const Place& place = entry.position.place;
    if (place.index.value() < before_.limit(place.log).value()) return true;
    if (!changes_roster(entry) || entry.position.lamport > before_.log(place.log)->sealed_at)
      return false;
    return !r_.is_final(entry.position) || check_signers(r_.views, r_.charter, entry).has_value();
  }

  /// What stands behind a new change of the roster is judged again: the seals there, and all
  /// governance that they cut off.
  Stored<void> judge_seals_again(InOrder& changed, Position& first, Roster& seals) const {
    for (bool earlier = true; earlier;) {
      Roster open = seals.without_seals_from(first.lamport);
      const auto more = changed.add_between(seals, open, InOrder::Which::governing);
      if (!more) return std::unexpected(more.error());
      earlier = *more && **more < first;
      if (earlier) first = **more;
      seals = std::move(open);
    }
    return {};
  }

  /// Folds what counts; entries that do not govern count within `rest`. Was a change of the roster
  /// among them?
  Stored<bool> fold(const InOrder& in_order, CountedEntries counted, const Roster& rest) {
    bool governed = false;
    for (const auto& [position, entry] : in_order.entries()) {
      const Place& place = position.place;
      const bool within = place.index.value() < rest.limit(place.log).value();
      if ((!within && !governs(*entry)) || !counted.count(place)) continue;
      r_.views.begin_undo();
      fold_entry(r_.views, r_.charter, *entry);
      r_.staged_undo[position] = encode_undo(r_.views.take_undo());
      r_.folded = r_.folded ? std::max(*r_.folded, position) : position;
      if (!changes_roster(*entry)) continue;
      governed = true;
      counted.go_on_with(read_roster(r_.views, r_.charter));
    }
    if (r_.stored_views.fault()) return std::unexpected(*r_.stored_views.fault());
    return governed;
  }

  /// All seals are judged: every entry that they cut off, or no longer cut off, is taken out or in.
  Stored<Result<void>> settle_roster(const Position& first, const std::vector<Position>& rewound,
                                     const Roster& seals) {
    Roster now = read_roster(r_.views, r_.charter);
    if (r_.stored_views.fault()) return std::unexpected(*r_.stored_views.fault());
    for (const OrderedEntry& entry : fresh_)
      if (now.log(entry.position.place.log) == nullptr)
        return not_opened(first, rewound, entry.position.place.log);
    InOrder changed(r_);
    auto from = changed.add_between(before_, now, InOrder::Which::all);
    if (!from) return std::unexpected(from.error());
    const auto governing = changed.add_between(now, seals, InOrder::Which::governing);
    if (!governing) return std::unexpected(governing.error());
    if (*governing) from = std::min(from->value_or(**governing), **governing);
    if (*from) {
      if (r_.is_final(**from)) {
        if (auto undone = take_back(first, rewound); !undone)
          return std::unexpected(undone.error());
        return too_late(**from);
      }
      const auto again = r_.take_back_to(**from);
      if (!again) return std::unexpected(again.error());
      if (auto added = changed.add(*again); !added) return std::unexpected(added.error());
      if (auto folded = fold(changed, CountedEntries(now), now); !folded)
        return std::unexpected(folded.error());
      if (read_roster(r_.views, r_.charter) != now)
        return broken(Fault::corrupt, "the seals of the logs contradict one another");
    }
    if (now != before_)
      if (auto adopted = r_.adopt(std::move(now)); !adopted)
        return std::unexpected(adopted.error());
    return Result<void>{};
  }

  /// As if the entries had never come.
  Stored<void> take_back(const Position& first, const std::vector<Position>& rewound) {
    if (const auto undone = r_.take_back_to(first); !undone) return std::unexpected(undone.error());
    InOrder as_before(r_);
    if (auto added = as_before.add(rewound); !added) return added;
    if (auto folded = fold(as_before, CountedEntries(before_), before_); !folded)
      return std::unexpected(folded.error());
    return {};
  }

  Stored<Result<void>> not_opened(const Position& first, const std::vector<Position>& rewound,
                                  LogId log) {
    if (auto undone = take_back(first, rewound); !undone) return std::unexpected(undone.error());
    const std::string why =
        "the log " + r_.charter.origin(log) + " is not opened by what stands before it";
    r_.alarm(why);
    return refused(Code::failed, why);
  }

  Stored<Result<void>> too_late(const Position& first) {
    const std::string why = "what came would change the views from Lamport time " +
                            std::to_string(first.lamport.value()) + " on, entry " +
                            r_.charter.origin(first.place.log) + " " +
                            std::to_string(first.place.index.value()) +
                            "; every office in force has signed a state note at " +
                            std::to_string(r_.joint_state->value()) + ": it is not taken";
    r_.alarm(why);
    r_.contradicted_order = true;
    return refused(Code::failed, why);
  }

  Replica::Impl& r_;
  std::span<const OrderedEntry> fresh_;
  const Roster& before_;  ///< until another one is adopted
};

}  // namespace

Stored<Result<void>> Replica::Impl::fold(std::span<const OrderedEntry> fresh) {
  return Fold(*this, fresh).run();
}

}  // namespace tallinn
