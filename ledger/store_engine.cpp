#include "ledger/store_engine.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <filesystem>

#include "events/wire.h"
#include "ledger/store_memory_disk.h"
#include "ledger/store_pinned.h"

namespace tallinn {

namespace {

constexpr std::string_view kFormatKey = "format";

/// By Family. RocksDB always has a family "default"; it is our meta.
constexpr std::array<std::string_view, kFamilies> kNames = {"entries",  "rows",  "ids",  "notes",
                                                            "withheld", "views", "undo", "default"};
constexpr std::size_t kEventIdBytes = 16;

/// RocksDB writes a log of its own beside the data; on a memory disk and for readers nobody would
/// read it.
class SilentLogger final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::CompressionType compression(rocksdb::CompressionType wanted) {
  const auto supported = rocksdb::GetSupportedCompressions();
  return std::ranges::find(supported, wanted) != supported.end() ? wanted : rocksdb::kNoCompression;
}

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
  db.max_bgerror_resume_count = 0;  // a failed write is final
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

rocksdb::ColumnFamilyOptions family_options(Family family,
                                            const std::shared_ptr<rocksdb::Cache>& cache,
                                            bool scratch) {
  const FamilyShape shape = shape_of(family);
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
  column.write_buffer_size = 16u << 20;
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

rocksdb::Env* env_of(const StoreOptions& options) {
  const auto* memory = dynamic_cast<const MemoryStoreDisk*>(options.disk.get());
  return memory != nullptr ? memory->env() : rocksdb::Env::Default();
}

/// Only what is derived is ever made empty.
bool may_be_away(Family family) {
  return family == Family::rows || family == Family::ids || family == Family::views ||
         family == Family::undo;
}

std::vector<Family> every_family() {
  std::vector<Family> families;
  for (std::size_t i = 0; i < kFamilies; ++i) families.push_back(static_cast<Family>(i));
  return families;
}

/// A crash within make_empty leaves a family away. A reader, who makes none, finds it empty.
std::vector<Family> families_there(const rocksdb::DBOptions& options, const std::string& path) {
  std::vector<Family> families = every_family();
  std::vector<std::string> names;
  if (rocksdb::DB::ListColumnFamilies(options, path, &names).ok())  // else opening says why
    std::erase_if(families, [&](Family family) {
      return may_be_away(family) &&
             std::ranges::find(names, kNames[static_cast<std::size_t>(family)]) == names.end();
    });
  return families;
}

/// Data without a CURRENT file is a damaged store: RocksDB would begin a new one over it.
Stored<void> check_folder(rocksdb::Env& env, const std::string& path, StoreOptions::Access access) {
  if (env.FileExists(path + "/CURRENT").ok()) return {};
  std::vector<std::string> names;
  env.GetChildren(path, &names).PermitUncheckedError();
  const auto is_data = [](std::string_view name) {
    return name.ends_with(".sst") || name.ends_with(".log");
  };
  if (std::ranges::any_of(names, is_data))
    return broken(Fault::corrupt, "the store " + path + " has data but no CURRENT file");
  if (access != StoreOptions::Access::read_write)
    return broken(Fault::io, "there is no store in " + path);
  return {};
}

}  // namespace

Fault fault_of(const rocksdb::Status& status, std::string_view what) {
  const bool io = status.IsIOError() || status.IsNoSpace() || status.IsBusy() ||
                  status.IsTryAgain() || status.IsTimedOut() || status.IsAborted() ||
                  status.IsShutdownInProgress();
  return {.kind = io ? Fault::io : Fault::corrupt,
          .detail = std::string(what) + ": " + status.ToString()};
}

Stored<std::unique_ptr<Engine>> Engine::open(const std::string& path, const StoreOptions& options) {
  rocksdb::Env* env = env_of(options);
  const bool reads_only = options.access != StoreOptions::Access::read_write;
  if (!options.disk && !reads_only) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return broken(Fault::io, "cannot make the folder " + path + ": " + error.message());
  }
  if (auto folder = check_folder(*env, path, options.access); !folder)
    return std::unexpected(folder.error());

  std::unique_ptr<Engine> engine(new Engine(options));
  if (!options.disk && reads_only) {
    auto files = PinnedFiles::pin(path);
    if (!files) return std::unexpected(files.error());
    engine->pinned_env_ = rocksdb::NewCompositeEnv(std::move(*files));
    env = engine->pinned_env_.get();
  }
  const rocksdb::DBOptions db_options = database_options(options, env);
  const std::vector<Family> there = reads_only ? families_there(db_options, path) : every_family();
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const Family one : there)
    families.emplace_back(std::string(kNames[static_cast<std::size_t>(one)]), engine->shape(one));
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      reads_only ? rocksdb::DB::OpenForReadOnly(db_options, path, families, &handles, &db)
                 : rocksdb::DB::Open(db_options, path, families, &handles, &db);
  if (!status.ok()) return std::unexpected(fault_of(status, "cannot open the store " + path));
  engine->db_.reset(db);
  for (std::size_t i = 0; i < there.size(); ++i)
    engine->handles_[static_cast<std::size_t>(there[i])] = handles[i];
  if (auto format = engine->check_format(options.access); !format)
    return std::unexpected(format.error());
  return engine;
}

