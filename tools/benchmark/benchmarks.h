// The benchmarks that `tools/bench` runs; each prints its rates beside this machine's limits.
#pragma once

#include <cstdint>
#include <string>

namespace tallinn::bench {

struct BenchOptions {
  std::string folder = "/tmp";     ///< where scratch data goes: measure the disk that matters
  std::uint64_t events = 200'000;  ///< of the log that audit and rebuild work on
  bool quick = false;              ///< a smoke run, whose numbers mean nothing
};
int bench_append(const BenchOptions& options);
int bench_audit(const BenchOptions& options);
int bench_rebuild(const BenchOptions& options);
int bench_beside(const BenchOptions& options);
int bench_fsck(const BenchOptions& options);
int bench_storage(const BenchOptions& options);
int bench_proof(const BenchOptions& options);
int bench_tiles(const BenchOptions& options);
int bench_fold(const BenchOptions& options);
int bench_catchup(const BenchOptions& options);
int bench_live(const BenchOptions& options);
int bench_late(const BenchOptions& options);
int bench_state(const BenchOptions& options);
int bench_page(const BenchOptions& options);

}  // namespace tallinn::bench
