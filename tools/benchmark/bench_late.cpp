// tools/bench late: what an entry costs whose place is 1,000 entries back: the views are rewound to
// it and folded again, and all of it is made durable.
#include <algorithm>

#include "events/assert.h"
#include "ledger/file_anchor.h"
#include "net/replica.h"
#include "tools/benchmark/benchmarks.h"
#include "tools/benchmark/generated.h"
#include "tools/benchmark/measure.h"

namespace tallinn::bench {
namespace {

constexpr std::uint64_t kBack = 1'000;
constexpr double kLateAim_ms = 20;

}  // namespace

int bench_late(const BenchOptions& options) {
  const Charter charter = generated_charter();
  const ScratchFolder scratch(options.folder);
  const auto store = Store::open(scratch.path("db"));
  TALLINN_ASSERT(store.has_value());
  const std::uint64_t rounds = options.quick ? 3 : 40;
  const std::uint64_t before = options.quick ? 2'000 : 20'000;
  GeneratedLogs logs(**store, charter, before + kBack + rounds);
  logs.write(before, GeneratedLogs::At::their_office);
  std::vector<PeerBatch> late;
  while (late.size() < rounds) late.push_back(logs.kyiv_alone());
  logs.write(kBack, GeneratedLogs::At::warsaw);
  std::optional<AnchorState> kept;
  const auto anchor = open_anchor_memory(kept);
  HeadSlot heads;
  auto replica = Replica::open(**store, *anchor, heads, {.charter = charter, .identity = {}});
  TALLINN_ASSERT(replica.has_value());
  std::vector<double> took_ms;
  for (const PeerBatch& batch : late) {
    const Stopwatch watch;
    const auto staged = (*replica)->stage_batch(batch, Signatures::checked_good);
    TALLINN_ASSERT(staged.has_value() && staged->has_value());
    TALLINN_ASSERT((*replica)->commit(UnixMillis(0)).has_value());
    took_ms.push_back(watch.seconds() * 1'000);
  }
  std::ranges::sort(took_ms);
  print_times("an entry that comes 1,000 events late, durable", took_ms, kLateAim_ms);
  return 0;
}

}  // namespace tallinn::bench
