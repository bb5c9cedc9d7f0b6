// SimDisk: a memory disk for simulation: fails so that a run can be repeated exactly, tears what
// was not synced, and is copied as a virtual machine's snapshot is. Shell; thread-safe as
// MemoryDisk.
#pragma once

#include "ledger/store_db.h"

namespace tallinn {

class SimDisk : public MemoryDisk {
 public:
  static std::shared_ptr<SimDisk> make();
  enum class Failing : std::uint8_t { broken, full };
  /// The n-th write or sync of the calling thread from now (1: the next) fails, and all after it,
  /// of every thread. 0: none fails. Which one fails depends on no thread of RocksDB's own.
  virtual void fail_mine_after(std::uint64_t operations, Failing how) = 0;
  /// As lose_unsynced, but that much of each file's unsynced bytes is there all the same, in
  /// thousandths: a torn write.
  virtual void tear_unsynced(unsigned permille) = 0;
  /// Another disk with all that is on this one now, synced or not.
  virtual std::shared_ptr<SimDisk> copy() = 0;
};

}  // namespace tallinn
