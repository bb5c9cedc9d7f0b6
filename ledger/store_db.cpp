#include "ledger/store_db.h"

#include <rocksdb/write_batch.h>

#include <atomic>
#include <mutex>

#include "events/assert.h"
#include "events/wire.h"
#include "ledger/store_engine.h"
#include "ledger/store_next.h"

namespace tallinn {

namespace {

enum class Change : std::uint8_t { put, erase };

void put_change(Bytes& changes, Change change, Family family, BytesView first, BytesView second) {
  changes.push_back(static_cast<char>(change));
  changes.push_back(static_cast<char>(family));
  put_framed32(changes, first);
  put_framed32(changes, second);
}

using Erasing = std::array<bool, kFamilies>;

rocksdb::Status add_change(rocksdb::WriteBatch& batch, const Engine& engine,
                           const Generation& generation, WireReader& reader, Erasing& erasing) {
  const auto change = static_cast<Change>(reader.be<std::uint8_t>());
  const auto in = static_cast<Family>(reader.be<std::uint8_t>());
  erasing.at(static_cast<std::size_t>(in)) |= change != Change::put;
  auto* family = engine.family(&generation, in);
  const auto first = slice(reader.framed32(UINT32_MAX));
  const auto second = slice(reader.framed32(UINT32_MAX));
  switch (change) {
    case Change::put: return batch.Put(family, first, second);
    case Change::erase: return batch.Delete(family, first);
  }
  return rocksdb::Status::InvalidArgument("unknown change");
}

struct Added {
  rocksdb::Status status;
  Erasing erasing{};  ///< the families of which something is erased
};
Added add_changes(rocksdb::WriteBatch& batch, const Engine& engine, const Generation& generation,
                  BytesView changes) {
  Added out;
  for (WireReader reader(changes); out.status.ok() && !reader.empty();)
    out.status = add_change(batch, engine, generation, reader, out.erasing);
  return out;
}

}  // namespace

/// The changes in order, each `change u8 || family u8 || framed first || framed second`: a batch
/// belongs to no store.
struct Batch::Impl {
  Bytes changes;
};

Batch::Batch() : impl_(std::make_unique<Impl>()) {}
Batch::~Batch() = default;
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;

void Batch::put(Family family, BytesView key, BytesView value) {
  TALLINN_ASSERT(key.size() <= kMaxKeyBytes);
  put_change(impl_->changes, Change::put, family, key, value);
}

void Batch::erase(Family family, BytesView key) {
  put_change(impl_->changes, Change::erase, family, key, {});
}

std::size_t Batch::bytes() const {
  return impl_->changes.size();
}
bool Batch::empty() const {
  return impl_->changes.empty();
}

struct Store::Impl {
  explicit Impl(std::unique_ptr<Engine> opened) : engine(std::move(opened)) {}

  Stored<void> write(BytesView changes, const rocksdb::WriteOptions& options);
  Stored<void> flush();
  /// Keeps the first failure: everything later answers the same.
  Stored<void> keep(const rocksdb::Status& status, std::string_view what);

