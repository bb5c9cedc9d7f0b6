// StandpointFold: beside the audit of everything, the report as it stands at an earlier standpoint
// (projections/standpoint.h). It comes out again to the byte from any source that holds as much,
// and is the one that a node gives for the same standpoint. Shell over a scratch folder; one caller
// at a time. Cost: one more fold of what counts.
#pragma once

#include "tools/audit_fold.h"
#include "tools/audit_notes.h"

namespace tallinn {

class StandpointFold {
 public:
  /// `logs`: none of them gone through yet; the roots that the report will show are asked of them.
  /// Error not_found: the source holds less than the standpoint names.
  static Result<std::unique_ptr<StandpointFold>> begin(const Standpoint& standpoint,
                                                       const Charter& charter,
                                                       const std::optional<Roster>& seals,
                                                       AuditLogs& logs);

  /// The next entry in the total order, before `log`, its own, was told of it.
  Result<void> take(const OrderedEntry& entry, AuditLog& log);
  /// After the last entry.
  Result<AuditedStandpoint> finish(const AuditLogs& logs);
  std::optional<Roster> other_seals() { return fold_->other_seals(); }

 private:
  StandpointFold(const Standpoint& standpoint, const Charter& charter,
                 std::unique_ptr<AuditFold> fold)
      : standpoint_(standpoint), charter_(charter), filter_(standpoint), fold_(std::move(fold)) {}

  const Standpoint standpoint_;
  const Charter& charter_;
  StandpointFilter filter_;
  std::unique_ptr<AuditFold> fold_;
  std::uint64_t entries_ = 0;
};

}  // namespace tallinn
