// FsckStream: one log's entries in order for a check, read ahead in chunks, each decoded, hashed
// and compared with its leaf hashes on a thread of its own. Shell; one thread asks. Memory: a few
// chunks.
#pragma once

#include <deque>
#include <future>

#include "events/entry.h"
#include "ledger/differences.h"
#include "ledger/store_db.h"

namespace tallinn {

/// A sum over (event id, place, hash of the event) in any order: two sets of the same sum are equal
/// but for an accident of 1 in 2^128.
class IdSum {
 public:
  void add(BytesView key, BytesView value);
  void add(const IdSum& other);
  std::uint64_t count() const { return count_; }
  bool operator==(const IdSum&) const = default;

 private:
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
  std::uint64_t count_ = 0;
};

/// What a check finds of an entry alone.
struct FsckEntry {
  std::optional<Digest> leaf;       ///< of its bytes; without them, what its row says
  std::optional<Entry> entry;       ///< without signatures, and but for the first without event;
                                    ///< nothing: damaged
  std::optional<Difference> wrong;  ///< kind and detail
};
struct FsckChunk {
  LogIndex begin;
  std::vector<FsckEntry> entries;
  std::vector<Difference> rows;        ///< of row 0
  std::vector<Difference> unexpected;  ///< keys among the entries that are none
  std::optional<Fault> rows_fault;     ///< corrupt
  IdSum ids;
};
/// Fault io only.
Stored<FsckChunk> read_fsck_chunk(const StoreReader& store, LogId log, LogIndex begin,
                                  LogIndex end);

class FsckStream {
 public:
  FsckStream(const StoreReader& store, LogId log, LogSize size, unsigned ahead)
      : store_(store), log_(log), size_(size.value()), ahead_(ahead) {}
  LogId log() const { return log_; }
  /// The next entry, until pop(); nothing at the end. `begun` is told each chunk as it becomes the
  /// current one.
  Stored<FsckEntry*> peek(const std::function<void(FsckChunk&)>& begun);
  void pop() { ++at_; }

 private:
  const StoreReader& store_;
  LogId log_;
  std::uint64_t size_;
  unsigned ahead_;
  std::uint64_t asked_ = 0;
  std::deque<std::future<Stored<FsckChunk>>> coming_;
  std::optional<FsckChunk> current_;
  std::size_t at_ = 0;
};

}  // namespace tallinn
