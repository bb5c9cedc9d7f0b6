#include "tools/folder_kind.h"

#include <algorithm>

#include "ledger/file_backup.h"

namespace tallinn {
namespace {

std::string_view words_for(FolderKind kind) {
  switch (kind) {
    case FolderKind::node: return "a node's folder";
    case FolderKind::data: return "a node's data";
    case FolderKind::backup: return "a backup";
    case FolderKind::site: return "a static site of `export tiles`";
    case FolderKind::other: break;
  }
  return "none of these";
}

}  // namespace

FolderKind kind_of_folder(const std::filesystem::path& folder) {
  const auto has = [&](const char* name) {
    std::error_code failed;
    return std::filesystem::exists(folder / name, failed);
  };
  if (has("node.toml")) return FolderKind::node;
  if (has("db/CURRENT") || has("CURRENT")) return FolderKind::data;
  if (is_backup(folder)) return FolderKind::backup;
  return has("api/v1/charter") ? FolderKind::site : FolderKind::other;
}

Result<void> expect_folder(const std::filesystem::path& folder,
                           std::initializer_list<FolderKind> fit, std::string_view instead) {
  const FolderKind kind = kind_of_folder(folder);
  if (std::ranges::find(fit, kind) != fit.end()) return {};
  const std::string is = kind == FolderKind::other ? " is no folder of ours, or not whole: "
                                                   : " is " + std::string(words_for(kind)) + ": ";
  return refuse(Code::failed, folder.string() + is + std::string(instead));
}

}  // namespace tallinn
