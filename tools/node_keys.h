// The keys of a node that were just made, put into its folder: the secret as <kind>.key, the line
// that others list it by as <kind>.line. Shell.
#pragma once

#include <filesystem>
#include <string_view>

#include "ledger/keys.h"

namespace tallinn {

/// <kind> is the owner's. Makes the folder; refuses to replace a key (Code::id_conflict).
Result<void> write_node_keys(const std::filesystem::path& folder, const KeyFile& key,
                             std::string_view line);

}  // namespace tallinn
