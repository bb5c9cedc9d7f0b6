#include "net/rebuild_beside.h"

#include <algorithm>

#include "events/assert.h"
#include "ledger/held_logs.h"
#include "ledger/store_compare.h"
#include "net/state_notes.h"

namespace tallinn {
namespace {

constexpr std::size_t kChangesAtOnce = 128;  ///< few: the node's commits wait for each write
constexpr std::uint64_t kFewLeft = 256;      ///< entries that the last step may find
/// The views are compared after a round that began when this one was over: what has come while all
/// entries were folded is then looked at as well.
constexpr unsigned kRoundsBeforeComparing = 2;

Stored<Roster> roster_in(const StoreReader& reader, const Charter& charter) {
  StoredViews views(reader);
  Roster roster = read_roster(views, charter);
  if (views.fault()) return std::unexpected(*views.fault());
  return roster;
}

/// The first position that can be taken back: nothing up to a joint state note is.
Stored<Position> undoable_from(const StoreReader& reader, const Roster& roster) {
  const auto joint = newest_joint_state(reader, roster);
  if (!joint) return std::unexpected(joint.error());
  return Position{Lamport(*joint ? (*joint)->settled.value() + 1 : 0), {}};
}

}  // namespace

Stored<std::unique_ptr<RebuildBeside>> RebuildBeside::begin(Store& store, const Charter& charter) {
  std::unique_ptr<RebuildBeside> rebuild(new RebuildBeside(store, charter));
  if (auto begun = rebuild->start_over(); !begun) return std::unexpected(begun.error());
  return rebuild;
}

RebuildBeside::Progress RebuildBeside::progress() const {
  Progress out{.phase = phase_, .done = done_, .entries = 0};
  for (const HeldLog& held : held_) out.entries += held.size.value();
  return out;
}

Stored<RebuildBeside::Phase> RebuildBeside::step(std::size_t most) {
  Stored<void> done;
  switch (phase_) {
    case Phase::folding: done = fold_some(most); break;
    case Phase::taking_back: done = take_back_some(most); break;
    case Phase::comparing: done = compare_some_more(most); break;
    case Phase::ready: done = start_round(); break;
  }
  if (!done) return std::unexpected(done.error());
  return phase_;
}

Stored<void> RebuildBeside::start_over() {
  entries_.reset();
  derived_.reset();
  next_.reset();  // before there is another one
  auto next = store_.begin_next();
  if (!next) return std::unexpected(next.error());
  next_ = std::move(*next);
  derived_ = std::make_unique<DerivedViews>(*next_, kChangesAtOnce, std::launch::deferred);
  fold_genesis(derived_->views(), charter_);

  snapshot_ = store_.snapshot();
  auto roster = roster_in(*snapshot_, charter_);
  if (!roster) return std::unexpected(roster.error());
  if (*roster != read_there_) seals_.reset();
  read_there_ = std::move(*roster);
  const auto from = undoable_from(*snapshot_, read_there_);
  if (!from) return std::unexpected(from.error());
  undoable_from_ = *from;
  auto held = StoredLogs(*snapshot_).held();
  if (!held) return std::unexpected(held.error());
  held_ = std::move(*held);
  auto entries = OrderedEntries::open(*snapshot_);
  if (!entries) return std::unexpected(entries.error());
  entries_ = std::move(*entries);

  counted_ = seals_ ? CountedEntries(*seals_) : CountedEntries();
  differences_ = {};
  comparison_ = Comparison::due;
  last_.reset();
  done_ = rounds_ = 0;
  phase_ = Phase::folding;
  return {};
}

Stored<void> RebuildBeside::fold_some(std::size_t most) {
  for (std::size_t n = 0; n < most; ++n) {
    const auto entry = entries_->next();
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) return end_round();
    if (!counted_.count((*entry)->position.place)) continue;
    if (auto folded = fold_next(**entry); !folded) return folded;
    if (auto spilled = derived_->spill_when_full(); !spilled) return spilled;
  }
  return {};
}

