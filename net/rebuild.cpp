#include "net/rebuild.h"

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

}  // namespace

Stored<RebuildReport> rebuild_views(Store& store, const Charter& charter) {
  Batch unmarked;
  unmarked.erase(Family::meta, kRulesKey);
  if (auto written = store.commit(std::move(unmarked)); !written)
    return std::unexpected(written.error());
  for (const Family family : {Family::views, Family::undo})
    if (auto empty = store.make_empty(family); !empty) return std::unexpected(empty.error());
  const auto joint = newest_joint_state(store, charter);
  if (!joint) return std::unexpected(joint.error());
  const Lamport kept = *joint ? (*joint)->settled : Lamport(0);  // nothing up to it is ever undone

  DerivedViews derived(store);
  fold_genesis(derived.views(), charter);
  auto entries = OrderedEntries::open(store);
  if (!entries) return std::unexpected(entries.error());
  RebuildReport report;
  for (;;) {
    const auto entry = entries->next();
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) break;
    const Position& position = (*entry)->position;
    const bool undoable = position.lamport > kept;
    if (undoable) derived.views().begin_undo();
    fold_entry(derived.views(), charter, **entry);
    if (undoable) derived.put_undo(position, derived.views().take_undo());
    if (auto spilled = derived.spill_when_full(); !spilled) return std::unexpected(spilled.error());
    ++report.entries;
  }
  if (auto finished = derived.finish(); !finished) return std::unexpected(finished.error());
  Batch marked;
  marked.put(Family::meta, kRulesKey, rules_value());
  if (auto written = store.commit(std::move(marked)); !written)
    return std::unexpected(written.error());
  return report;
}

Stored<void> prepare_views(Store& store, const Charter& charter) {
  const auto rules = store.get(Family::meta, kRulesKey);
  if (!rules) return std::unexpected(rules.error());
  if (*rules && **rules == rules_value()) return {};
  Batch batch;
  batch.put(Family::notes, notes::charter_key(), charter.note);
  if (auto written = store.commit(std::move(batch)); !written) return written;
  if (auto rebuilt = rebuild_views(store, charter); !rebuilt)
    return std::unexpected(rebuilt.error());
  return {};
}

}  // namespace tallinn
