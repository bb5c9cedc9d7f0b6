// A generated history (tools/generator) as logs of two offices, for benchmarks of what takes
// signatures as known good: they are not real. Deterministic.
#pragma once

#include <memory>
#include <vector>

#include "ledger/store_log.h"
#include "net/batch.h"

namespace tallinn::bench {

/// "bench.example": kyiv and warsaw, whose keys come from their names, and who a generated history
/// needs as coordinators.
Charter generated_charter();

/// Writes a generated history into a store without views, entry by entry: each office its own log,
/// which has seen all of the other's at the end of each day.
class GeneratedLogs {
 public:
  GeneratedLogs(Store& store, const Charter& charter, std::uint64_t events);
  ~GeneratedLogs();

  /// The next `count` events: as the history has it, or all of them at one office.
  enum class At : std::uint8_t { their_office, kyiv, warsaw };
  void write(std::uint64_t count, At at);
  /// An entry that kyiv made on its own: the next one of its log, not written, as a peer sends it.
  PeerBatch kyiv_alone();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A store at `path` with so many events of one in it, each in its office's log, and no views.
std::unique_ptr<Store> generated_store(const std::string& path, const Charter& charter,
                                       std::uint64_t events);

}  // namespace tallinn::bench
