// The logs of a store, checked against themselves: every entry's bytes, place, `seen` and Lamport
// time; every hash of the trees and every event id made again from the entries; every root against
// the signed checkpoints. Shell over any StoreReader: reads ahead on threads of its own. Signatures
// of events are not checked: that is an audit's work. Memory: 8 bytes for each entry, and a few
// chunks of entries.
#pragma once

#include <functional>

#include "ledger/differences.h"
#include "ledger/signed_roots.h"
#include "projections/roster.h"

namespace tallinn {

struct CheckLogsOptions {
  unsigned threads = 1;
  /// Called now and then with entries done and to do.
  std::function<void(std::uint64_t, std::uint64_t)> progress;
};

struct CheckedLogs {
  std::uint64_t entries = 0;
  std::uint64_t rows = 0;
  std::uint64_t ids = 0;
  /// Every entry is there and is the one that was signed: what is derived can be made from them.
  bool entries_whole = true;
};

/// `roster`: as the entries lead to it. Fault io when the disk fails; what is damaged stands in
/// `found`.
Stored<CheckedLogs> check_logs(const StoreReader& store, const SaidOfLogs& said,
                               const Roster& roster, const CheckLogsOptions& options,
                               Differences& found);

/// Writes every hash and event id that differs from what the entries say, and erases what they do
/// not say. Only after check_logs has found the entries whole. Durable when it answers. Answers how
/// many records it changed.
Stored<std::uint64_t> repair_logs(Store& store);

}  // namespace tallinn
