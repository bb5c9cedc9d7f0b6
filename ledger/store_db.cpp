#include "ledger/store_db.h"

#include <rocksdb/write_batch.h>

#include <atomic>
#include <mutex>

#include "events/assert.h"
#include "events/wire.h"
#include "ledger/store_engine.h"

namespace tallinn {

namespace {

enum class Change : std::uint8_t { put, erase, erase_range };

void put_change(Bytes& changes, Change change, Family family, BytesView first, BytesView second) {
  changes.push_back(static_cast<char>(change));
  changes.push_back(static_cast<char>(family));
  put_framed32(changes, first);
  put_framed32(changes, second);
}

rocksdb::Status add_change(rocksdb::WriteBatch& batch, const Engine& engine, WireReader& reader) {
  const auto change = static_cast<Change>(reader.be<std::uint8_t>());
  auto* family = engine.family(static_cast<Family>(reader.be<std::uint8_t>()));
  const auto first = slice(reader.framed32(UINT32_MAX));
  const auto second = slice(reader.framed32(UINT32_MAX));
  switch (change) {
    case Change::put: return batch.Put(family, first, second);
    case Change::erase: return batch.Delete(family, first);
    case Change::erase_range: return batch.DeleteRange(family, first, second);
  }
  return rocksdb::Status::InvalidArgument("unknown change");
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

void Batch::erase_range(Family family, BytesView begin, BytesView end) {
  if (end.empty())
    put_change(impl_->changes, Change::erase_range, family, begin, Bytes(kMaxKeyBytes + 1, '\xff'));
  else if (begin < end)
    put_change(impl_->changes, Change::erase_range, family, begin, end);
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
  for (WireReader reader(changes); !reader.empty();)
    if (auto added = keep(add_change(batch, *engine, reader), "cannot build a batch"); !added)
      return added;
  return keep(engine->db().Write(options, &batch), "cannot commit");
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
      : engine_(engine), open_(open), at_(engine.db().GetSnapshot()) {
    ++open_;
  }
  ~SnapshotReader() override {
    engine_.db().ReleaseSnapshot(at_);
    --open_;
  }
  SnapshotReader(const SnapshotReader&) = delete;
  SnapshotReader& operator=(const SnapshotReader&) = delete;

  Stored<std::optional<Bytes>> get(Family family, BytesView key) const override {
    return engine_.get(family, key, at_);
  }
  Stored<void> scan(Family family, BytesView begin, BytesView end,
                    const Visit& visit) const override {
    return engine_.scan(family, {begin, end}, Engine::Direction::forward, visit, at_);
  }
  Stored<void> scan_back(Family family, BytesView begin, BytesView end,
                         const Visit& visit) const override {
    return engine_.scan(family, {begin, end}, Engine::Direction::backward, visit, at_);
  }

 private:
  const Engine& engine_;
  std::atomic<int>& open_;
  const rocksdb::Snapshot* at_;
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
  return impl_->engine->get(family, key, nullptr);
}

Stored<void> Store::scan(Family family, BytesView begin, BytesView end, const Visit& visit) const {
  return impl_->engine->scan(family, {begin, end}, Engine::Direction::forward, visit, nullptr);
}

Stored<void> Store::scan_back(Family family, BytesView begin, BytesView end,
                              const Visit& visit) const {
  return impl_->engine->scan(family, {begin, end}, Engine::Direction::backward, visit, nullptr);
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

Stored<std::array<std::uint64_t, kFamilies>> Store::compact() {
  const std::lock_guard lock(impl_->writing);
  if (auto flushed = impl_->flush(); !flushed) return std::unexpected(flushed.error());
  std::array<std::uint64_t, kFamilies> sizes{};
  rocksdb::CompactRangeOptions whole;
  whole.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  for (std::size_t i = 0; i < kFamilies; ++i) {
    auto* family = impl_->engine->family(static_cast<Family>(i));
    const auto compacted = impl_->engine->db().CompactRange(whole, family, nullptr, nullptr);
    if (auto kept = impl_->keep(compacted, "cannot compact"); !kept)
      return std::unexpected(kept.error());
    std::uint64_t bytes = 0;
    impl_->engine->db().GetIntProperty(family, rocksdb::DB::Properties::kLiveSstFilesSize, &bytes);
    sizes[i] = bytes;
  }
  return sizes;
}

}  // namespace tallinn
