#include "ledger/store_memory_disk.h"

#include <rocksdb/system_clock.h>

#include <algorithm>

namespace tallinn {

namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

/// "a//b/" and "a/b" are one path.
std::string plain(const std::string& path) {
  std::string out;
  for (char c : path)
    if (c != '/' || out.empty() || out.back() != '/') out.push_back(c);
  if (out.size() > 1 && out.back() == '/') out.pop_back();
  return out;
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string(".") : path.substr(0, slash);
}

IOStatus no_such(const std::string& path) {
  return IOStatus::PathNotFound(path);
}

/// Copies: the file may grow, and move, while the reader holds its slice.
IOStatus read_at(MemoryFile& file, std::uint64_t offset, std::size_t n, Slice* result,
                 char* scratch) {
  const std::lock_guard lock(file.mutex);
  const std::size_t begin = std::min<std::size_t>(offset, file.content.size());
  const std::size_t count = std::min(n, file.content.size() - begin);
  std::copy_n(file.content.data() + begin, count, scratch);
  *result = Slice(scratch, count);
  return IOStatus::OK();
}

class Sequential final : public rocksdb::FSSequentialFile {
 public:
  explicit Sequential(std::shared_ptr<MemoryFile> file) : file_(std::move(file)) {}
  IOStatus Read(std::size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) override {
    auto status = read_at(*file_, at_, n, result, scratch);
    at_ += result->size();
    return status;
  }
  IOStatus Skip(std::uint64_t n) override {
    at_ += n;
    return IOStatus::OK();
  }

 private:
  std::shared_ptr<MemoryFile> file_;
  std::uint64_t at_ = 0;
};

class RandomAccess final : public rocksdb::FSRandomAccessFile {
 public:
  explicit RandomAccess(std::shared_ptr<MemoryFile> file) : file_(std::move(file)) {}
  IOStatus Read(std::uint64_t offset, std::size_t n, const IOOptions&, Slice* result, char* scratch,
                IODebugContext*) const override {
    return read_at(*file_, offset, n, result, scratch);
  }

 private:
  std::shared_ptr<MemoryFile> file_;
};

class Writable final : public rocksdb::FSWritableFile {
 public:
  Writable(std::shared_ptr<MemoryFile> file, DiskFailure& failure)
      : file_(std::move(file)), failure_(failure) {}
  using rocksdb::FSWritableFile::Append;
  IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
    const IOStatus status = failure_.step();
    const std::lock_guard lock(file_->mutex);
    file_->content.append(data.data(), status.ok() ? data.size() : data.size() / 2);
    return status;
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions&, IODebugContext*) override {
    const std::lock_guard lock(file_->mutex);
    file_->content.resize(size);
    file_->synced = std::min<std::size_t>(file_->synced, size);
    return IOStatus::OK();
  }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    IOStatus status = failure_.step();
    const std::lock_guard lock(file_->mutex);
    if (status.ok()) file_->synced = file_->content.size();
    return status;
  }
  bool IsSyncThreadSafe() const override { return true; }
  std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override {
    const std::lock_guard lock(file_->mutex);
    return file_->content.size();
  }

 private:
  std::shared_ptr<MemoryFile> file_;
  DiskFailure& failure_;
};

class Folder final : public rocksdb::FSDirectory {
 public:
  Folder(MemoryFileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return files_.sync_names(path_); }
  IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

 private:
  MemoryFileSystem& files_;
  std::string path_;
};

/// RocksDB sleeps a second after a background write failed, in case the disk recovers; a memory
/// disk never does.
class HurriedClock final : public rocksdb::SystemClockWrapper {
 public:
  using SystemClockWrapper::SystemClockWrapper;
  const char* Name() const override { return "tallinn hurried clock"; }
  void SleepForMicroseconds(int) override { std::this_thread::yield(); }
};

class MemoryEnv final : public rocksdb::EnvWrapper {
 public:
  explicit MemoryEnv(const std::shared_ptr<MemoryFileSystem>& files)
      : EnvWrapper(rocksdb::NewCompositeEnv(files)) {
    system_clock_ = std::make_shared<HurriedClock>(rocksdb::SystemClock::Default());
  }
  const char* Name() const override { return "tallinn memory disk"; }
};