Stored<void> RebuildBeside::fold_next(const OrderedEntry& entry) {
  using Undo = DerivedViews::Undo;
  derived_->fold(charter_, entry, entry.position < undoable_from_ ? Undo::none : Undo::keep);
  last_ = entry.position;
  ++done_;
  if (changes_roster(entry)) counted_.go_on_with(read_roster(derived_->views(), charter_));
  if (derived_->fault()) return std::unexpected(*derived_->fault());
  return {};
}

/// After the first one: is it right about the seals?
Stored<void> RebuildBeside::end_round() {
  entries_.reset();
  if (rounds_++ == 0) {
    roster_ = read_roster(derived_->views(), charter_);
    if (derived_->fault()) return std::unexpected(*derived_->fault());
    if (seals_ && *seals_ != roster_)
      return broken(Fault::corrupt, "the seals of the logs contradict one another");
    if (!counted_.holds()) {
      seals_ = roster_;
      return start_over();
    }
    counted_ = CountedEntries(roster_);
  }
  if (auto written = derived_->write(); !written) return written;
  if (comparison_ == Comparison::due && rounds_ >= kRoundsBeforeComparing) return start_comparing();
  return start_round();
}

Stored<RebuildBeside::Left> RebuildBeside::left_in(const StoreReader& reader) const {
  const auto now = StoredLogs(reader).held();
  if (!now) return std::unexpected(now.error());
  Left left;
  for (const HeldLog& log : *now) {
    const LogSize folded = size_in(held_, log.log);
    if (folded >= roster_.within(log)) continue;
    const LogIndex fresh(folded.value());
    const auto lamport = StoredLogs(reader).lamport_at(log.log, fresh);
    if (!lamport) return std::unexpected(lamport.error());
    const Position position{*lamport, {log.log, fresh}};
    left.from = std::min(left.from.value_or(position), position);
  }
  if (!left.from) return left;
  for (const HeldLog& log : *now) {
    const auto before = prefix_before(reader, log.log, *left.from);
    if (!before) return std::unexpected(before.error());
    left.entries += log.size.value() - before->value();
  }
  return left;
}

/// Goes on to what the store holds now; where only a few entries are left, the last step may come.
/// When that has been tried, these are folded as well.
Stored<void> RebuildBeside::start_round() {
  const std::uint64_t few = phase_ == Phase::ready ? 0 : kFewLeft;
  snapshot_ = store_.snapshot();
  auto roster = roster_in(*snapshot_, charter_);
  if (!roster) return std::unexpected(roster.error());
  if (*roster != read_there_) return start_over();  // other entries count
  const auto left = left_in(*snapshot_);
  if (!left) return std::unexpected(left.error());
  if (comparison_ == Comparison::done && left->entries <= few) return get_ready();
  auto held = StoredLogs(*snapshot_).held();
  if (!held) return std::unexpected(held.error());
  held_ = std::move(*held);
  if (!left->from) return start_comparing();
  back_to_ = *left->from;
  back_below_.clear();
  phase_ = Phase::taking_back;
  if (last_ && back_to_ < *last_) {
    if (back_to_ < undoable_from_) return start_over();
    return {};
  }
  return take_back_some(0);
}

/// The undo records from `back_to_` on, the last first; then what stands there is folded.
Stored<void> RebuildBeside::take_back_some(std::size_t most) {
  if (most > 0 && last_ && back_to_ < *last_) {
    std::size_t taken = 0;
    const auto scanned = next_->scan_back(
        Family::undo, position_key(back_to_), back_below_, [&](BytesView key, BytesView undo) {
          derived_->take_back(parse_position_key(key), undo);
          back_below_ = Bytes(key);
          --done_;
          return ++taken < most ? StoreReader::Next::go_on : StoreReader::Next::stop;
        });
    if (!scanned) return scanned;
    if (derived_->fault()) return std::unexpected(*derived_->fault());
    if (auto spilled = derived_->spill_when_full(); !spilled) return spilled;
    if (taken == most) return {};
  }
  auto entries = OrderedEntries::open_at(*snapshot_, back_to_);
  if (!entries) return std::unexpected(entries.error());
  entries_ = std::move(*entries);
  phase_ = Phase::folding;
  return {};
}

