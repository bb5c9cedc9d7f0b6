// Loss: receipts of entries that a log does not have. A receipt is signed by the log's own key, so
// that an entry which is missing where the log ends, or is sealed, was lost, and the receipt proves
// it. Pure.
#pragma once

#include <optional>
#include <string>

#include "ledger/proof_file.h"

namespace tallinn {

/// A sentence when `entry`, which a verified receipt proves to stand in the log of `receipt`, its
/// checkpoint, lies beyond `log_size`: all that there is of the log, or the size at which it was
/// sealed.
std::optional<std::string> loss_of(const Checkpoint& receipt, LogIndex entry, LogSize log_size);

}  // namespace tallinn