class Lock final : public rocksdb::FileLock {
 public:
  explicit Lock(std::string locked) : path(std::move(locked)) {}
  const std::string path;
};

}  // namespace

std::shared_ptr<MemoryFile> MemoryFileSystem::find(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto at = names_.find(plain(path));
  return at == names_.end() ? nullptr : at->second;
}

IOStatus MemoryFileSystem::NewSequentialFile(const Path& path, const FileOptions&,
                                             Out<rocksdb::FSSequentialFile> result, Debug*) {
  auto file = find(path);
  if (!file) return no_such(path);
  *result = std::make_unique<Sequential>(std::move(file));
  return IOStatus::OK();
}

IOStatus MemoryFileSystem::NewRandomAccessFile(const Path& path, const FileOptions&,
                                               Out<rocksdb::FSRandomAccessFile> result, Debug*) {
  auto file = find(path);
  if (!file) return no_such(path);
  *result = std::make_unique<RandomAccess>(std::move(file));
  return IOStatus::OK();
}

IOStatus MemoryFileSystem::NewWritableFile(const Path& path, const FileOptions&,
                                           Out<rocksdb::FSWritableFile> result, Debug*) {
  // RocksDB spells its options out for people, reads the file back to check it, and goes on
  // without: half of an opening.
  if (path.contains("/OPTIONS-"))
    return IOStatus::NotSupported("nobody reads options on a memory disk");
  if (auto status = failure_.step(); !status.ok()) return status;
  auto file = std::make_shared<MemoryFile>();
  const std::lock_guard lock(mutex_);
  names_[plain(path)] = file;
  *result = std::make_unique<Writable>(std::move(file), failure_);
  return IOStatus::OK();
}

IOStatus MemoryFileSystem::ReopenWritableFile(const Path& path, const FileOptions& options,
                                              Out<rocksdb::FSWritableFile> result, Debug* debug) {
  auto file = find(path);
  if (!file) return NewWritableFile(path, options, result, debug);
  *result = std::make_unique<Writable>(std::move(file), failure_);
  return IOStatus::OK();
}

IOStatus MemoryFileSystem::NewDirectory(const Path& path, const IOOptions&,
                                        Out<rocksdb::FSDirectory> result, Debug*) {
  *result = std::make_unique<Folder>(*this, plain(path));
  return IOStatus::OK();
}

IOStatus MemoryFileSystem::FileExists(const Path& path, const IOOptions&, Debug*) {
  if (find(path)) return IOStatus::OK();
  const std::lock_guard lock(mutex_);
  return folders_.contains(plain(path)) ? IOStatus::OK() : IOStatus::NotFound(path);
}

IOStatus MemoryFileSystem::GetChildren(const Path& path, const IOOptions&,
                                       std::vector<std::string>* result, Debug*) {
  const std::string folder = plain(path);
  const std::lock_guard lock(mutex_);
  if (!folders_.contains(folder)) return no_such(path);
  result->clear();
  for (const auto& [name, file] : names_)
    if (folder_of(name) == folder) result->push_back(name.substr(folder.size() + 1));
  return IOStatus::OK();
}

IOStatus MemoryFileSystem::DeleteFile(const Path& path, const IOOptions&, Debug*) {
  const std::lock_guard lock(mutex_);
  return names_.erase(plain(path)) == 1 ? IOStatus::OK() : no_such(path);
}

IOStatus MemoryFileSystem::Truncate(const Path& path, std::size_t size, const IOOptions&, Debug*) {
  const auto file = find(path);
  if (!file) return no_such(path);
  const std::lock_guard lock(file->mutex);
  file->content.resize(size);
  file->synced = std::min(file->synced, size);
  return IOStatus::OK();
}

IOStatus MemoryFileSystem::CreateDir(const Path& path, const IOOptions&, Debug*) {
  const std::lock_guard lock(mutex_);
  return folders_.insert(plain(path)).second ? IOStatus::OK() : IOStatus::IOError(path, "exists");
}

IOStatus MemoryFileSystem::CreateDirIfMissing(const Path& path, const IOOptions&, Debug*) {
  const std::lock_guard lock(mutex_);
  folders_.insert(plain(path));
  return IOStatus::OK();
}

