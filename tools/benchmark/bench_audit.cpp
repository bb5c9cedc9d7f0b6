// tools/bench audit: a whole data directory replayed and verified on every core, beside raw
// libsodium in the same run.
#include <sys/resource.h>

#include <thread>

#include "tools/audit.h"
#include "tools/benchmark/benchmarks.h"
#include "tools/benchmark/limits.h"
#include "tools/benchmark/measure.h"
#include "tools/benchmark/office.h"

namespace tallinn::bench {
namespace {

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

}  // namespace

int bench_audit(const BenchOptions& options) {
  const Parties parties = make_parties();
  const ScratchFolder scratch(options.folder);
  std::vector<Submission> sample;
  {
    BenchOffice office(parties, scratch.path("warsaw"));
    const UnixMillis now(1'800'000'000'000);
    office.record(founding(parties), now);
    record_cycles(office, parties, options.events, now);
    sample = cycle(parties, 0);
  }
  while (sample.size() < 20'000) sample.push_back(sample[sample.size() % 4]);
  const double verifications = raw_verifications(parties, sample);
  const double cores = std::thread::hardware_concurrency();
  const double before = peak_megabytes();
  auto source = open_directory_source(scratch.path("warsaw-db"), parties.charter);
  TALLINN_ASSERT(source.has_value());
  const Stopwatch watch;
  const auto report = audit(**source, parties.charter,
                            {.threads = std::thread::hardware_concurrency(), .progress = {}});
  const double seconds = watch.seconds();
  TALLINN_ASSERT(report.has_value() && report->holds());
  print_rate("raw libsodium verifications, one core", verifications);
  print_ratio(
      "audit of " + std::to_string(report->entries) + " events (of cores x raw verifications)",
      static_cast<double>(report->signatures) / seconds, cores * verifications, 0.7);
  std::printf("%-58s %12.0f MB  (%.0f MB before it)\n", "peak memory of the process",
              peak_megabytes(), before);
  return 0;
}

}  // namespace tallinn::bench