Stored<void> RebuildBeside::start_comparing() {
  compared_family_ = Family::views;
  compared_to_.clear();
  phase_ = Phase::comparing;
  return {};
}

/// Against the views that are read, at the moment that all of this is folded up to.
Stored<void> RebuildBeside::compare_some_more(std::size_t most) {
  const auto add = [&](Difference::Kind kind, std::string key, std::string detail) {
    differences_.add({.kind = kind,
                      .origin = Difference::Origin::derived,
                      .family = compared_family_,
                      .key = std::move(key),
                      .log = {},
                      .index = {},
                      .detail = std::move(detail)});
  };
  auto compared = compare_some(*next_, *snapshot_, compared_family_, compared_to_, most,
                               [&](const KeyDifference& found) {
                                 add(found.kind, words_of_key(compared_family_, found.key), "");
                               });
  if (!compared) {
    if (compared.error().kind == Fault::io) return std::unexpected(compared.error());
    const auto all = [](BytesView, BytesView) { return StoreReader::Next::go_on; };
    if (auto readable = next_->scan(compared_family_, {}, {}, all); !readable) return readable;
    add(Difference::Kind::unreadable, "a record", compared.error().detail);
    compared = Compared{};
  }
  if (compared->begin) {
    compared_to_ = std::move(*compared->begin);
    return {};
  }
  if (compared_family_ == Family::undo) {
    comparison_ = Comparison::done;
    return start_round();
  }
  compared_family_ = Family::undo;
  auto from = undoable_from(*snapshot_, read_there_);
  if (!from) return std::unexpected(from.error());
  compared_to_ = position_key(*from);
  return {};
}

Stored<void> RebuildBeside::get_ready() {
  if (auto finished = derived_->finish(); !finished) return finished;
  phase_ = Phase::ready;
  return {};
}

Stored<std::optional<Batch>> RebuildBeside::last_step(std::size_t most) {
  TALLINN_ASSERT(phase_ == Phase::ready);
  const auto roster = roster_in(store_, charter_);
  if (!roster) return std::unexpected(roster.error());
  if (*roster != read_there_) return std::nullopt;
  const auto left = left_in(store_);
  if (!left) return std::unexpected(left.error());
  if (left->entries > most) return std::nullopt;
  if (left->from) {
    if (last_ && *left->from < *last_) {
      if (*left->from < undoable_from_) return std::nullopt;
      const auto taken_back = next_->scan_back(Family::undo, position_key(*left->from), {},
                                               [&](BytesView key, BytesView undo) {
                                                 derived_->take_back(parse_position_key(key), undo);
                                                 --done_;
                                                 return StoreReader::Next::go_on;
                                               });
      if (!taken_back) return std::unexpected(taken_back.error());
    }
    auto entries = OrderedEntries::open_at(store_, *left->from);
    if (!entries) return std::unexpected(entries.error());
    for (;;) {
      const auto entry = entries->next();
      if (!entry) return std::unexpected(entry.error());
      if (!*entry) break;
      if (!counted_.count((*entry)->position.place)) continue;
      if (auto folded = fold_next(**entry); !folded) return std::unexpected(folded.error());
    }
  }
  roster_ = read_roster(derived_->views(), charter_);
  if (derived_->fault()) return std::unexpected(*derived_->fault());
  auto rest = derived_->take_rest();
  if (!rest) return std::unexpected(rest.error());
  return std::optional(std::move(*rest));
}

}  // namespace tallinn
