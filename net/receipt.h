// Receipts: proof files that say that an entry stands in its log (docs/formats.md). Shell;
// thread-safe over one Head.
#pragma once

#include "net/head.h"

namespace tallinn {

/// The receipt of an entry: the newest checkpoint that covers it, preferring one that every office
/// has cosigned. Refusals: not_found, unavailable when no checkpoint covers it yet.
Stored<Result<std::string>> make_receipt(const Head& head, const Charter& charter,
                                         const Place& place);

}  // namespace tallinn