  std::unique_ptr<Engine> engine;
  /// By family: the newest sequence number at which something was erased; under `writing`.
  std::array<std::uint64_t, kFamilies> erased_at{};
  std::atomic<int> snapshots = 0;
  std::mutex writing;            // one writer; held against mistakes, never waited for
  std::optional<Fault> fault;    // under `writing`
  bool derived_pending = false;  // under `writing`: commit_derived since the last flush
};

Stored<void> Store::Impl::keep(const rocksdb::Status& status, std::string_view what) {
  if (status.ok()) return {};
  fault = fault_of(status, what);
  return std::unexpected(*fault);
}

Stored<void> Store::Impl::write(BytesView changes, const rocksdb::WriteOptions& options) {
  if (fault) return std::unexpected(*fault);
  if (changes.empty()) return {};
  rocksdb::WriteBatch batch(changes.size());
  const auto added = add_changes(batch, *engine, *engine->newest().generation, changes);
  if (auto built = keep(added.status, "cannot build a batch"); !built) return built;
  auto written = keep(engine->db().Write(options, &batch), "cannot commit");
  for (std::size_t family = 0; family < kFamilies; ++family)
    if (added.erasing.at(family)) erased_at.at(family) = engine->db().GetLatestSequenceNumber();
  return written;
}

Stored<void> Store::Impl::flush() {
  if (fault) return std::unexpected(*fault);
  derived_pending = false;
  return keep(engine->db().Flush(rocksdb::FlushOptions(), engine->families()), "cannot flush");
}

namespace {

class SnapshotReader final : public StoreReader {
 public:
  SnapshotReader(const Engine& engine, std::atomic<int>& open)
      : engine_(engine), open_(open), at_(engine.pin()) {
    ++open_;
  }
  ~SnapshotReader() override {
    engine_.db().ReleaseSnapshot(at_.snapshot);
    at_.generation.reset();  // before the store may go
    --open_;
  }
  SnapshotReader(const SnapshotReader&) = delete;
  SnapshotReader& operator=(const SnapshotReader&) = delete;

  Stored<std::optional<Bytes>> get(Family family, BytesView key) const override {
    return engine_.get(at_, family, key);
  }
  Stored<void> scan(Family family, BytesView begin, BytesView end,
                    const Visit& visit) const override {
    return engine_.scan(at_, family, {begin, end}, Engine::Direction::forward, visit);
  }
  Stored<void> scan_back(Family family, BytesView begin, BytesView end,
                         const Visit& visit) const override {
    return engine_.scan(at_, family, {begin, end}, Engine::Direction::backward, visit);
  }
  Stored<void> get_each(Family family, std::span<const BytesView> keys,
                        const VisitOf& visit) const override {
    return engine_.get_each(at_, family, keys, visit);
  }
  Stored<void> scan_each(Family family, std::span<const Range> ranges,
                         const VisitOf& visit) const override {
    return engine_.scan_each(at_, family, ranges, visit);
  }

 private:
  const Engine& engine_;
  std::atomic<int>& open_;
  Engine::Moment at_;
};

}  // namespace

Store::Store() = default;
Store::~Store() {
  TALLINN_ASSERT(!impl_ || impl_->snapshots == 0);
}

Stored<std::unique_ptr<Store>> Store::open(const std::string& path, StoreOptions options) {
  auto engine = Engine::open(path, options);
  if (!engine) return std::unexpected(engine.error());
  std::unique_ptr<Store> store(new Store());
  store->impl_ = std::make_unique<Impl>(std::move(*engine));
  return store;
}

Stored<std::optional<Bytes>> Store::get(Family family, BytesView key) const {
  return impl_->engine->get(impl_->engine->newest(), family, key);
}

Stored<void> Store::scan(Family family, BytesView begin, BytesView end, const Visit& visit) const {
  const Engine& engine = *impl_->engine;
  return engine.scan(engine.newest(), family, {begin, end}, Engine::Direction::forward, visit);
}

Stored<void> Store::scan_back(Family family, BytesView begin, BytesView end,
                              const Visit& visit) const {
  const Engine& engine = *impl_->engine;
  return engine.scan(engine.newest(), family, {begin, end}, Engine::Direction::backward, visit);
}

std::unique_ptr<StoreReader> Store::snapshot() const {
  return std::make_unique<SnapshotReader>(*impl_->engine, impl_->snapshots);
}

Stored<void> Store::commit(Batch batch) {
  const std::lock_guard lock(impl_->writing);
  // What is derived without a log must be durable before the log builds on it.
  if (impl_->derived_pending)
    if (auto flushed = impl_->flush(); !flushed) return flushed;
  rocksdb::WriteOptions options;
  options.sync = true;
  return impl_->write(batch.impl_->changes, options);
}

Stored<void> Store::commit_derived(Batch batch) {
  const std::lock_guard lock(impl_->writing);
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  impl_->derived_pending = true;
  return impl_->write(batch.impl_->changes, options);
}

Stored<void> Store::make_empty(Family family) {
  const std::lock_guard lock(impl_->writing);
  TALLINN_ASSERT(impl_->snapshots == 0);
  if (impl_->fault) return std::unexpected(*impl_->fault);
  return impl_->keep(impl_->engine->make_empty(family), "cannot empty a family");
}

Stored<void> Store::flush() {
  const std::lock_guard lock(impl_->writing);
  return impl_->flush();
}

struct NextGeneration::Impl {
  const Engine& engine;
  std::atomic<int>& open;  ///< counted as a snapshot: it goes before the store
  std::shared_ptr<Generation> generation;
  bool flushed = true;
  bool placed = false;
  std::optional<Fault> fault;  ///< the first one: everything later answers the same

