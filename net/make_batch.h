// Making the next batch for a peer out of what is held. Shell over any StoreReader.
#pragma once

#include "ledger/store_log.h"
#include "net/batch.h"

namespace tallinn {

/// The values held of these events, in their order: of the first of them all, of the others as many
/// as stay within `most_bytes`.
Stored<std::vector<WithheldValue>> values_of(const StoreReader& store, std::span<const Uuid> events,
                                             std::size_t most_bytes = kMaxBatchBytes);

/// The next entries that a peer lacks, which holds `peer_held`: at least one, and as many as stay
/// within `most_bytes`, but for the last. Empty when it lacks nothing.
Stored<PeerBatch> make_batch(const StoreReader& store, std::span<const HeldLog> held,
                             std::span<const HeldLog> peer_held, ValuesToo values,
                             std::size_t most_bytes = kMaxBatchBytes);

}  // namespace tallinn
