// Logs in a store: entries, tree rows, ids, and the notes about them, by their keys.
// Shell over any StoreReader. Readers are thread-safe; a LogWriter belongs to the one writer. Costs
// are those of the reads.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "events/entry.h"
#include "events/withheld.h"
#include "ledger/merkle.h"
#include "ledger/order.h"
#include "ledger/store_db.h"
#include "ledger/tiles.h"

namespace tallinn {

/// "the log 1/3", for a sentence: what a store knows of a log's name.
std::string words_of(LogId log);

/// Key of an entry: office u16, epoch u32, index u64. Also the tail of an id's and (after the
/// Lamport time) undo's key.
inline constexpr std::size_t kPlaceKeyBytes = 14;
Bytes place_key(const Place& place);
Place parse_place_key(BytesView key);
/// The first key of a log in Family::entries and Family::rows, and the first after it (empty:
/// none).
Bytes log_begin(LogId log);
Bytes log_end(LogId log);
/// A hash in Family::rows.
Bytes row_key(LogId log, std::uint8_t tile_level, std::uint64_t index);
/// An event's place in Family::ids.
Bytes id_key(const Uuid& id, const Place& place);
Bytes position_key(const Position& position);
Position parse_position_key(BytesView key);

/// Reads logs. `store` must outlive it.
class StoredLogs final : public LamportReader {
 public:
  explicit StoredLogs(const StoreReader& store) : store_(store) {}

  /// Every log that has an entry, by office, then epoch.
  Stored<std::vector<LogId>> logs() const;
  Stored<LogSize> size(LogId log) const;
  /// The same logs with their sizes.
  Stored<std::vector<HeldLog>> held() const;
  /// Of all logs.
  Stored<std::uint64_t> entries() const;
  /// Fault corrupt when it is not there: the caller asks within the size.
  Stored<Bytes> entry(const Place& place) const;
  /// `visit(index, bytes)` for [begin, end) in order, as far as the log goes. Fault corrupt at a
  /// gap.
  Stored<void> each(LogId log, LogIndex begin, LogIndex end,
                    const std::function<StoreReader::Next(LogIndex, BytesView)>& visit) const;
  Stored<Lamport> lamport_at(LogId log, LogIndex index) override;
  /// The first index whose Lamport time is above `lamport` (the log's size when none is):
  /// log2(size) reads.
  Stored<LogSize> prefix_at(LogId log, Lamport lamport);

  /// Where an event id stands, in ascending log order, and the hash of its bytes there.
  struct IdPlace {
    Place place;
    Digest event;
  };
  Stored<std::vector<IdPlace>> places_of(const Uuid& id) const;

  /// Roots and proofs of any earlier size, of a StoredTree (ledger/store_tree.h) that is made for
  /// each: a whole tile or two of every level are read.
  Stored<Digest> root(LogId log, LogSize size) const;
  Stored<std::vector<Digest>> inclusion(const Place& place, LogSize size) const;
  Stored<std::vector<Digest>> consistency(LogId log, LogSize old_size, LogSize new_size) const;
  Stored<Frontier> frontier(LogId log, LogSize size) const;
  /// `count` hashes of a tile row.
  Stored<std::vector<Digest>> row(LogId log, std::uint8_t tile_level, std::uint64_t first,
                                  std::size_t count) const;
  /// The body of a tile or an entry bundle. Fault corrupt when the log does not have all of it: the
  /// caller asks for tiles that exist (ledger/tiles.h).
  Stored<Bytes> tile(LogId log, const TilePath& path) const;

  Stored<std::vector<WithheldValue>> withheld_of(const Uuid& event) const;

 private:
  const StoreReader& store_;
};

/// Grows one log: keeps its frontier in memory and writes into batches.
class LogWriter {
 public:
  LogWriter(LogId log, Frontier frontier) : log_(log), frontier_(std::move(frontier)) {}
  /// Puts the entry, its hashes and its id. Returns its leaf hash. Becomes real with the batch;
  /// when the batch is dropped or its commit fails, the writer is stale and must be made anew.
  Digest append(Batch& batch, BytesView entry_bytes, const Uuid& id, BytesView event_bytes);
  LogId log() const { return log_; }
  LogSize size() const { return frontier_.size(); }
  Digest root() const { return frontier_.root(); }
  const Frontier& frontier() const { return frontier_; }

 private:
  LogId log_;
  Frontier frontier_;
};

/// In Family::withheld, for `salt || value`.
Bytes withheld_key(const Uuid& event, const Name& field);

}  // namespace tallinn
