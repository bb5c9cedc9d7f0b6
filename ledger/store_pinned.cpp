#include "ledger/store_pinned.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace tallinn {

namespace {

constexpr int kMostTries = 1'000;
constexpr std::string_view kManifest = "MANIFEST-";

/// Not the lock: closing it would end the lock that a writer in this process holds.
bool is_data(const std::string& name) {
  return name == "CURRENT" || name.starts_with(kManifest) || name.ends_with(".sst") ||
         name.ends_with(".log");
}

/// What a descriptor reads, under a name that can be opened again.
std::string path_of(int descriptor) {
  return "/proc/self/fd/" + std::to_string(descriptor);
}

std::unexpected<Fault> failed(const std::string& what, int number) {
  return broken(Fault::io, what + ": " + std::system_category().message(number));
}

/// A file that its writer goes on writing, read up to where it was.
class FirstBytes final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  FirstBytes(std::unique_ptr<rocksdb::FSSequentialFile> file, std::uint64_t size)
      : FSSequentialFileOwnerWrapper(std::move(file)), left_(size) {}

  rocksdb::IOStatus Read(std::size_t wanted, const rocksdb::IOOptions& options,
                         rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext* debug) override {
    const std::size_t most = std::min<std::uint64_t>(wanted, left_);
    auto status = FSSequentialFileOwnerWrapper::Read(most, options, result, scratch, debug);
    if (status.ok()) left_ -= result->size();
    return status;
  }
  rocksdb::IOStatus Skip(std::uint64_t wanted) override {
    const std::uint64_t most = std::min(wanted, left_);
    left_ -= most;
    return FSSequentialFileOwnerWrapper::Skip(most);
  }

 private:
  std::uint64_t left_;
};

}  // namespace

PinnedFiles::PinnedFiles(std::string folder)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), folder_(std::move(folder)) {}

PinnedFiles::~PinnedFiles() {
  release();
}

void PinnedFiles::release() {
  for (const auto& [name, pin] : pins_) ::close(pin.descriptor);
  pins_.clear();
}

Stored<std::shared_ptr<PinnedFiles>> PinnedFiles::pin(const std::string& folder) {
  std::shared_ptr<PinnedFiles> files(new PinnedFiles(folder));
  for (int tries = 0; tries < kMostTries; ++tries) {
    const auto outcome = files->try_pin();
    if (!outcome) return std::unexpected(outcome.error());
    if (*outcome == Outcome::pinned) return files;
    files->release();
  }
  return broken(Fault::io, "the files of " + folder +
                               " change faster than they can be opened: try again when the node "
                               "that writes there is less busy");
}

Stored<std::set<std::string>> PinnedFiles::names_on_disk() const {
  std::error_code error;
  std::set<std::string> names;
  for (std::filesystem::directory_iterator at(folder_, error), end; !error && at != end;
       at.increment(error))
    if (std::string name = at->path().filename().string(); is_data(name))
      names.insert(std::move(name));
  if (error) return broken(Fault::io, "cannot list " + folder_ + ": " + error.message());
  return names;
}

Stored<PinnedFiles::Outcome> PinnedFiles::pin_file(const std::string& name) {
  const std::string path = folder_ + "/" + name;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0 && errno == ENOENT) return Outcome::changed;
  if (descriptor < 0) return failed("cannot open " + path, errno);
  struct stat status{};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return broken(Fault::io, path + " is not a file");
  }
  pins_.emplace(name, Pin{descriptor, static_cast<std::uint64_t>(status.st_size)});
  return Outcome::pinned;
}

/// The manifests before all others: what they name is then older than the listing, so that it is
/// either opened below or noticed as missing.
Stored<PinnedFiles::Outcome> PinnedFiles::try_pin() {
  const auto before = names_on_disk();
  if (!before) return std::unexpected(before.error());
  for (const bool manifests : {true, false}) {
    for (const std::string& name : *before) {
      if (name.starts_with(kManifest) != manifests) continue;
      const auto outcome = pin_file(name);
      if (!outcome || *outcome == Outcome::changed) return outcome;
    }
  }
  const auto after = names_on_disk();
  if (!after) return std::unexpected(after.error());
  const bool same = std::ranges::includes(*before, *after) && !manifests_grew();
  return same ? Outcome::pinned : Outcome::changed;
}

bool PinnedFiles::manifests_grew() const {
  return std::ranges::any_of(pins_, [](const auto& one) {
    struct stat status{};
    return one.first.starts_with(kManifest) &&
           (::fstat(one.second.descriptor, &status) != 0 ||
            static_cast<std::uint64_t>(status.st_size) != one.second.size);
  });
}

bool PinnedFiles::is_folder(const std::string& path) const {
  return path == folder_ || path == folder_ + "/";
}

const PinnedFiles::Pin* PinnedFiles::find(const std::string& path) const {
  const std::filesystem::path wanted(path);
  if (!is_folder(wanted.parent_path().string())) return nullptr;
  const auto found = pins_.find(wanted.filename().string());
  return found == pins_.end() ? nullptr : &found->second;
}

rocksdb::IOStatus PinnedFiles::NewSequentialFile(const std::string& path,
                                                 const rocksdb::FileOptions& options,
                                                 std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                                 Debug* debug) {
  const Pin* pin = find(path);
  if (pin == nullptr) return target()->NewSequentialFile(path, options, file, debug);
  auto status = target()->NewSequentialFile(path_of(pin->descriptor), options, file, debug);
  if (status.ok()) *file = std::make_unique<FirstBytes>(std::move(*file), pin->size);
  return status;
}

rocksdb::IOStatus PinnedFiles::NewRandomAccessFile(
    const std::string& path, const rocksdb::FileOptions& options,
    std::unique_ptr<rocksdb::FSRandomAccessFile>* file, Debug* debug) {
  const Pin* pin = find(path);
  return target()->NewRandomAccessFile(pin == nullptr ? path : path_of(pin->descriptor), options,
                                       file, debug);
}

rocksdb::IOStatus PinnedFiles::FileExists(const std::string& path,
                                          const rocksdb::IOOptions& options, Debug* debug) {
  return find(path) != nullptr ? IOStatus::OK() : target()->FileExists(path, options, debug);
}

rocksdb::IOStatus PinnedFiles::GetChildren(const std::string& path,
                                           const rocksdb::IOOptions& options,
                                           std::vector<std::string>* names, Debug* debug) {
  if (!is_folder(path)) return target()->GetChildren(path, options, names, debug);
  names->clear();
  for (const auto& [name, pin] : pins_) names->push_back(name);
  return IOStatus::OK();
}

rocksdb::IOStatus PinnedFiles::GetFileSize(const std::string& path,
                                           const rocksdb::IOOptions& options, std::uint64_t* size,
                                           Debug* debug) {
  const Pin* pin = find(path);
  if (pin == nullptr) return target()->GetFileSize(path, options, size, debug);
  *size = pin->size;
  return IOStatus::OK();
}

}  // namespace tallinn
