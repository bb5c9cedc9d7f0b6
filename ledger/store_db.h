// Store: the durable bytes of one node, column families of one RocksDB, committed in one synced
// batch. Shell; RocksDB stays inside ledger/store_*.cpp. One writer calls commit(); any thread may
// read, from the store (newest committed) or from a snapshot. Settings and reasons: docs/decisions,
// "RocksDB settings": sync on every commit, tolerate only a corrupted tail of the log, no WAL
// recycling, paranoid checks. A Fault from commit() is final: the caller stops appending and never
// retries; every later commit() answers the same Fault.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "events/bytes.h"
#include "ledger/family.h"
#include "ledger/fault.h"

namespace tallinn {

class StoreReader {
 public:
  virtual ~StoreReader() = default;
  virtual Stored<std::optional<Bytes>> get(Family family, BytesView key) const = 0;
  enum class Next : std::uint8_t { go_on, stop };
  using Visit = std::function<Next(BytesView key, BytesView value)>;
  /// begin <= key < end in bytewise order (empty `end`: to the last); views live until `visit`
  /// returns.
  virtual Stored<void> scan(Family family, BytesView begin, BytesView end,
                            const Visit& visit) const = 0;
  /// The same keys from the last back.
  virtual Stored<void> scan_back(Family family, BytesView begin, BytesView end,
                                 const Visit& visit) const = 0;

  /// Many at once: what get() and scan() answer for each key and range, whatever their order, which
  /// of them it is, and what is there. From a snapshot at less than half the cost of one by one:
  /// sorted, they share blocks and one iterator, which lives as long as the call. In no promised
  /// order, but for the records of one range: in key order.
  using VisitOf = std::function<void(std::size_t which, BytesView key, BytesView value)>;
  struct Range {
    BytesView begin;
    BytesView end;  ///< empty: to the last key
  };
  virtual Stored<void> get_each(Family family, std::span<const BytesView> keys,
                                const VisitOf& visit) const;
  virtual Stored<void> scan_each(Family family, std::span<const Range> ranges,
                                 const VisitOf& visit) const;
};

class NextGeneration;

/// Changes that become durable together, or not at all. Later changes of a key win. Keys are erased
/// one by one: when a disk fails while RocksDB 7.8 compacts a range of erased keys away, it ends
/// the process (an assertion on the first key of a table that has none).
class Batch {
 public:
  Batch();
  ~Batch();
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;
  void put(Family family, BytesView key, BytesView value);
  void erase(Family family, BytesView key);
  std::size_t bytes() const;
  bool empty() const;

 private:
  friend class Store;
  friend class NextGeneration;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A reader into which what is derived is written, in many pieces, before it is made durable.
class DerivedStore : public StoreReader {
 public:
  /// Without a sync or WAL. After a crash some last ones are gone; each is there whole or not at
  /// all.
  virtual Stored<void> commit_derived(Batch batch) = 0;
  /// Makes these durable.
  virtual Stored<void> flush() = 0;
};

/// Where a store lives. The default is the machine's file system; a memory disk keeps its files as
/// long as it lives, also across reopening, and can lose what was not synced (for tests and
/// simulation).
class StoreDisk {
 public:
  virtual ~StoreDisk() = default;
};
class MemoryDisk : public StoreDisk {
 public:
  static std::shared_ptr<MemoryDisk> make();
  /// Power cut: everything written since the last sync is gone. Only while no store is open on it.
  virtual void lose_unsynced() = 0;
  /// The n-th write or sync from now (1: the next) fails, and all after it. 0: none fails.
  virtual void fail_after(std::uint64_t operations) = 0;
  /// Bit rot: flips a bit at the beginning of the n-th table file (from 0). False: there are fewer.
  virtual bool flip_in_table(std::size_t n) = 0;
  /// Does any file have these bytes in it, as it is or as a power cut would leave it?
  virtual bool has_bytes(BytesView bytes) = 0;
};

struct StoreOptions {
  std::shared_ptr<StoreDisk> disk;      ///< nothing: the machine's file system
  std::size_t cache_bytes = 64u << 20;  ///< block cache
  /// Nothing in it is kept: compactions are few and no write waits for one.
  bool scratch = false;
  /// read_only: also while another process writes to the store; everything that was committed
  /// before it was opened is there. salvage: read_only, and past damaged commits of the write-ahead
  /// log, which are then missing, and past an unreadable format version: only to find out what a
  /// damaged store has lost.
  enum class Access : std::uint8_t { read_write, read_only, salvage } access = Access::read_write;
};

/// How far erased values have left the files of a store.
enum class Scrubbed : std::uint8_t {
  not_yet,            ///< a snapshot from before the erasure is open: nothing was done
  but_for_old_files,  ///< which a reader from before still reads: scrub no keys again, to delete
                      ///< them
  all,
};

class Store final : public DerivedStore {
 public:
  /// Creates the folder (mode 0700) and an empty store when there is none (read_write only). Fault
  /// corrupt for a store of another format version or one that does not open whole.
  static Stored<std::unique_ptr<Store>> open(const std::string& path, StoreOptions options = {});
  ~Store() override;

  Stored<std::optional<Bytes>> get(Family family, BytesView key) const override;
  Stored<void> scan(Family family, BytesView begin, BytesView end,
                    const Visit& visit) const override;
  Stored<void> scan_back(Family family, BytesView begin, BytesView end,
                         const Visit& visit) const override;
  /// A consistent, unchanging state; must go before the store does.
  std::unique_ptr<StoreReader> snapshot() const;

  /// Durable when it answers: one write, one sync. Cost: one fsync.
  Stored<void> commit(Batch batch);
  /// For rebuilding what is derived; the next commit() makes it durable as flush() does.
  Stored<void> commit_derived(Batch batch) override;
  Stored<void> flush() override;
  /// Lets go of everything in a family, at the cost of none of it; durable when it answers. Only
  /// while there is no snapshot and nobody reads. Only of what is derived (rows, ids, views, undo).
  /// After a crash within, the family is whole or empty.
  Stored<void> make_empty(Family family);
  /// Views and undo records to be made anew beside those that are read (ledger/store_next.h). Must
  /// go before the store does; one at a time.
  Stored<std::unique_ptr<NextGeneration>> begin_next();
  /// One write, one sync, as commit(), but that views and undo records of `batch` go to `next`,
  /// which must be flushed and is what is read from then on. Snapshots go on with what they had.
  Stored<void> commit_next(Batch batch, NextGeneration& next);
  /// Drops the views and undo records that were read before; they take room until the last snapshot
  /// of them goes. Any thread.
  Stored<void> drop_previous();
  /// What a family takes on the disk, about: of tables, without what is only in memory and the WAL.
  std::uint64_t bytes_of(Family family) const;
  /// Which generation of views and undo records is read, from 0.
  std::uint32_t generation() const;
  /// After the keys were erased: their values leave the disk. Flushes, so that no write-ahead log
  /// has them; compacts around the keys; deletes the files that had them. Cost: the tables of the
  /// family around these keys written anew.
  Stored<Scrubbed> scrub(Family family, std::span<const Bytes> keys);
  /// Flushes and compacts everything; the bytes that each family takes on the disk then. Cost: all
  /// of the store read and written.
  Stored<std::array<std::uint64_t, kFamilies>> compact();

 private:
  friend class NextGeneration;
  Store();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tallinn
