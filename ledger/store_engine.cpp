#include "ledger/store_engine.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "events/wire.h"
#include "ledger/store_memory_disk.h"
#include "ledger/store_pinned.h"
#include "ledger/store_settings.h"

namespace tallinn {

namespace {

constexpr std::string_view kFormatKey = "format";

/// By Family. RocksDB always has a family "default"; it is our meta.
constexpr std::array<std::string_view, kFamilies> kStoredNames = {
    "entries", "rows", "ids", "notes", "withheld", "views", "undo", "default"};

rocksdb::Env* env_of(const StoreOptions& options) {
  const auto* memory = dynamic_cast<const MemoryStoreDisk*>(options.disk.get());
  return memory != nullptr ? memory->env() : rocksdb::Env::Default();
}

/// Only what is derived is ever made empty: a crash within leaves the family away.
bool may_be_away(Family family) {
  return family == Family::rows || family == Family::ids || has_generations(family);
}

std::optional<Family> family_named(std::string_view name) {
  if (const auto generation = parse_generation_family(name)) return generation->family;
  const auto found = std::ranges::find(kStoredNames, name);
  if (found == kStoredNames.end()) return std::nullopt;
  return static_cast<Family>(found - kStoredNames.begin());
}

/// Every family that is there, of whatever generation, and those that should be. A reader, who
/// makes none, finds empty what is away.
std::vector<std::string> names_to_open(const rocksdb::DBOptions& options, const std::string& path,
                                       StoreOptions::Access access) {
  std::vector<std::string> names;
  if (!rocksdb::DB::ListColumnFamilies(options, path, &names).ok())  // a new one, or opening says
    return {kStoredNames.begin(), kStoredNames.end()};
  for (std::size_t i = 0; i < kFamilies; ++i) {
    const auto family = static_cast<Family>(i);
    const bool away = std::ranges::find(names, kStoredNames[i]) == names.end();
    const bool make = access == StoreOptions::Access::read_write || !may_be_away(family);
    if (away && make && !has_generations(family)) names.emplace_back(kStoredNames[i]);
  }
  return names;
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
    if (std::filesystem::create_directories(path, error))  // withheld values are nobody else's
      std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
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
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::string& name : names_to_open(db_options, path, options.access)) {
    const auto family = family_named(name);
    if (!family)
      return broken(Fault::corrupt,
                    "the store has a family \"" + name + "\" that this program does not know");
    families.emplace_back(std::move(name), engine->shape(*family));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      reads_only ? rocksdb::DB::OpenForReadOnly(db_options, path, families, &handles, &db)
                 : rocksdb::DB::Open(db_options, path, families, &handles, &db);
  if (!status.ok()) return std::unexpected(fault_of(status, "cannot open the store " + path));
  engine->db_.reset(db);
  auto generations = engine->take(handles);
  if (auto chosen = engine->choose(generations, options.access); !chosen)
    return std::unexpected(chosen.error());
  if (auto format = engine->check_format(options.access); !format)
    return std::unexpected(format.error());
  if (reads_only) return engine;
  if (auto tidied = engine->tidy(generations); !tidied) return std::unexpected(tidied.error());
  return engine;
}

Engine::Engine(const StoreOptions& options)
    : options_(options), cache_(rocksdb::NewLRUCache(options.cache_bytes)) {}

rocksdb::ColumnFamilyOptions Engine::shape(Family family) const {
  return family_options(family, cache_, options_);
}

Engine::~Engine() {
  if (!db_) return;
  current_.reset();
  retired_.reset();
  for (rocksdb::ColumnFamilyHandle* handle : fixed_)
    if (handle != nullptr) db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  db_->Close().PermitUncheckedError();
}

Engine::Generations Engine::take(std::span<rocksdb::ColumnFamilyHandle* const> handles) {
  Generations generations;
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    const auto one = parse_generation_family(handle->GetName());
    if (!one) {
      fixed_[static_cast<std::size_t>(*family_named(handle->GetName()))] = handle;
      continue;
    }
    auto& generation = generations[one->number];
    if (!generation) generation = std::make_shared<Generation>(*db_, one->number);
    generation->take(one->family, handle);
  }
  return generations;
}

/// The one that the mark names; where the mark cannot be read, one that is there.
Stored<void> Engine::choose(Generations& generations, StoreOptions::Access access) {
  const auto mark = get({}, Family::meta, kGenerationKey);
  Stored<std::uint32_t> number(0);
  if (!mark)
    number = std::unexpected(mark.error());
  else if (*mark)
    number = parse_generation_value(**mark);
  if (access == StoreOptions::Access::salvage && !generations.empty() &&
      (!number || !generations.contains(*number)))
    number = generations.begin()->first;
  if (!number) return std::unexpected(number.error());
  const auto found = generations.extract(*number);
  current_ = found ? found.mapped() : std::make_shared<Generation>(*db_, *number);
  return {};
}

/// What a crash left behind: a family that was to be made, a generation that was to be dropped.
Stored<void> Engine::tidy(const Generations& others) {
  for (const Family family : {Family::views, Family::undo}) {
    if (current_->handle(family) == nullptr)
      if (const auto made = current_->create(family, shape(family)); !made.ok())
        return std::unexpected(fault_of(made, "cannot make a family"));
    for (const auto& [number, other] : others)
      if (const auto dropped = other->drop(family); !dropped.ok())
        return std::unexpected(fault_of(dropped, "cannot drop a generation"));
  }
  return {};
}

rocksdb::ColumnFamilyHandle* Engine::family(const Generation* generation, Family family) const {
  if (has_generations(family)) return generation->handle(family);
  return fixed_[static_cast<std::size_t>(family)];
}

std::vector<rocksdb::ColumnFamilyHandle*> Engine::families() const {
  std::vector<rocksdb::ColumnFamilyHandle*> all;
  for (std::size_t i = 0; i < kFamilies; ++i)
    all.push_back(family(current_.get(), static_cast<Family>(i)));
  return all;
}

Engine::Moment Engine::newest() const {
  const std::lock_guard lock(mutex_);
  return {current_, nullptr};
}

Engine::Moment Engine::pin() const {
  const std::lock_guard lock(mutex_);
  return {current_, db_->GetSnapshot()};
}

Stored<bool> Engine::is_empty() const {
  bool empty = true;
  const auto found = [&](BytesView, BytesView) {
    empty = false;
    return StoreReader::Next::stop;
  };
  for (std::size_t i = 0; i < kFamilies && empty; ++i)
    if (auto scanned = scan(newest(), static_cast<Family>(i), {}, Direction::forward, found);
        !scanned)
      return std::unexpected(scanned.error());
  return empty;
}

Stored<void> Engine::check_format(StoreOptions::Access access) {
  const auto stored = get(newest(), Family::meta, kFormatKey);
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
  const auto status = db_->Put(write, family(nullptr, Family::meta), slice(kFormatKey), value);
  if (!status.ok()) return std::unexpected(fault_of(status, "cannot begin the store"));
  return {};
}

rocksdb::Status Engine::make_empty(Family wanted) {
  if (has_generations(wanted)) {
    if (const auto dropped = current_->drop(wanted); !dropped.ok()) return dropped;
    current_->close(wanted);
    return current_->create(wanted, shape(wanted));
  }
  const auto at = static_cast<std::size_t>(wanted);
  if (const auto dropped = db_->DropColumnFamily(fixed_[at]); !dropped.ok()) return dropped;
  db_->DestroyColumnFamilyHandle(std::exchange(fixed_[at], nullptr)).PermitUncheckedError();
  return db_->CreateColumnFamily(shape(wanted), std::string(kStoredNames[at]), &fixed_[at]);
}

Stored<std::shared_ptr<Generation>> Engine::make_generation() {
  auto next = std::make_shared<Generation>(*db_, newest().generation->number() + 1);
  for (const Family family : {Family::views, Family::undo})
    if (const auto made = next->create(family, shape(family)); !made.ok())
      return std::unexpected(fault_of(made, "cannot make a generation"));
  return next;
}

rocksdb::Status Engine::write_and_use(const rocksdb::WriteOptions& options,
                                      rocksdb::WriteBatch& batch,
                                      std::shared_ptr<Generation> next) {
  const std::lock_guard lock(mutex_);
  auto written = db_->Write(options, &batch);
  if (written.ok()) retired_ = std::exchange(current_, std::move(next));
  return written;
}

rocksdb::Status Engine::drop_retired() {
  std::shared_ptr<Generation> retired;
  {
    const std::lock_guard lock(mutex_);
    retired = std::exchange(retired_, nullptr);
  }
  for (const Family family : {Family::views, Family::undo})
    if (retired)
      if (auto dropped = retired->drop(family); !dropped.ok()) return dropped;
  return rocksdb::Status::OK();
}

rocksdb::Status Engine::delete_old_files() {
  // Letting files be deleted again looks through the folder for those that should have been.
  if (const auto stopped = db_->DisableFileDeletions(); !stopped.ok()) return stopped;
  return db_->EnableFileDeletions(true);
}

rocksdb::Status Engine::sync_folder() {
  std::unique_ptr<rocksdb::Directory> folder;
  const auto opened = db_->GetEnv()->NewDirectory(db_->GetName(), &folder);
  return opened.ok() ? folder->Fsync() : opened;
}

bool Engine::has_only_live_files() const {
  std::vector<std::string> there;
  db_->GetEnv()->GetChildren(db_->GetName(), &there).PermitUncheckedError();
  std::vector<rocksdb::LiveFileMetaData> tables;
  db_->GetLiveFilesMetaData(&tables);
  std::set<std::string> live;  // their names begin with a slash
  for (const rocksdb::LiveFileMetaData& table : tables) live.insert(table.name.substr(1));
  std::size_t logs = 0;
  for (const std::string& name : there) {
    if (name.ends_with(".sst") && !live.contains(name)) return false;
    logs += name.ends_with(".log") ? 1 : 0;
  }
  return logs <= 1;
}

Stored<std::optional<Bytes>> Engine::get(const Moment& at, Family wanted, BytesView key) const {
  rocksdb::ColumnFamilyHandle* const from = family(at.generation.get(), wanted);
  if (from == nullptr) return std::nullopt;
  rocksdb::PinnableSlice value;
  const auto status = db_->Get(read_options(wanted, at.snapshot), from, slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return std::unexpected(fault_of(status, "cannot read the store"));
  return Bytes(view(value));
}

Stored<void> Engine::scan(const Moment& at, Family wanted, Range range, Direction direction,
                          const StoreReader::Visit& visit) const {
  rocksdb::ColumnFamilyHandle* const from = family(at.generation.get(), wanted);
  if (from == nullptr || (!range.end.empty() && range.begin >= range.end)) return {};
  const rocksdb::Slice begin = slice(range.begin);
  const rocksdb::Slice end = slice(range.end);
  rocksdb::ReadOptions read = read_options(wanted, at.snapshot);
  if (!range.end.empty()) read.iterate_upper_bound = &end;
  if (direction == Direction::backward) {
    read.auto_prefix_mode = false;
    read.total_order_seek = true;
    read.iterate_lower_bound = &begin;
  }
  const std::unique_ptr<rocksdb::Iterator> at_key(db_->NewIterator(read, from));
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
