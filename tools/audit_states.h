// AuditStates: the state notes that a source keeps, each recomputed at its point while an audit
// folds. Pure, but for the source that they are read from. Hashing all records for each note would
// cost the square of the history: unless every note is asked for, earlier ones are recomputed as
// long as that hashes no more than two records for each entry, and the newest always.
#pragma once

#include <set>

#include "projections/views.h"
#include "tools/audit.h"
#include "tools/audit_notes.h"

namespace tallinn {

class AuditStates {
 public:
  /// Reads the notes and asks of `logs`, not gone through yet, for the roots that they name.
  /// Both must outlive it. Memory: of each note its point and its sizes.
  static Result<AuditStates> read(LogSource& source, const Charter& charter, AuditLogs& logs,
                                  AuditOptions::States which);

  /// The next entry has that Lamport time, or there is none: hashes `views`, after `entries`, for
  /// the points that are passed.
  void pass(std::optional<Lamport> next, ViewReader& views, std::uint64_t entries);
  /// What was hashed after that many entries, if it was.
  std::optional<StateRoot> root_after(std::uint64_t entries) const;
  /// Into `report`, after all of it; `folded`: nothing stopped the fold.
  enum class Folded : std::uint8_t { whole, stopped };
  Result<void> tell(const AuditLogs& logs, const Roster& roster, Folded folded,
                    AuditReport& report) const;

 private:
  AuditStates(LogSource& source, const Charter& charter) : source_(&source), charter_(&charter) {}

  LogSource* source_;
  const Charter* charter_;
  std::optional<std::string> newest_;
  std::set<Lamport> always_;  ///< points whose cost does not matter
  std::set<Lamport> ahead_;   ///< points that are not passed yet
  std::map<Lamport, StateRoot> roots_;
  std::optional<std::pair<std::uint64_t, StateRoot>> last_;  ///< after how many entries
  std::uint64_t hashed_ = 0;                                 ///< records
};

}  // namespace tallinn
