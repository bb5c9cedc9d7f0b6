#include "tools/site_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

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
  explicit FolderFiles(fs::path root) : root_(std::move(root)) {}

  Result<Bytes> read(const std::string& path) override {
    return read_file(root_ / path, kMaxFileBytes);
  }

  Result<void> put(const std::string& path, BytesView content) override {
    const fs::path file = root_ / path;
    const fs::path half = file.parent_path() / ("." + file.filename().string() + ".new");
    std::error_code failed;
    fs::create_directories(file.parent_path(), failed);
    if (failed) return could_not(file.parent_path(), failed.message());
    {
      std::ofstream out(half, std::ios::binary | std::ios::trunc);
      out.write(content.data(), static_cast<std::streamsize>(content.size()));
      out.close();
      if (!out) return could_not(half, "cannot be written");
    }
    fs::rename(half, file, failed);
    if (failed) return could_not(file, failed.message());
    return {};
  }

  Result<void> settle() override {
    const int folder = ::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return could_not(root_, "cannot be opened");
    const bool synced = ::syncfs(folder) == 0;
    ::close(folder);
    if (!synced) return could_not(root_, "cannot be synced");
    return {};
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
};

}  // namespace

Result<std::unique_ptr<SiteFiles>> open_site_files(const std::string& root) {
  std::error_code failed;
  fs::create_directories(root, failed);
  if (failed) return could_not(root, failed.message());
  return std::make_unique<FolderFiles>(root);
}

}  // namespace tallinn
