// fsck: is everything in a store what its entries say? Every log, the notes about them, the views
// and their undo records made again and compared. Shell. Reads beside a running node; repairs only
// a store of its own.
#pragma once

#include "ledger/charter.h"
#include "ledger/differences.h"
#include "net/fsck_logs.h"

namespace tallinn {

struct FsckReport {
  CheckedLogs logs;
  std::uint64_t notes = 0;
  std::uint64_t withheld = 0;
  std::uint64_t views = 0;
  std::uint64_t undo = 0;
  /// Why the views could not be made again; nothing: they were.
  std::optional<std::string> views_unchecked;
  Differences differences;
  /// What is derived can be made again from the entries.
  bool repairable() const { return logs.entries_whole; }
};

struct FsckOptions {
  std::optional<OfficeNumber> own;  ///< whose store it is, if that is known
  unsigned threads = 1;
  /// Called now and then: what is being checked, entries done and to do.
  std::function<void(std::string_view, std::uint64_t, std::uint64_t)> progress;
};
/// `scratch`: an empty store for the views made again, about 1 KiB for each entry. Fault io when a
/// disk fails.
Stored<FsckReport> fsck(const StoreReader& store, const Charter& charter, Store& scratch,
                        const FsckOptions& options);

/// Makes trees, event ids, views and undo records again where `found` says that they differ; never
/// touches entries, notes or withheld values. Only when `found` is repairable.
Stored<void> repair(Store& store, const Charter& charter, const FsckReport& found);

}  // namespace tallinn
