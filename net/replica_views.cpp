// The views that a rebuild beside the node has made take the place of those read until now.
#include "net/rebuild_beside.h"
#include "net/rebuilt.h"
#include "net/replica_impl.h"

namespace tallinn {
namespace {

std::string differed(const Differences& differences) {
  const Difference& first = differences.kept().front();
  return "the views were not what the entries say: " + std::to_string(differences.total()) +
         (differences.total() == 1 ? " record, " : " records, the first ") + first.key + " (" +
         std::string(spell(first.kind)) + "); they were made anew";
}

}  // namespace

Stored<bool> Replica::take_views(RebuildBeside& rebuilt, std::size_t most_left, UnixMillis now) {
  Impl& r = *impl_;
  if (r.fault) return std::unexpected(*r.fault);
  if (r.dirty || !r.batch.empty() || !r.views.changes().empty()) {
    r.dirty = true;  // what a refused operation took back and folded again is committed first
    return false;
  }
  auto batch = rebuilt.last_step(most_left);
  if (!batch) return std::unexpected(batch.error());
  if (!*batch) return false;
  const Differences& differences = rebuilt.differences();
  put_rebuilt(**batch,
              {.entries = rebuilt.progress().done, .differences = differences.total(), .at = now});
  if (auto taken = r.store.commit_next(std::move(**batch), rebuilt.next()); !taken)
    return r.stop(taken.error());
  r.view_cache.clear();
  r.undo_from.clear();
  if (differences.total() > 0) r.alarm(differed(differences));
  if (rebuilt.roster() != r.known.roster())
    if (auto adopted = r.adopt(rebuilt.roster()); !adopted) return r.stop(adopted.error());
  if (auto published = r.publish(); !published) return std::unexpected(published.error());
  return true;
}

}  // namespace tallinn
