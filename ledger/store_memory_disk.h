// The memory disk behind MemoryDisk: a file system that RocksDB can live on, and that can lose what
// was not synced. Shell; private to ledger/store_*. Thread-safe. What survives lose_unsynced(),
// stricter than most real disks:
//   a file's bytes up to its last sync; a name (created, renamed or deleted) as it was at the last
//   sync of its folder.
// tear_unsynced() leaves a part of the other bytes, too. Folders themselves survive at once. A
// write that fails leaves half of its bytes behind, as a torn write does.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "ledger/store_sim_disk.h"

namespace tallinn {

/// Counts what changes the disk, and fails from a chosen operation on.
class DiskFailure {
 public:
  void fail_after(std::uint64_t operations);
  /// Of the calling thread.
  void fail_mine_after(std::uint64_t operations, SimDisk::Failing how);
  /// One more write, sync, rename or new file: may it go on?
  rocksdb::IOStatus step();

 private:
  std::mutex mutex_;
  std::uint64_t left_ = 0;
  std::optional<std::thread::id> counted_;  ///< nothing: every thread
  SimDisk::Failing how_ = SimDisk::Failing::broken;
  enum class State : std::uint8_t { healthy, counting, failing } state_ = State::healthy;
};

/// One file's bytes. Outlives its name while it is open.
struct MemoryFile {
  std::mutex mutex;
  std::string content;
  std::size_t synced = 0;
};

class MemoryFileSystem final : public rocksdb::FileSystem {
 public:
  template <class T>
  using Out = std::unique_ptr<T>*;
  using IOStatus = rocksdb::IOStatus;
  using IOOptions = rocksdb::IOOptions;
  using FileOptions = rocksdb::FileOptions;
  using Debug = rocksdb::IODebugContext;
  using Path = std::string;

  const char* Name() const override { return "tallinn memory disk"; }
  IOStatus NewSequentialFile(const Path&, const FileOptions&, Out<rocksdb::FSSequentialFile>,
                             Debug*) override;
  IOStatus NewRandomAccessFile(const Path&, const FileOptions&, Out<rocksdb::FSRandomAccessFile>,
                               Debug*) override;
  IOStatus NewWritableFile(const Path&, const FileOptions&, Out<rocksdb::FSWritableFile>,
                           Debug*) override;
  IOStatus ReopenWritableFile(const Path&, const FileOptions&, Out<rocksdb::FSWritableFile>,
                              Debug*) override;
  IOStatus NewDirectory(const Path&, const IOOptions&, Out<rocksdb::FSDirectory>, Debug*) override;
  IOStatus FileExists(const Path&, const IOOptions&, Debug*) override;
  IOStatus GetChildren(const Path&, const IOOptions&, std::vector<std::string>*, Debug*) override;
  IOStatus DeleteFile(const Path&, const IOOptions&, Debug*) override;
  IOStatus Truncate(const Path&, std::size_t, const IOOptions&, Debug*) override;
  IOStatus CreateDir(const Path&, const IOOptions&, Debug*) override;
  IOStatus CreateDirIfMissing(const Path&, const IOOptions&, Debug*) override;
  IOStatus DeleteDir(const Path&, const IOOptions&, Debug*) override;
  IOStatus GetFileSize(const Path&, const IOOptions&, std::uint64_t*, Debug*) override;
  IOStatus GetFileModificationTime(const Path&, const IOOptions&, std::uint64_t*, Debug*) override;
  IOStatus RenameFile(const Path& from, const Path& to, const IOOptions&, Debug*) override;
  IOStatus LockFile(const Path&, const IOOptions&, rocksdb::FileLock**, Debug*) override;
  IOStatus UnlockFile(rocksdb::FileLock*, const IOOptions&, Debug*) override;
  IOStatus GetTestDirectory(const IOOptions&, std::string*, Debug*) override;
  IOStatus GetAbsolutePath(const Path&, const IOOptions&, std::string*, Debug*) override;
  IOStatus IsDirectory(const Path&, const IOOptions&, bool*, Debug*) override;
  IOStatus GetFreeSpace(const Path&, const IOOptions&, std::uint64_t*, Debug*) override;

  /// Makes the names of a folder durable.
  IOStatus sync_names(const std::string& folder);
  void tear_unsynced(unsigned permille);
  /// All that is on this one now.
  std::shared_ptr<MemoryFileSystem> copy();
  bool flip_in_table(std::size_t n);
  bool has_bytes(BytesView bytes);
  DiskFailure& failure() { return failure_; }

 private:
  using Names = std::map<std::string, std::shared_ptr<MemoryFile>>;
  std::shared_ptr<MemoryFile> find(const std::string& path);

  DiskFailure failure_;
  std::mutex mutex_;
  Names names_;    // as they are seen
  Names durable_;  // as they are after a power cut
  std::set<std::string> folders_;
  std::set<std::string> locks_;
};

class MemoryStoreDisk final : public SimDisk {
 public:
  explicit MemoryStoreDisk(std::shared_ptr<MemoryFileSystem> files);
  void lose_unsynced() override { files_->tear_unsynced(0); }
  void tear_unsynced(unsigned permille) override { files_->tear_unsynced(permille); }
  void fail_after(std::uint64_t operations) override { files_->failure().fail_after(operations); }
  void fail_mine_after(std::uint64_t operations, Failing how) override {
    files_->failure().fail_mine_after(operations, how);
  }
  std::shared_ptr<SimDisk> copy() override;
  bool flip_in_table(std::size_t n) override { return files_->flip_in_table(n); }
  bool has_bytes(BytesView bytes) override { return files_->has_bytes(bytes); }
  rocksdb::Env* env() const { return env_.get(); }

 private:
  std::shared_ptr<MemoryFileSystem> files_;
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace tallinn
