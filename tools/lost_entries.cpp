#include "tools/lost_entries.h"

namespace tallinn {

std::optional<std::string> loss_of(const Checkpoint& receipt, LogIndex entry, LogSize log_size) {
  if (entry.value() < log_size.value()) return std::nullopt;
  return "evidence of loss: the key of " + receipt.origin + " signed that entry " +
         std::to_string(entry.value()) + " stands in its log of " +
         std::to_string(receipt.size.value()) + " entries, but the log ends at " +
         std::to_string(log_size.value());
}

}  // namespace tallinn
