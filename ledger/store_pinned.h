// A store's files as they were at one moment, held open: what a reader opens beside a writer that
// flushes, compacts and deletes. Shell; private to ledger/store_*.
//
// RocksDB reads the manifest first and the files that it names afterwards; a writer may delete them
// in between, or flush a write-ahead log into a table that the manifest as read does not name. Here
// every file is opened before anything is read, and the moment counts only when no file was made or
// missed and no manifest has grown meanwhile. Manifests and write-ahead logs are read up to where
// they were then: a log that went on could say that views are read which the manifest does not
// have. A deleted file lives as long as it is open.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "ledger/fault.h"

namespace tallinn {

/// Reads of the pinned folder are answered from the files held open; everything else goes to the
/// disk. Thread-safe once made: it changes nothing of itself.
class PinnedFiles final : public rocksdb::FileSystemWrapper {
 public:
  /// Holds the data files of `folder` open (CURRENT, manifests, tables, write-ahead logs). Tries
  /// again while a writer makes files faster than they can be opened (tens of microseconds each):
  /// bounded, then Fault::io. Costs a descriptor a file.
  static Stored<std::shared_ptr<PinnedFiles>> pin(const std::string& folder);
  ~PinnedFiles() override;

  const char* Name() const override { return "tallinn pinned files"; }

  using IOStatus = rocksdb::IOStatus;
  using Debug = rocksdb::IODebugContext;
  IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* file,
                             Debug* debug) override;
  IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                               Debug* debug) override;
  IOStatus FileExists(const std::string& path, const rocksdb::IOOptions& options,
                      Debug* debug) override;
  IOStatus GetChildren(const std::string& path, const rocksdb::IOOptions& options,
                       std::vector<std::string>* names, Debug* debug) override;
  IOStatus GetFileSize(const std::string& path, const rocksdb::IOOptions& options,
                       std::uint64_t* size, Debug* debug) override;

 private:
  struct Pin {
    int descriptor;
    std::uint64_t size;  ///< when it was pinned: it is read up to here
  };
  enum class Outcome : std::uint8_t { pinned, changed };

  explicit PinnedFiles(std::string folder);
  Stored<Outcome> try_pin();
  Stored<Outcome> pin_file(const std::string& name);
  Stored<std::set<std::string>> names_on_disk() const;
  bool manifests_grew() const;
  void release();
  const Pin* find(const std::string& path) const;
  bool is_folder(const std::string& path) const;

  std::string folder_;
  std::map<std::string, Pin, std::less<>> pins_;
};

}  // namespace tallinn
