// The RocksDB database behind a Store: its settings, its opening, and its answers as ours.
// Shell; private to ledger/store_*. Thread-safe once opened. Settings and reasons: docs/decisions,
// "RocksDB settings".
#pragma once

#include <rocksdb/db.h>

#include <array>
#include <memory>
#include <string>

#include "ledger/store_db.h"

namespace tallinn {

/// Rises when keys or values are laid out anew; a store of another version is not opened.
inline constexpr std::uint32_t kStoreFormat = 1;

/// `what` says what was being done: "cannot commit".
Fault fault_of(const rocksdb::Status& status, std::string_view what);

inline rocksdb::Slice slice(BytesView bytes) {
  return {bytes.data(), bytes.size()};
}
inline BytesView view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

/// An open database with its families. Closes without flushing: what was committed is in the
/// write-ahead log.
class Engine {
 public:
  static Stored<std::unique_ptr<Engine>> open(const std::string& path, const StoreOptions& options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* family(Family family) const {
    return handles_[static_cast<std::size_t>(family)];
  }
  const std::vector<rocksdb::ColumnFamilyHandle*>& families() const { return handles_; }

  /// Drops the family and makes it anew.
  rocksdb::Status make_empty(Family family);

  /// `at`: a snapshot, or nothing for the newest.
  Stored<std::optional<Bytes>> get(Family family, BytesView key, const rocksdb::Snapshot* at) const;

  struct Range {
    BytesView begin;
    BytesView end;  ///< empty: to the last key
  };
  enum class Direction : std::uint8_t { forward, backward };
  Stored<void> scan(Family family, Range range, Direction direction,
                    const StoreReader::Visit& visit, const rocksdb::Snapshot* at) const;

 private:
  explicit Engine(const StoreOptions& options);
  rocksdb::ColumnFamilyOptions shape(Family family) const;
  Stored<void> check_format(StoreOptions::Access access);
  Stored<bool> is_empty() const;

  std::shared_ptr<StoreDisk> disk_;
  std::shared_ptr<rocksdb::Cache> cache_;
  const bool scratch_;
  std::unique_ptr<rocksdb::Env> pinned_env_;  ///< for a reader on a real disk; outlives db_
  std::unique_ptr<rocksdb::DB> db_;
  /// By Family; null: a reader's family that is away, and so is empty.
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

}  // namespace tallinn
