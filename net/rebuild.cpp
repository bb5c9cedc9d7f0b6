#include "net/rebuild.h"

#include <algorithm>

#include "events/wire.h"
#include "ledger/store_notes.h"
#include "net/derived_views.h"
#include "net/ordered.h"
#include "net/state_notes.h"

namespace tallinn {
namespace {

constexpr std::string_view kRulesKey = "rules";

Bytes rules_value() {
  Bytes value;
  put_be(value, kRules);
  return value;
}

using OnProgress = std::function<void(std::uint64_t)>;

using Undo = DerivedViews::Undo;

/// What is folded: which entries, and whether undo records are made.
struct Asked {
  Standpoint standpoint;
  Undo undo = Undo::keep;
};

/// Folds every entry asked for that counts anew. The roster that they lead to.
Stored<Roster> fold_counted(const StoreReader& logs, const Charter& charter, const Asked& asked,
                            CountedEntries& counted, Store& into, const OnProgress& progress,
                            RebuildReport& report) {
  for (const Family family : {Family::views, Family::undo})
    if (auto empty = into.make_empty(family); !empty) return std::unexpected(empty.error());
  const auto joint = newest_joint_state(logs, Roster(charter));
  if (!joint) return std::unexpected(joint.error());
  const Lamport kept = *joint ? (*joint)->settled : Lamport(0);  // nothing up to it is ever undone

  DerivedViews derived(into);
  fold_genesis(derived.views(), charter);
  auto entries = OrderedEntries::open(logs);
  if (!entries) return std::unexpected(entries.error());
  report = {};
  StandpointFilter filter(asked.standpoint);
  for (;;) {
    const auto entry = entries->next();
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) break;
    const Position& position = (*entry)->position;
    if (!filter.counts(**entry) || !counted.count(position.place)) continue;
    derived.fold(charter, **entry, position.lamport > kept ? asked.undo : Undo::none);
    if (changes_roster(**entry)) counted.go_on_with(read_roster(derived.views(), charter));
    if (auto spilled = derived.spill_when_full(); !spilled) return std::unexpected(spilled.error());
    ++report.entries;
    if (progress && report.entries % 1'024 == 0) progress(report.entries);
  }
  report.known = filter.known();
  Roster roster = read_roster(derived.views(), charter);
  if (derived.fault()) return std::unexpected(*derived.fault());
  if (auto finished = derived.finish(); !finished) return std::unexpected(finished.error());
  return roster;
}

Stored<RebuildReport> derive(const StoreReader& logs, const Charter& charter, const Asked& asked,
                             Store& into, const OnProgress& progress) {
  RebuildReport report;
  CountedEntries counted;
  auto roster = fold_counted(logs, charter, asked, counted, into, progress, report);
  if (!roster) return std::unexpected(roster.error());
  if (counted.holds()) return report;
  CountedEntries within(*roster);
  const auto again = fold_counted(logs, charter, asked, within, into, progress, report);
  if (!again) return std::unexpected(again.error());
  if (*again != *roster)
    return broken(Fault::corrupt, "the seals of the logs contradict one another");
  return report;
}

}  // namespace

Stored<RebuildReport> derive_views(const StoreReader& logs, const Charter& charter, Store& into,
                                   const OnProgress& progress) {
  return derive(logs, charter, {}, into, progress);
}

Stored<RebuildReport> derive_views_at(const StoreReader& logs, const Charter& charter,
                                      const Standpoint& standpoint, Store& into) {
  return derive(logs, charter, {.standpoint = standpoint, .undo = Undo::none}, into, {});
}

Stored<RebuildReport> rebuild_views(Store& store, const Charter& charter,
                                    const OnProgress& progress) {
  Batch unmarked;
  unmarked.erase(Family::meta, kRulesKey);
  if (auto written = store.commit(std::move(unmarked)); !written)
    return std::unexpected(written.error());
  auto report = derive_views(store, charter, store, progress);
  if (!report) return report;
  Batch marked;
  marked.put(Family::meta, kRulesKey, rules_value());
  if (auto written = store.commit(std::move(marked)); !written)
    return std::unexpected(written.error());
  return report;
}

Stored<bool> views_are_whole(const StoreReader& store) {
  const auto rules = store.get(Family::meta, kRulesKey);
  if (!rules) return std::unexpected(rules.error());
  if (!*rules || **rules != rules_value()) return false;
  bool any = false;  // the charter alone makes some; a family that is away has none
  const auto scanned = store.scan(Family::views, {}, {}, [&](BytesView, BytesView) {
    any = true;
    return StoreReader::Next::stop;
  });
  if (!scanned && scanned.error().kind == Fault::io) return std::unexpected(scanned.error());
  return any || !scanned;
}

Stored<void> prepare_views(Store& store, const Charter& charter) {
  const auto whole = views_are_whole(store);
  if (!whole) return std::unexpected(whole.error());
  if (*whole) return {};
  Batch batch;
  batch.put(Family::notes, notes::charter_key(), charter.note);
  if (auto written = store.commit(std::move(batch)); !written) return written;
  if (auto rebuilt = rebuild_views(store, charter); !rebuilt)
    return std::unexpected(rebuilt.error());
  return {};
}

}  // namespace tallinn
