// OrderedEntries: every entry of a store, one by one in the one total order: for rebuilding and
// auditing. Shell over a StoreReader, which must outlive it: the next chunk of each log is read and
// decoded on a thread of its own. Memory: two chunks of 1,024 entries for each log.
#pragma once

#include <deque>
#include <future>

#include "ledger/store_log.h"
#include "projections/fold.h"

namespace tallinn {

/// The first index of a log whose entry does not stand before that position; the log's size when
/// all do. log2(size) reads.
Stored<LogSize> prefix_before(const StoreReader& store, LogId log, const Position& position);

class OrderedEntries {
 public:
  static Stored<OrderedEntries> open(const StoreReader& store);
  /// Only those at or after that position.
  static Stored<OrderedEntries> open_at(const StoreReader& store, const Position& from);
  /// The next entry, or nothing at the end. Fault corrupt when an entry does not decode.
  Stored<std::optional<OrderedEntry>> next();

 private:
  using Chunk = Stored<std::deque<OrderedEntry>>;
  struct Log {
    LogId id;
    std::uint64_t next = 0;
    std::uint64_t size = 0;
    std::deque<OrderedEntry> read;
    std::future<Chunk> ahead;
  };
  explicit OrderedEntries(const StoreReader& store) : store_(&store) {}
  static Chunk read(const StoreReader& store, LogId log, LogIndex begin, LogIndex end);
  Stored<void> refill(Log& log);

  const StoreReader* store_;
  std::vector<Log> logs_;
};

}  // namespace tallinn
