// tools/bench storage: what a stored event takes on the disk once the store has been compacted.
#include "ledger/store_log.h"
#include "tools/benchmark/benchmarks.h"
#include "tools/benchmark/measure.h"
#include "tools/benchmark/office.h"

namespace tallinn::bench {
namespace {

struct EventBytes {
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;  ///< of the events as they were signed
};

EventBytes event_bytes(const StoreReader& store) {
  EventBytes out;
  const auto scanned = store.scan(Family::entries, {}, {}, [&](BytesView, BytesView bytes) {
    const auto entry = decode_entry(bytes);
    TALLINN_ASSERT(entry.has_value());
    ++out.events;
    out.bytes += entry->event.size();
    return StoreReader::Next::go_on;
  });
  TALLINN_ASSERT(scanned.has_value());
  return out;
}

}  // namespace

int bench_storage(const BenchOptions& options) {
  const Parties parties = make_parties();
  const ScratchFolder scratch(options.folder);
  const auto office = office_at_rest(parties, scratch.path("warsaw"), options.events);
  const EventBytes events = event_bytes(*office->store);
  const auto sizes = office->store->compact();
  TALLINN_ASSERT(sizes.has_value());
  const auto per_event = [&](Family family) {
    return static_cast<double>((*sizes)[static_cast<std::size_t>(family)]) /
           static_cast<double>(events.events);
  };
  const double signed_bytes =
      static_cast<double>(events.bytes) / static_cast<double>(events.events);
  std::printf("%-58s %12llu\n", "events", static_cast<unsigned long long>(events.events));
  std::printf("%-58s %12.1f bytes\n", "an event as it was signed", signed_bytes);
  for (const auto& [family, name] :
       {std::pair(Family::entries, "its entry, compressed"), std::pair(Family::rows, "tree hashes"),
        std::pair(Family::ids, "index of event ids")})
    std::printf("%-58s %12.1f bytes\n", name, per_event(family));
  const double stored = per_event(Family::entries) + per_event(Family::rows) +
                        per_event(Family::ids) + per_event(Family::notes);
  const double ratio = stored / signed_bytes;
  std::printf("%-58s %12.1f bytes   ratio %.2f   aim %.2f   %s\n",
              "stored for an event: entry, tree, index, notes", stored, ratio, 1.6,
              ratio <= 1.6 ? "met" : "NOT MET");
  std::printf("%-58s %12.1f bytes\n", "apart from that: views", per_event(Family::views));
  std::printf("%-58s %12.1f bytes\n", "and undo records", per_event(Family::undo));
  return 0;
}

}  // namespace tallinn::bench