Engine::Engine(const StoreOptions& options)
    : disk_(options.disk),
      cache_(rocksdb::NewLRUCache(options.cache_bytes)),
      scratch_(options.scratch),
      handles_(kFamilies) {}

rocksdb::ColumnFamilyOptions Engine::shape(Family family) const {
  return family_options(family, cache_, scratch_);
}

Engine::~Engine() {
  if (!db_) return;
  for (rocksdb::ColumnFamilyHandle* handle : handles_)
    if (handle != nullptr) db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  db_->Close().PermitUncheckedError();
}

Stored<bool> Engine::is_empty() const {
  bool empty = true;
  const auto found = [&](BytesView, BytesView) {
    empty = false;
    return StoreReader::Next::stop;
  };
  for (std::size_t i = 0; i < kFamilies && empty; ++i)
    if (auto scanned = scan(static_cast<Family>(i), {}, Direction::forward, found, nullptr);
        !scanned)
      return std::unexpected(scanned.error());
  return empty;
}

Stored<void> Engine::check_format(StoreOptions::Access access) {
  const auto stored = get(Family::meta, kFormatKey, nullptr);
  const bool past_damage = access == StoreOptions::Access::salvage;
  if (!stored && stored.error().kind == Fault::corrupt && past_damage) return {};
  if (!stored) return std::unexpected(stored.error());
  if (*stored) {
    WireReader reader(**stored);
    const auto format = reader.be<std::uint32_t>();
    if (reader.done() && format == kStoreFormat) return {};
    return broken(Fault::corrupt, "the store has another format version than this program");
  }
  const auto empty = is_empty();
  if (!empty) return std::unexpected(empty.error());
  if (!*empty) return broken(Fault::corrupt, "the store has data but no format version");
  if (access != StoreOptions::Access::read_write) return {};
  Bytes value;
  put_be(value, kStoreFormat);
  rocksdb::WriteOptions write;
  write.sync = true;
  const auto status = db_->Put(write, family(Family::meta), slice(kFormatKey), value);
  if (!status.ok()) return std::unexpected(fault_of(status, "cannot begin the store"));
  return {};
}

rocksdb::Status Engine::make_empty(Family wanted) {
  const auto at = static_cast<std::size_t>(wanted);
  if (const auto dropped = db_->DropColumnFamily(handles_[at]); !dropped.ok()) return dropped;
  db_->DestroyColumnFamilyHandle(std::exchange(handles_[at], nullptr)).PermitUncheckedError();
  return db_->CreateColumnFamily(shape(wanted), std::string(kNames[at]), &handles_[at]);
}

Stored<std::optional<Bytes>> Engine::get(Family wanted, BytesView key,
                                         const rocksdb::Snapshot* at) const {
  if (family(wanted) == nullptr) return std::nullopt;
  rocksdb::PinnableSlice value;
  const auto status = db_->Get(read_options(wanted, at), family(wanted), slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return std::unexpected(fault_of(status, "cannot read the store"));
  return Bytes(view(value));
}

Stored<void> Engine::scan(Family wanted, Range range, Direction direction,
                          const StoreReader::Visit& visit, const rocksdb::Snapshot* at) const {
  if (family(wanted) == nullptr || (!range.end.empty() && range.begin >= range.end)) return {};
  const rocksdb::Slice begin = slice(range.begin);
  const rocksdb::Slice end = slice(range.end);
  rocksdb::ReadOptions read = read_options(wanted, at);
  if (!range.end.empty()) read.iterate_upper_bound = &end;
  if (direction == Direction::backward) {
    read.auto_prefix_mode = false;
    read.total_order_seek = true;
    read.iterate_lower_bound = &begin;
  }
  const std::unique_ptr<rocksdb::Iterator> at_key(db_->NewIterator(read, family(wanted)));
  if (direction == Direction::forward)
    at_key->Seek(begin);
  else
    at_key->SeekToLast();
  while (at_key->Valid()) {
    if (visit(view(at_key->key()), view(at_key->value())) == StoreReader::Next::stop) return {};
    if (direction == Direction::forward)
      at_key->Next();
    else
      at_key->Prev();
  }
  if (!at_key->status().ok())
    return std::unexpected(fault_of(at_key->status(), "cannot read the store"));
  return {};
}

}  // namespace tallinn
