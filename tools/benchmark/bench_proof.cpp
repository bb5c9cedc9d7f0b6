// tools/bench proof: how long inclusion proofs of random entries of a large log take, while the
// store still compacts what was just written, and once it has.
#include <random>

#include "ledger/sha256.h"
#include "ledger/store_log.h"
#include "tools/benchmark/benchmarks.h"
#include "tools/benchmark/measure.h"
#include "tools/benchmark/office.h"

namespace tallinn::bench {
namespace {

constexpr double kProofAim_ms = 1.0;
constexpr std::uint64_t kLeavesAtOnce = 8'192;
const LogId kLog{.office = OfficeNumber(1), .epoch = Epoch(1)};

/// Entries of the size of the other benchmarks' events, through the writer that a node's commits
/// use. What stands in them is nothing to a proof.
Digest write_log(Store& store, std::uint64_t entries) {
  LogWriter writer(kLog, Frontier());
  Batch batch;
  std::mt19937_64 random(1);
  Bytes entry(300, '\0');
  for (std::uint64_t n = 0; n < entries; ++n) {
    for (std::size_t i = 0; i < 100; ++i) entry[i] = static_cast<char>(random());
    const auto id = Uuid::from(sha256(entry).view().substr(0, Uuid::kSize));
    writer.append(batch, entry, *id, entry);
    if (n % kLeavesAtOnce == kLeavesAtOnce - 1 || n + 1 == entries)
      TALLINN_ASSERT(store.commit(std::exchange(batch, Batch())).has_value());
  }
  return writer.root();
}

/// Milliseconds of each proof, ascending. One of a hundred is checked.
std::vector<double> time_proofs(const Store& store, LogSize size, const Digest& root,
                                std::uint64_t proofs, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<double> out;
  for (std::uint64_t n = 0; n < proofs; ++n) {
    const Place place{.log = kLog, .index = LogIndex(random() % size.value())};
    const auto snapshot = store.snapshot();
    const Stopwatch watch;
    const auto proof = StoredLogs(*snapshot).inclusion(place, size);
    out.push_back(watch.seconds() * 1'000);
    TALLINN_ASSERT(proof.has_value());
    if (n % 100 != 0) continue;
    const auto entry = StoredLogs(*snapshot).entry(place);
    TALLINN_ASSERT(entry.has_value());
    TALLINN_ASSERT(check_inclusion(place.index, size, leaf_hash(*entry), *proof, root).has_value());
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace

int bench_proof(const BenchOptions& options) {
  const ScratchFolder scratch(options.folder);
  const auto store = Store::open(scratch.path("db"));
  TALLINN_ASSERT(store.has_value());
  const LogSize size(options.events);
  const std::uint64_t proofs = options.quick ? 200 : 20'000;
  const Digest root = write_log(**store, size.value());
  const std::string of = "inclusion proofs from " + std::to_string(size.value()) + " entries, ";
  print_times(of + "just written", time_proofs(**store, size, root, proofs, 1), kProofAim_ms);
  TALLINN_ASSERT((*store)->compact().has_value());
  print_times(of + "compacted", time_proofs(**store, size, root, proofs, 2), kProofAim_ms);
  return 0;
}

}  // namespace tallinn::bench
