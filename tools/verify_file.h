// Verify: what a file proves, offline, with nothing but the charter: a receipt, a trail bundle,
// kept checkpoints, evidence of a contradiction, a disclosed value, its erasure, or one signed
// checkpoint or state note. The kind
// is told by the first bytes. Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "ledger/charter.h"
#include "projections/levels.h"
#include "projections/roster.h"

namespace tallinn {

/// How old the newest cosignature by another office may be, and when that is asked.
struct Freshness {
  std::chrono::seconds max_age{};
  UnixMillis now;
};
struct VerifyOptions {
  std::optional<Level> at_least;     ///< how far what it proves must have come
  std::optional<Bytes> entry = {};   ///< of a proof that does not carry its entry
  std::optional<std::string> older;  ///< an older file of kept checkpoints to compare with
  std::optional<Freshness> fresh = {};
  std::string chain = {};  ///< the governance chain's file, if there is one: whose keys are whose
};
/// What was checked, a sentence each. Error failed or malformed: the sentence that says what does
/// not hold; unavailable: it cannot be told from this file.
/// `roster`: the charter's, or what a governance chain leads to.
Result<std::vector<std::string>> verify_file(std::string_view file, const Charter& charter,
                                             const Roster& roster, const VerifyOptions& options);

}  // namespace tallinn
