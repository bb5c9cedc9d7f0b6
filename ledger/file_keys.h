// Key files on disk: mode 0600, never overwritten, never read when others can read them.
// Shell. Format: ledger/keys.h.
#pragma once

#include <filesystem>

#include "ledger/keys.h"

namespace tallinn {

/// Refuses to replace an existing file (Code::id_conflict).
Result<void> write_key_file(const std::filesystem::path& path, const Secret& text);
/// Code::unauthorised when group or others may read or write the file.
Result<KeyFile> load_key_file(const std::filesystem::path& path,
                              const Secret* passphrase = nullptr);
/// Does not need the passphrase.
Result<KeyFileHead> load_key_file_head(const std::filesystem::path& path);

}  // namespace tallinn