  Stored<void> keep(const rocksdb::Status& status, std::string_view what) {
    if (status.ok()) return {};
    fault = fault_of(status, what);
    return std::unexpected(*fault);
  }
  Engine::Moment newest() const { return {generation, nullptr}; }
};

NextGeneration::NextGeneration(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  ++impl_->open;
}

NextGeneration::~NextGeneration() {
  for (const Family family : {Family::views, Family::undo})
    if (!impl_->placed) impl_->generation->drop(family).PermitUncheckedError();
  impl_->generation.reset();
  --impl_->open;
}

Stored<std::optional<Bytes>> NextGeneration::get(Family family, BytesView key) const {
  return impl_->engine.get(impl_->newest(), family, key);
}
Stored<void> NextGeneration::scan(Family family, BytesView begin, BytesView end,
                                  const Visit& visit) const {
  return impl_->engine.scan(impl_->newest(), family, {begin, end}, Engine::Direction::forward,
                            visit);
}
Stored<void> NextGeneration::scan_back(Family family, BytesView begin, BytesView end,
                                       const Visit& visit) const {
  return impl_->engine.scan(impl_->newest(), family, {begin, end}, Engine::Direction::backward,
                            visit);
}

Stored<void> NextGeneration::commit_derived(Batch batch) {
  if (impl_->fault) return std::unexpected(*impl_->fault);
  if (batch.empty()) return {};
  rocksdb::WriteBatch changes(batch.bytes());
  const auto added = add_changes(changes, impl_->engine, *impl_->generation, batch.impl_->changes);
  if (auto built = impl_->keep(added.status, "cannot build a batch"); !built) return built;
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  options.low_pri = true;
  impl_->flushed = false;
  return impl_->keep(impl_->engine.db().Write(options, &changes), "cannot write the new views");
}

Stored<void> NextGeneration::flush() {
  if (impl_->fault) return std::unexpected(*impl_->fault);
  const Generation& next = *impl_->generation;
  impl_->flushed = true;
  return impl_->keep(impl_->engine.db().Flush(rocksdb::FlushOptions(), {next.handle(Family::views),
                                                                        next.handle(Family::undo)}),
                     "cannot flush the new views");
}

Stored<std::unique_ptr<NextGeneration>> Store::begin_next() {
  auto generation = impl_->engine->make_generation();
  if (!generation) return std::unexpected(generation.error());
  return std::unique_ptr<NextGeneration>(new NextGeneration(
      std::make_unique<NextGeneration::Impl>(NextGeneration::Impl{.engine = *impl_->engine,
                                                                  .open = impl_->snapshots,
                                                                  .generation = *generation,
                                                                  .fault = {}})));
}

Stored<void> Store::commit_next(Batch batch, NextGeneration& next) {
  const std::lock_guard lock(impl_->writing);
  TALLINN_ASSERT(next.impl_->flushed && !next.impl_->placed && !impl_->derived_pending);
  if (impl_->fault) return std::unexpected(*impl_->fault);
  const std::shared_ptr<Generation>& generation = next.impl_->generation;
  batch.put(Family::meta, kGenerationKey, generation_value(generation->number()));
  rocksdb::WriteBatch changes(batch.bytes());
  const auto added = add_changes(changes, *impl_->engine, *generation, batch.impl_->changes);
  if (auto built = impl_->keep(added.status, "cannot build a batch"); !built) return built;
  rocksdb::WriteOptions options;
  options.sync = true;
  // A write that fails may still be found by the next opening: then both must be there.
  next.impl_->placed = true;
  const auto written = impl_->engine->write_and_use(options, changes, generation);
  return impl_->keep(written, "cannot commit the new views");
}

Stored<void> Store::drop_previous() {
  const auto dropped = impl_->engine->drop_retired();
  if (dropped.ok()) return {};
  const std::lock_guard lock(impl_->writing);
  return impl_->keep(dropped, "cannot drop the views of before");
}

std::uint64_t Store::bytes_of(Family family) const {
  const auto now = impl_->engine->newest();
  std::uint64_t bytes = 0;
  impl_->engine->db().GetIntProperty(impl_->engine->family(now.generation.get(), family),
                                     rocksdb::DB::Properties::kLiveSstFilesSize, &bytes);
  return bytes;
}

std::uint32_t Store::generation() const {
  return impl_->engine->newest().generation->number();
}

Stored<Scrubbed> Store::scrub(Family family, std::span<const Bytes> keys) {
  const std::lock_guard lock(impl_->writing);
  if (impl_->fault) return std::unexpected(*impl_->fault);
  rocksdb::DB& db = impl_->engine->db();
  std::uint64_t oldest = 0;  // of the open snapshots; 0: there is none
  db.GetIntProperty(rocksdb::DB::Properties::kOldestSnapshotSequence, &oldest);
  if (oldest != 0 && oldest < impl_->erased_at.at(static_cast<std::size_t>(family)))
    return Scrubbed::not_yet;
  if (auto flushed = impl_->flush(); !flushed) return std::unexpected(flushed.error());
  rocksdb::CompactRangeOptions around;
  around.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  const auto newest = impl_->engine->newest();
  for (const Bytes& key : keys) {
    const rocksdb::Slice at = slice(key);
    const auto compacted =
        db.CompactRange(around, impl_->engine->family(newest.generation.get(), family), &at, &at);
    if (auto kept = impl_->keep(compacted, "cannot compact"); !kept)
      return std::unexpected(kept.error());
  }
  const auto deleted = impl_->engine->delete_old_files();
  if (auto kept = impl_->keep(deleted, "cannot delete old files"); !kept)
    return std::unexpected(kept.error());
  // RocksDB may still be at it on a thread of its own: how often this is asked again is chance, and
  // must cost the disk nothing.
  if (!impl_->engine->has_only_live_files()) return Scrubbed::but_for_old_files;
  const auto synced = impl_->engine->sync_folder();
  if (auto kept = impl_->keep(synced, "cannot delete old files"); !kept)
    return std::unexpected(kept.error());
  return Scrubbed::all;
}

Stored<std::array<std::uint64_t, kFamilies>> Store::compact() {
  const std::lock_guard lock(impl_->writing);
  if (auto flushed = impl_->flush(); !flushed) return std::unexpected(flushed.error());
  std::array<std::uint64_t, kFamilies> sizes{};
  rocksdb::CompactRangeOptions whole;
  whole.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  for (std::size_t i = 0; i < kFamilies; ++i) {
    auto* family = impl_->engine->families()[i];
    const auto compacted = impl_->engine->db().CompactRange(whole, family, nullptr, nullptr);
    if (auto kept = impl_->keep(compacted, "cannot compact"); !kept)
      return std::unexpected(kept.error());
    sizes[i] = bytes_of(static_cast<Family>(i));
  }
  return sizes;
}

}  // namespace tallinn
