// tools/bench fsck: a store's logs made again and compared; the views apart.
#include <thread>

#include "net/fsck.h"
#include "net/fsck_notes.h"
#include "tools/benchmark/benchmarks.h"
#include "tools/benchmark/measure.h"
#include "tools/benchmark/office.h"

namespace tallinn::bench {

int bench_fsck(const BenchOptions& options) {
  const Parties parties = make_parties();
  const ScratchFolder scratch(options.folder);
  const auto office = office_at_rest(parties, scratch.path("warsaw"), options.events);
  Differences differences;
  const Roster roster(parties.charter);
  const auto notes =
      check_notes(*office->store, parties.charter, roster, OfficeNumber(1), differences);
  TALLINN_ASSERT(notes.has_value());
  const Stopwatch watch;
  const auto logs =
      check_logs(*office->store, notes->said, roster,
                 {.threads = std::thread::hardware_concurrency(), .progress = {}}, differences);
  const double seconds = watch.seconds();
  TALLINN_ASSERT(logs.has_value());
  print_ratio("fsck of " + std::to_string(logs->entries) +
                  " entries: bytes, order, trees, ids (limit: 300,000/s)",
              static_cast<double>(logs->entries) / seconds, 300'000, 1.0);

  auto made =
      Store::open(scratch.path("made"), {.disk = {}, .cache_bytes = 16u << 20, .scratch = true});
  TALLINN_ASSERT(made.has_value());
  const Stopwatch whole;
  const auto report = fsck(
      *office->store, parties.charter, **made,
      {.own = OfficeNumber(1), .threads = std::thread::hardware_concurrency(), .progress = {}});
  TALLINN_ASSERT(report.has_value());
  print_rate("the same with notes, views and undo records",
             static_cast<double>(report->logs.entries) / whole.seconds());
  std::printf("%-58s %12llu\n", "differences found (none is right)",
              static_cast<unsigned long long>(differences.total() + report->differences.total()));
  return differences.total() + report->differences.total() == 0 ? 0 : 1;
}

}  // namespace tallinn::bench
