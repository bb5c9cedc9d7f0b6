// AuditFold: the views that an audit folds anew, in a scratch folder below TMPDIR. Shell; one
// caller at a time. Cost and memory: those of DerivedViews (net/derived_views.h).
#pragma once

#include <memory>

#include "ledger/store_scratch.h"
#include "net/derived_views.h"
#include "projections/roster.h"
#include "projections/state_tree.h"
#include "tools/audit.h"

namespace tallinn {

class AuditFold {
 public:
  /// `seals`: what an earlier pass over the same entries has found, by which this one counts.
  /// `charter` must outlive it. Error unavailable: no room for a scratch folder.
  static Result<std::unique_ptr<AuditFold>> begin(const Charter& charter,
                                                  const std::optional<Roster>& seals);

  Views& views() { return derived_.views(); }
  /// The next entry in the total order: is it within its log's seal? Only then is it folded.
  bool counts(const Place& place) { return counted_.count(place); }
  /// Error unavailable: the scratch folder failed.
  Result<void> fold(const OrderedEntry& entry);
  /// Exceptions in their listing's order.
  Result<std::vector<AuditedException>> exceptions();
  AuditedState state();
  /// Could all of it be read again? Otherwise nothing that this object answered means anything.
  Result<void> check() const;
  /// The seals that were found, when they cut off entries that were counted: one more pass is
  /// needed, with these.
  std::optional<Roster> other_seals();

 private:
  AuditFold(const Charter& charter, std::unique_ptr<ScratchStore> scratch,
            const std::optional<Roster>& seals);

  const Charter& charter_;
  std::unique_ptr<ScratchStore> scratch_;
  DerivedViews derived_;  // after the scratch store: over it
  CountedEntries counted_;
};

}  // namespace tallinn
