// The RocksDB database behind a Store: its settings, its opening, and its answers as ours.
// Shell; private to ledger/store_*. Thread-safe once opened. Settings and reasons: docs/decisions,
// "RocksDB settings".
#pragma once

#include <rocksdb/db.h>

#include <array>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "ledger/store_db.h"
#include "ledger/store_generation.h"

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
  /// Null: it is away. `generation`: of views and undo; may be null for the others.
  rocksdb::ColumnFamilyHandle* family(const Generation* generation, Family family) const;
  /// All that are read. Of the writer.
  std::vector<rocksdb::ColumnFamilyHandle*> families() const;

  /// What is read: which generation, and the snapshot, or null for the newest.
  struct Moment {
    std::shared_ptr<const Generation> generation;
    const rocksdb::Snapshot* snapshot = nullptr;
  };
  Moment newest() const;
  /// With a snapshot, which the caller releases.
  Moment pin() const;
  Stored<std::optional<Bytes>> get(const Moment& at, Family family, BytesView key) const;

  /// Deletes what no version of the database needs any more, now instead of in the background.
  rocksdb::Status delete_old_files();
  /// No table and no write-ahead log is left of an earlier version, as for a reader that began with
  /// it.
  bool has_only_live_files() const;
  /// Makes it durable which files there are.
  rocksdb::Status sync_folder();

  using Range = StoreReader::Range;
  enum class Direction : std::uint8_t { forward, backward };
  Stored<void> scan(const Moment& at, Family family, Range range, Direction direction,
                    const StoreReader::Visit& visit) const;
  /// As a StoreReader's (ledger/store_each.cpp).
  Stored<void> get_each(const Moment& at, Family family, std::span<const BytesView> keys,
                        const StoreReader::VisitOf& visit) const;
  Stored<void> scan_each(const Moment& at, Family family, std::span<const Range> ranges,
                         const StoreReader::VisitOf& visit) const;

  /// Drops the family and makes it anew. Only while nobody reads.
  rocksdb::Status make_empty(Family family);

  /// Empty, beside the one that is read.
  Stored<std::shared_ptr<Generation>> make_generation();
  /// The batch is written, and `next` is read from then on: no moment is between the two.
  rocksdb::Status write_and_use(const rocksdb::WriteOptions& options, rocksdb::WriteBatch& batch,
                                std::shared_ptr<Generation> next);
  /// Drops the one that was read before; who still reads it goes on.
  rocksdb::Status drop_retired();

 private:
  explicit Engine(const StoreOptions& options);
  rocksdb::ColumnFamilyOptions shape(Family family) const;
  using Generations = std::map<std::uint32_t, std::shared_ptr<Generation>>;
  Generations take(std::span<rocksdb::ColumnFamilyHandle* const> handles);
  Stored<void> choose(Generations& generations, StoreOptions::Access access);
  Stored<void> tidy(const Generations& others);
  Stored<void> check_format(StoreOptions::Access access);
  Stored<bool> is_empty() const;

  const StoreOptions options_;  ///< holds the disk
  std::shared_ptr<rocksdb::Cache> cache_;
  std::unique_ptr<rocksdb::Env> pinned_env_;  ///< for a reader on a real disk; outlives db_
  std::unique_ptr<rocksdb::DB> db_;
  /// By Family, but for those of generations; null: a reader's family that is away.
  std::array<rocksdb::ColumnFamilyHandle*, kFamilies> fixed_{};
  mutable std::mutex mutex_;  ///< over the two below, once opened
  std::shared_ptr<Generation> current_;
  std::shared_ptr<Generation> retired_;
};

}  // namespace tallinn
