// What a folder is, by the files that only its kind has: a wrong one is refused by name before
// anything is read from it or written to it. Shell.
#pragma once

#include <filesystem>
#include <initializer_list>

#include "events/result.h"

namespace tallinn {

enum class FolderKind : std::uint8_t {
  other,   ///< not there, empty, begun and not whole, or of no kind of ours
  node,    ///< a node's folder, with node.toml
  data,    ///< a node's data folder, or its database
  backup,  ///< a whole one
  site,    ///< of `export tiles`
};
FolderKind kind_of_folder(const std::filesystem::path& folder);

/// Error failed: it is none of `fit`; the sentence says what it is, and `instead`, what is wanted.
Result<void> expect_folder(const std::filesystem::path& folder,
                           std::initializer_list<FolderKind> fit, std::string_view instead);

}  // namespace tallinn
