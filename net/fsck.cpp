#include "net/fsck.h"

#include "events/assert.h"
#include "ledger/store_compare.h"
#include "ledger/store_log.h"
#include "net/fsck_notes.h"
#include "net/head.h"
#include "net/rebuild.h"
#include "net/state_notes.h"

namespace tallinn {
namespace {

Stored<std::uint64_t> check_family(const StoreReader& made, const StoreReader& store, Family family,
                                   BytesView begin, Differences& found) {
  const auto add = [&](const KeyDifference& difference) {
    Difference out{.kind = difference.kind,
                   .origin = Difference::Origin::derived,
                   .family = family,
                   .key = words_of_key(family, difference.key),
                   .log = {},
                   .index = {},
                   .detail = {}};
    if (family == Family::undo && difference.key.size() == sizeof(std::uint64_t) + kPlaceKeyBytes) {
      const Place place = parse_position_key(difference.key).place;
      out.log = place.log;
      out.index = place.index;
    }
    found.add(std::move(out));
  };
  auto compared = compare_family(made, store, family, begin, add);
  if (compared || compared.error().kind == Fault::io) return compared;
  found.add({.kind = Difference::Kind::unreadable,
             .origin = Difference::Origin::derived,
             .family = family,
             .key = "a record",
             .log = {},
             .index = {},
             .detail = compared.error().detail});
  return 0;
}

/// The views and undo records made again against the stored ones. Nothing below the newest joint
/// state note is ever undone.
Stored<void> check_views(const StoreReader& store, const StoreReader& made, const Roster& roster,
                         FsckReport& report) {
  if (!report.logs.entries_whole)
    report.views_unchecked = "entries are damaged, so that nothing can be folded from them";
  if (report.views_unchecked) return {};
  const auto views = check_family(made, store, Family::views, {}, report.differences);
  if (!views) return std::unexpected(views.error());
  report.views = *views;
  const auto joint = newest_joint_state(store, roster);
  if (!joint) return std::unexpected(joint.error());
  const Lamport first((*joint ? (*joint)->settled.value() : 0) + 1);
  const auto undo =
      check_family(made, store, Family::undo, position_key({first, {}}), report.differences);
  if (!undo) return std::unexpected(undo.error());
  report.undo = *undo;
  return {};
}

/// Folds the entries into `scratch`; the roster that they lead to, as far as they can be folded.
Stored<Roster> derive(const StoreReader& store, const Charter& charter, Store& scratch,
                      const FsckOptions& options, FsckReport& report) {
  const auto entries = StoredLogs(store).entries();
  const auto progress = [&](std::uint64_t done) {
    if (options.progress) options.progress("views", done, entries.value_or(done));
  };
  const auto derived = derive_views(store, charter, scratch, progress);
  if (!derived && derived.error().kind == Fault::io) return std::unexpected(derived.error());
  if (!derived) {
    report.views_unchecked = derived.error().detail;
    return Roster(charter);
  }
  StoredViews views(scratch);
  Roster roster = read_roster(views, charter);
  if (views.fault()) return std::unexpected(*views.fault());
  return roster;
}

}  // namespace

Stored<FsckReport> fsck(const StoreReader& store, const Charter& charter, Store& scratch,
                        const FsckOptions& options) {
  FsckReport report;
  const auto roster = derive(store, charter, scratch, options, report);
  if (!roster) return std::unexpected(roster.error());
  auto notes = check_notes(store, charter, *roster, options.own, report.differences);
  if (!notes) return std::unexpected(notes.error());
  report.notes = notes->notes;
  for (const auto& [id, log] : roster->logs())
    if (log.sealed) notes->said[id].roots.push_back({log.sealed->size, log.sealed->root});
  CheckLogsOptions how{.threads = options.threads, .progress = {}};
  how.progress = [&](std::uint64_t done, std::uint64_t total) {
    if (options.progress) options.progress("logs", done, total);
  };
  const auto logs = check_logs(store, notes->said, *roster, how, report.differences);
  if (!logs) return std::unexpected(logs.error());
  report.logs = *logs;
  const auto withheld = check_withheld_values(store, report.differences);
  if (!withheld) return std::unexpected(withheld.error());
  report.withheld = *withheld;
  if (auto marks = check_marks(store, report.differences); !marks)
    return std::unexpected(marks.error());
  if (auto views = check_views(store, scratch, *roster, report); !views)
    return std::unexpected(views.error());
  return report;
}

Stored<void> repair(Store& store, const Charter& charter, const FsckReport& found) {
  TALLINN_ASSERT(found.repairable());
  const Differences& differences = found.differences;
  const auto mended = logs_are_whole(store);
  if (!mended) return std::unexpected(mended.error());
  if (!*mended || differences.of(Family::rows) > 0 || differences.of(Family::ids) > 0)
    if (const auto logs = repair_logs(store); !logs) return std::unexpected(logs.error());
  const auto whole = views_are_whole(store);
  if (!whole) return std::unexpected(whole.error());
  if (!*whole || differences.of(Family::views) > 0 || differences.of(Family::undo) > 0)
    if (const auto rebuilt = rebuild_views(store, charter); !rebuilt)
      return std::unexpected(rebuilt.error());
  return {};
}

}  // namespace tallinn
