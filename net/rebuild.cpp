#include "net/rebuild.h"

#include "events/wire.h"
#include "ledger/store_notes.h"
#include "net/head.h"
#include "net/ordered.h"

namespace tallinn {
namespace {

constexpr std::string_view kRulesKey = "rules";
constexpr std::size_t kChangesPerWrite =
    100'000;  ///< view records held in memory before they are written

Bytes rules_value() {
  Bytes value;
  put_be(value, kRules);
  return value;
}

void put_changes(Batch& batch, const Views& views) {
  for (const auto& [key, value] : views.changes()) {
    if (value)
      batch.put(Family::views, key, *value);
    else
      batch.erase(Family::views, key);
  }
}

}  // namespace

Stored<RebuildReport> rebuild_views(Store& store, const Charter& charter) {
  Batch clean;
  clean.erase(Family::meta, kRulesKey);
  clean.erase_range(Family::views, "", Bytes(8, '\xff'));
  clean.erase_range(Family::undo, "", Bytes(32, '\xff'));
  if (auto cleaned = store.commit(std::move(clean)); !cleaned)
    return std::unexpected(cleaned.error());

  StoredViews stored(store);
  Views views(stored);
  fold_genesis(views, charter);
  auto entries = OrderedEntries::open(store);
  if (!entries) return std::unexpected(entries.error());
  RebuildReport report;
  Batch batch;
  for (;;) {
    auto entry = entries->next();
    if (!entry) return std::unexpected(entry.error());
    if (*entry) {
      views.begin_undo();
      fold_entry(views, charter, **entry);
      batch.put(Family::undo, position_key((*entry)->position), encode_undo(views.take_undo()));
      ++report.entries;
    }
    if (*entry && views.changes().size() < kChangesPerWrite) continue;
    put_changes(batch, views);
    if (stored.fault()) return std::unexpected(*stored.fault());
    if (auto written = store.commit_derived(std::move(batch)); !written)
      return std::unexpected(written.error());
    batch = Batch();
    views.clear();
    if (!*entry) break;
  }
  if (auto flushed = store.flush(); !flushed) return std::unexpected(flushed.error());
  Batch done;
  done.put(Family::meta, kRulesKey, rules_value());
  if (auto marked = store.commit(std::move(done)); !marked) return std::unexpected(marked.error());
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
