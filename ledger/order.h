// The one total order: exact Lamport times, and which of them are settled for a reader.
// Pure. Rules: docs/architecture.md, "One total order" and "Settled".
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "events/result.h"
#include "events/strong.h"
#include "ledger/fault.h"

namespace tallinn {

/// 1 + max(previous own entry, last entry of every log in `seen`). `last_of_each_seen_log`: one for
/// each seen log that is not empty.
Lamport next_lamport(std::optional<Lamport> previous_own,
                     std::span<const Lamport> last_of_each_seen_log);
/// What every reader checks of an entry. Code::failed.
Result<void> check_lamport(Lamport claimed, std::optional<Lamport> previous_own,
                           std::span<const Lamport> last_of_each_seen_log);

/// A log's prefix: that much of it is held.
struct HeldLog {
  LogId log;
  LogSize size;
  bool operator==(const HeldLog&) const = default;
};

/// What the newest promises of an office's current log say.
struct PromiseView {
  LogSize own_size;
  Lamport lamport;
  std::vector<HeldLog> holds;
};

/// What a reader knows of one office in force.
struct OfficeView {
  OfficeNumber office;
  LogId current_log;
  LogSize held_size;     ///< entries of current_log that the reader holds
  Lamport last_lamport;  ///< of the last of them; while there are none: LogOpened's `after`, 0 in
                         ///< epoch 1
  std::vector<HeldLog> seen;  ///< `seen` of the last of them; for an empty log, of nothing
  std::vector<PromiseView>
      promises;  ///< of current_log, any order; the newest, and the newest that counts
};

/// Lamport times of entries that the reader holds.
class LamportReader {
 public:
  virtual ~LamportReader() = default;
  virtual Stored<Lamport> lamport_at(LogId log, LogIndex index) = 0;
};

struct SettledInput {
  std::vector<OfficeView> offices;  ///< all in force; at least one
  /// Every log of every office and epoch, as far as the reader holds and folds it.
  std::vector<HeldLog> logs;
};

/// The greatest settled Lamport time S. S <= horizon(o) for every office o, where horizon = the
/// last Lamport time held of its log, or a promise that counts (held size >= the promise's size);
/// and for every log l of another office, of which o said (by `seen` or a counting promise) that it
/// holds n entries: S < lamport(l[n]) when the reader holds l[n]. Having said it holds entries of
/// an office's later epoch is having said it holds the earlier ones whole.
Stored<Lamport> settled(const SettledInput& input, LamportReader& lamports);

}  // namespace tallinn
