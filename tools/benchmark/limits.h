// The limits of this machine, measured: raw libsodium verification and raw RocksDB synced puts.
#pragma once

#include <string>
#include <vector>

#include "tools/benchmark/workload.h"

namespace tallinn::bench {

/// Verifications a second on one core, of the same signed messages.
double raw_verifications(const Parties& parties, const std::vector<Submission>& submissions);
/// Synced single puts a second of values of these sizes, by one thread, into a plain RocksDB in
/// `folder`.
double raw_synced_puts(const std::string& folder, const std::vector<Submission>& submissions);

}  // namespace tallinn::bench
