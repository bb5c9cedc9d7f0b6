// The checkpoints that a store keeps of a log, and the one that its entries prove. Shell over any
// StoreReader. Their signatures were checked when they came, and are not again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/store_log.h"

namespace tallinn {

/// The newest one of what is held; then the newest that each office has cosigned, by office number,
/// which may be ahead of that.
Stored<std::vector<std::string>> stored_checkpoints(const StoreReader& store, LogId log);

struct ProvableCheckpoint {
  std::string note;
  LogSize size;
};
/// The greatest of them that covers no more than `held`: what is here proves it.
Stored<std::optional<ProvableCheckpoint>> provable_checkpoint(const StoreReader& store,
                                                              const HeldLog& held);

}  // namespace tallinn
