// AuditTree: compares the tree that a source shows of one log with the one that its entries give,
// tile by tile, while an audit goes through them: whoever proves or restores from those tiles reads
// them, not the entries. Shell: reads the source. One thread. Memory: the tiles that are not full
// yet, 48 KiB at most. Cost: one read for each 256 entries.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "ledger/tiles.h"
#include "tools/audit_source.h"

namespace tallinn {

class AuditTree {
 public:
  /// `source` must outlive it.
  AuditTree(LogSource& source, LogSource::Log log) : source_(source), log_(log) {}

  /// A complete subtree of what the entries give, in the order in which AuditLog completes them.
  void add(NodeId node, const Digest& hash);
  /// After the last entry, when none was missing: the tiles that the log's size leaves partial.
  void finish();
  /// A sentence for each tile found wrong since it was last asked. Error unavailable when the
  /// source could not be read.
  Result<std::vector<std::string>> take_wrong();

 private:
  void compare(std::uint8_t level, std::uint64_t index);

  LogSource& source_;
  LogSource::Log log_;
  std::array<std::vector<Digest>, kTileLevels> made_;  ///< the tile of each row that is not full
  std::vector<std::string> wrong_;
  std::optional<Error> failed_;
};

}  // namespace tallinn
