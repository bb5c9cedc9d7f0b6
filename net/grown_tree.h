// GrownTree: the hashes of a log's tree as it is becoming: what the store holds, and the leaves
// that are staged or offered behind it. Shell (reads the store). A Fault is kept: the caller looks
// at `fault()` when an answer is an error. Cost: the store's reads, and two hashes for each leaf
// behind it.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "ledger/store_log.h"

namespace tallinn {

class GrownTree final : public HashReader {
 public:
  using Roots = std::map<LogSize, Digest>;
  /// `leaves` stand at the indexes from `stored` on; `known` are roots that need not be computed.
  /// `store` and `known` must outlive it.
  GrownTree(const StoreReader& store, LogId log, LogSize stored, std::vector<Digest> leaves,
            const Roots* known = nullptr);
  GrownTree(const GrownTree&) = delete;
  GrownTree& operator=(const GrownTree&) = delete;
  Result<Digest> read(NodeId complete_subtree) override;
  LogSize size() const { return LogSize(stored_.value() + leaves_.size()); }
  /// Of its first `size` entries, computed once; nothing: it has not so many, or there is a Fault.
  std::optional<Digest> root(LogSize size);
  const std::optional<Fault>& fault() const { return rows_.fault; }

 private:
  struct Rows final : TileRowReader {
    Rows(const StoreReader& store, LogId id) : logs(store), log(id) {}
    Result<std::vector<Digest>> read(std::uint8_t tile_level, std::uint64_t first_index,
                                     std::size_t count) override;
    StoredLogs logs;
    LogId log;
    std::optional<Fault> fault;
  };
  Rows rows_;
  TileHashReader hashes_;
  LogSize stored_;
  std::vector<Digest> leaves_;
  const Roots* known_;
  Roots roots_;
};

}  // namespace tallinn
