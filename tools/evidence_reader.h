// The evidence that a node or a data directory keeps, as `tallinn evidence` shows it. Shell. One
// thread.
#pragma once

#include <boost/json.hpp>

#include "tools/ledger_reader.h"

namespace tallinn {

/// An array of {"sha256","kind","subject","frozen","text"}; `frozen`: the log may not be appended
/// to, taken or given any more.
Result<boost::json::array> list_evidence(const ReaderOptions& from);
/// Whole, by its SHA-256 in hex. Error not_found.
Result<std::string> evidence_text(const ReaderOptions& from, const std::string& sha256);

}  // namespace tallinn
