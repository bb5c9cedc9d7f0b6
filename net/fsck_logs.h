// The logs of a store, checked against themselves: every entry's bytes, place, `seen` and Lamport
// time; every hash of the trees and every event id made again from the entries; every root against
// the signed checkpoints. Shell over any StoreReader: reads ahead on threads of its own. Signatures
// of events are not checked: that is an audit's work. Memory: 8 bytes for each entry, and a few
// chunks of entries.
#pragma once

#include <functional>
#include <vector>

#include "ledger/differences.h"
#include "ledger/signed_roots.h"
#include "ledger/store_db.h"
#include "projections/roster.h"

namespace tallinn {

struct CheckLogsOptions {
  unsigned threads = 1;
  /// Called now and then with entries done and to do.
  std::function<void(std::uint64_t, std::uint64_t)> progress;
};

/// A log that is still catching up: its newest checkpoint is of more entries than are held, so that
/// nothing signed says yet what the last of these are. No difference.
struct UnprovenTail {
  LogId log;
  LogSize proven;  ///< by an older checkpoint; 0: none is kept
  LogSize held;
  LogSize signed_size;
};

struct CheckedLogs {
  std::uint64_t entries = 0;
  std::uint64_t rows = 0;
  std::uint64_t ids = 0;
  /// Every entry is there and is the one that was signed: what is derived can be made from them.
  bool entries_whole = true;
  std::vector<UnprovenTail> unproven;  ///< by log
};

/// `roster`: as the entries lead to it. Fault io when the disk fails; what is damaged stands in
/// `found`.
Stored<CheckedLogs> check_logs(const StoreReader& store, const SaidOfLogs& said,
                               const Roster& roster, const CheckLogsOptions& options,
                               Differences& found);

/// Writes every hash and event id that differs from what the entries say, and erases what they do
/// not say. Only after check_logs has found the entries whole. Durable when it answers. Answers how
/// many records it changed. `written`: after each batch, with the records changed so far. Memory: a
/// batch of 4 MiB.
Stored<std::uint64_t> repair_logs(Store& store,
                                  const std::function<void(std::uint64_t)>& written = {});

/// Was every repair_logs carried to its end? While one was not, trees and event ids may lack
/// anything: a node that opened them would take known events as new ones.
Stored<bool> logs_are_whole(const StoreReader& store);

}  // namespace tallinn
