#include "ledger/store_settings.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <algorithm>

namespace tallinn {
namespace {

constexpr std::size_t kEventIdBytes = 16;

/// RocksDB writes a log of its own beside the data; on a memory disk and for readers nobody would
/// read it.
class SilentLogger final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

/// A failed write is final, also on a disk that has room again: RocksDB would go on by itself.
class NoRecovery final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* recovers) override {
    *recovers = false;
  }
};

rocksdb::CompressionType compression(rocksdb::CompressionType wanted) {
  const auto supported = rocksdb::GetSupportedCompressions();
  return std::ranges::find(supported, wanted) != supported.end() ? wanted : rocksdb::kNoCompression;
}

struct FamilyShape {
  std::size_t block_bytes;
  rocksdb::CompressionType compression;
  rocksdb::CompressionType last_level;
};
FamilyShape shape_of(Family family) {
  switch (family) {
    case Family::entries: return {16u << 10, rocksdb::kZSTD, rocksdb::kZSTD};
    case Family::withheld:
    case Family::notes: return {8u << 10, rocksdb::kZSTD, rocksdb::kZSTD};
    case Family::views:
    case Family::undo: return {8u << 10, rocksdb::kLZ4Compression, rocksdb::kLZ4Compression};
    case Family::rows:
    case Family::ids:
    case Family::meta: break;  // hashes do not compress, what stands around them does
  }
  return {8u << 10, rocksdb::kNoCompression, rocksdb::kZSTD};
}

}  // namespace

rocksdb::DBOptions database_options(const StoreOptions& options, rocksdb::Env* env) {
  rocksdb::DBOptions db;
  db.env = env;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  db.paranoid_checks = true;
  db.wal_recovery_mode = options.access == StoreOptions::Access::salvage
                             ? rocksdb::WALRecoveryMode::kSkipAnyCorruptedRecords
                             : rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.recycle_log_file_num = 0;
  db.atomic_flush = true;  // batches without a write-ahead log stay whole over all families
  db.avoid_flush_during_shutdown = true;
  db.max_bgerror_resume_count = 0;
  db.listeners.push_back(std::make_shared<NoRecovery>());
  db.max_background_jobs = 2;
  db.max_total_wal_size = 64u << 20;
  db.max_open_files = -1;
  db.max_file_opening_threads = 1;  // the default starts 16 for every family
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.keep_log_file_num = 2;
  db.max_log_file_size = 1u << 20;
  if (options.disk || options.access != StoreOptions::Access::read_write)
    db.info_log = std::make_shared<SilentLogger>();
  return db;
}

rocksdb::ColumnFamilyOptions family_options(Family family,
                                            const std::shared_ptr<rocksdb::Cache>& cache,
                                            const StoreOptions& options) {
  const FamilyShape shape = shape_of(family);
  const bool scratch = options.scratch;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = shape.block_bytes;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // A scratch store asks its filters for every new id: they must not compete with data for a cache.
  table.cache_index_and_filter_blocks = !scratch;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  // In pieces: the whole filter of a large table is larger than a shard of the cache takes, and
  // would be read and checked again for every id that is asked for.
  table.partition_filters = !scratch;
  if (!scratch) table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.format_version = 5;
  table.max_auto_readahead_size = 1u << 20;

  rocksdb::ColumnFamilyOptions column;
  column.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  // What was just flushed is soon written again by a compaction: only what stays is compressed.
  column.compression_per_level.assign(2, rocksdb::kNoCompression);
  column.compression_per_level.resize(static_cast<std::size_t>(column.num_levels),
                                      compression(shape.compression));
  // A small store's only level is its last one, which the list above leaves uncompressed.
  column.bottommost_compression = compression(shape.last_level);
  // A store on a disk in memory holds little, and a simulation opens it thousands of times.
  column.write_buffer_size = options.disk ? 1u << 20 : 16u << 20;
  column.level_compaction_dynamic_level_bytes = true;
  // Most keys that are asked for and not there, were never there: a filter answers for memtables
  // too.
  column.memtable_prefix_bloom_size_ratio = 0.05;
  column.memtable_whole_key_filtering = true;
  if (scratch) {
    column.compaction_style = rocksdb::kCompactionStyleUniversal;
    column.level0_file_num_compaction_trigger = 24;
    column.compression_per_level.clear();
    column.compression = rocksdb::kNoCompression;
    column.bottommost_compression = rocksdb::kNoCompression;
    column.level0_slowdown_writes_trigger = column.level0_stop_writes_trigger = 1'000;
    column.soft_pending_compaction_bytes_limit = column.hard_pending_compaction_bytes_limit = 0;
  }
  if (family == Family::ids)
    column.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kEventIdBytes));
  return column;
}

rocksdb::ReadOptions read_options(Family family, const rocksdb::Snapshot* at) {
  rocksdb::ReadOptions read;
  read.verify_checksums = true;
  read.snapshot = at;
  // Only ids have a prefix: a scan within one id may ask the filters, every other one sees all
  // keys.
  read.auto_prefix_mode = family == Family::ids;
  read.total_order_seek = family != Family::ids;
  return read;
}

}  // namespace tallinn
