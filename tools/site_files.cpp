#include "tools/site_files.h"

#include <algorithm>
#include <filesystem>

#include "ledger/file_lock.h"
#include "ledger/file_text.h"

namespace tallinn {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFileBytes = 32u << 20;

std::unexpected<Error> could_not(const fs::path& path, const std::string& why) {
  return refuse(Code::unavailable, path.string() + ": " + why);
}

class FolderFiles final : public SiteFiles {
 public:
  FolderFiles(fs::path root, std::unique_ptr<FolderLock> lock)
      : root_(std::move(root)), lock_(std::move(lock)) {}

  Result<Bytes> read(const std::string& path) override {
    return read_file(root_ / path, kMaxFileBytes);
  }

  Result<void> put(const std::string& path, BytesView content) override {
    return write_file_unsynced(root_ / path, content);
  }

  Result<void> settle() override { return sync_files(root_); }

  Result<void> replace(const std::string& path, BytesView content) override {
    std::error_code failed;
    fs::create_directories((root_ / path).parent_path(), failed);
    if (failed) return could_not((root_ / path).parent_path(), failed.message());
    return write_file_durably(root_ / path, content);
  }

  Result<std::vector<std::string>> partial_folders(const std::string& folder) override {
    std::vector<std::string> found;
    std::error_code failed;
    if (!fs::exists(root_ / folder, failed)) return found;
    for (fs::recursive_directory_iterator at(root_ / folder, failed), end; !failed && at != end;
         at.increment(failed))
      if (at->path().extension() == ".p" && at->is_directory(failed))
        found.push_back(at->path().lexically_relative(root_).generic_string());
    if (failed) return could_not(root_ / folder, failed.message());
    std::ranges::sort(found);
    return found;
  }

  Result<void> remove_folder(const std::string& path) override {
    std::error_code failed;
    fs::remove_all(root_ / path, failed);
    if (failed) return could_not(root_ / path, failed.message());
    return {};
  }

 private:
  fs::path root_;
  std::unique_ptr<FolderLock> lock_;
};

}  // namespace

Result<std::unique_ptr<SiteFiles>> open_site_files(const std::string& root) {
  auto lock = FolderLock::take(root, "another export");
  if (!lock) return std::unexpected(lock.error());
  return std::make_unique<FolderFiles>(root, *std::move(lock));
}

}  // namespace tallinn