IOStatus MemoryFileSystem::DeleteDir(const Path& path, const IOOptions&, Debug*) {
  const std::lock_guard lock(mutex_);
  return folders_.erase(plain(path)) == 1 ? IOStatus::OK() : no_such(path);
}

IOStatus MemoryFileSystem::GetFileSize(const Path& path, const IOOptions&, std::uint64_t* size,
                                       Debug*) {
  const auto file = find(path);
  if (!file) return no_such(path);
  const std::lock_guard lock(file->mutex);
  *size = file->content.size();
  return IOStatus::OK();
}

IOStatus MemoryFileSystem::GetFileModificationTime(const Path& path, const IOOptions&,
                                                   std::uint64_t* time, Debug*) {
  *time = 0;
  return find(path) ? IOStatus::OK() : no_such(path);
}

IOStatus MemoryFileSystem::RenameFile(const Path& from, const Path& to, const IOOptions&, Debug*) {
  if (auto status = failure_.step(); !status.ok()) return status;
  const std::lock_guard lock(mutex_);
  const auto at = names_.find(plain(from));
  if (at == names_.end()) return no_such(from);
  auto file = at->second;
  names_.erase(at);
  names_[plain(to)] = std::move(file);
  return IOStatus::OK();
}

IOStatus MemoryFileSystem::LockFile(const Path& path, const IOOptions&, rocksdb::FileLock** lock,
                                    Debug*) {
  const std::lock_guard guard(mutex_);
  if (!locks_.insert(plain(path)).second)
    return IOStatus::IOError(path, "is locked: the store is open already");
  *lock = new Lock(plain(path));
  return IOStatus::OK();
}

IOStatus MemoryFileSystem::UnlockFile(rocksdb::FileLock* lock, const IOOptions&, Debug*) {
  const std::unique_ptr<Lock> owned(static_cast<Lock*>(lock));
  const std::lock_guard guard(mutex_);
  locks_.erase(owned->path);
  return IOStatus::OK();
}

IOStatus MemoryFileSystem::GetTestDirectory(const IOOptions&, std::string* path, Debug*) {
  *path = "/test";
  return IOStatus::OK();
}

IOStatus MemoryFileSystem::GetAbsolutePath(const Path& path, const IOOptions&, std::string* result,
                                           Debug*) {
  *result = path;
  return IOStatus::OK();
}

IOStatus MemoryFileSystem::IsDirectory(const Path& path, const IOOptions&, bool* is_folder,
                                       Debug*) {
  const std::lock_guard lock(mutex_);
  *is_folder = folders_.contains(plain(path));
  return *is_folder || names_.contains(plain(path)) ? IOStatus::OK() : no_such(path);
}

IOStatus MemoryFileSystem::GetFreeSpace(const Path&, const IOOptions&, std::uint64_t* bytes,
                                        Debug*) {
  *bytes = std::uint64_t{1} << 40;
  return IOStatus::OK();
}

IOStatus MemoryFileSystem::sync_names(const std::string& folder) {
  if (auto status = failure_.step(); !status.ok()) return status;
  const std::lock_guard lock(mutex_);
  std::erase_if(durable_, [&](const auto& named) { return folder_of(named.first) == folder; });
  for (const auto& named : names_)
    if (folder_of(named.first) == folder) durable_.insert(named);
  return IOStatus::OK();
}

bool MemoryFileSystem::flip_in_table(std::size_t n) {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, file] : names_) {
    if (!name.ends_with(".sst") || n-- > 0) continue;
    const std::lock_guard file_lock(file->mutex);
    char& byte = file->content.at(8);  // within the first block
    byte = static_cast<char>(byte ^ 1);
    return true;
  }
  return false;
}

bool MemoryFileSystem::has_bytes(BytesView bytes) {
  const std::lock_guard lock(mutex_);
  for (const Names* names : {&names_, &durable_})
    for (const auto& [name, file] : *names) {
      const std::lock_guard file_lock(file->mutex);
      if (file->content.contains(bytes)) return true;
    }
  return false;
}

MemoryStoreDisk::MemoryStoreDisk(std::shared_ptr<MemoryFileSystem> files)
    : files_(std::move(files)), env_(std::make_unique<MemoryEnv>(files_)) {}

std::shared_ptr<MemoryDisk> MemoryDisk::make() {
  return SimDisk::make();
}

}  // namespace tallinn
