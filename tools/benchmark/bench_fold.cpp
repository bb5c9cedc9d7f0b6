// tools/bench fold: a generated history from stored entries into views, on one core.
#include <ctime>

#include "events/assert.h"
#include "net/derived_views.h"
#include "net/ordered.h"
#include "tools/benchmark/benchmarks.h"
#include "tools/benchmark/generated.h"
#include "tools/benchmark/measure.h"

namespace tallinn::bench {
namespace {

/// What this thread has used of a core.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The bytes of every entry, in the total order.
std::vector<std::pair<LogIndex, Bytes>> stored_entries(const Store& store) {
  std::vector<std::pair<LogIndex, Bytes>> out;
  auto entries = OrderedEntries::open(store);
  TALLINN_ASSERT(entries.has_value());
  for (auto next = entries->next(); next && *next; next = entries->next())
    out.emplace_back((*next)->position.place.index, encode_entry((*next)->entry));
  return out;
}

struct Folded {
  double decoding = 0, all = 0;  ///< seconds of one core
};
Folded fold_all(const std::vector<std::pair<LogIndex, Bytes>>& entries, const Charter& charter,
                Store& into) {
  DerivedViews derived(into);
  fold_genesis(derived.views(), charter);
  Folded out;
  const double begin = thread_seconds();
  for (const auto& [index, bytes] : entries) TALLINN_ASSERT(make_ordered(bytes, index).has_value());
  out.decoding = thread_seconds() - begin;
  const double started = thread_seconds();
  for (const auto& [index, bytes] : entries) {
    const auto ordered = make_ordered(bytes, index);
    fold_entry(derived.views(), charter, *ordered);
    TALLINN_ASSERT(derived.spill_when_full().has_value());
  }
  out.all = thread_seconds() - started;
  TALLINN_ASSERT(derived.finish().has_value());
  return out;
}

}  // namespace

int bench_fold(const BenchOptions& options) {
  const Charter charter = generated_charter();
  const ScratchFolder scratch(options.folder);
  const auto entries =
      stored_entries(*generated_store(scratch.path("logs"), charter, options.events));
  for (int round = 0; round < (options.quick ? 1 : 3); ++round) {
    const auto views = Store::open(scratch.path("views" + std::to_string(round)));
    TALLINN_ASSERT(views.has_value());
    const Folded took = fold_all(entries, charter, **views);
    const auto count = static_cast<double>(entries.size());
    print_rate("decoding alone", count / took.decoding);
    print_ratio("fold of " + std::to_string(entries.size()) + " generated events, one core",
                count / took.all, 150'000, 1.0);
  }
  return 0;
}

}  // namespace tallinn::bench
