// tools/bench rebuild: the views made anew from stored entries.
#include "net/rebuild.h"
#include "tools/benchmark/benchmarks.h"
#include "tools/benchmark/measure.h"
#include "tools/benchmark/office.h"

namespace tallinn::bench {

int bench_rebuild(const BenchOptions& options) {
  const Parties parties = make_parties();
  const ScratchFolder scratch(options.folder);
  const auto office = office_at_rest(parties, scratch.path("warsaw"), options.events);
  const Stopwatch watch;
  const auto report = rebuild_views(*office->store, parties.charter);
  TALLINN_ASSERT(report.has_value());
  print_ratio(
      "rebuild of the views, " + std::to_string(report->entries) + " events (limit: 100,000/s)",
      static_cast<double>(report->entries) / watch.seconds(), 100'000, 1.0);
  return 0;
}

}  // namespace tallinn::bench
