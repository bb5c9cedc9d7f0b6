// The governance chain that a backup carries (docs/formats.md): it proves itself, and nothing else
// of the backup proves it. Shell.
#pragma once

#include <filesystem>
#include <string>

#include "events/result.h"
#include "ledger/charter.h"

namespace tallinn {

/// The file's text as it is; a chain without events where the backup has none, as an older build
/// made it. Error unavailable, or malformed beyond the bound of a chain.
Result<std::string> backup_chain(const std::filesystem::path& folder, const Charter& charter);
/// Does it lead from the charter on? The error's sentence begins with the file's name.
Result<void> check_backup_chain(const std::filesystem::path& folder, const Charter& charter);

}  // namespace tallinn
