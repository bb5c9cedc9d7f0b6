// A trust policy (c2sp.org/tlog-policy) made from the charter: which logs and witnesses a third
// party's verifier accepts. Pure.
#pragma once

#include <optional>
#include <string>

#include "ledger/charter.h"

namespace tallinn {

/// For every log, or for that of one office. For one: the witnesses of all other offices, all of
/// them needed, which is what `replicated` means. For every log together: all but one of the
/// witnesses, because the format knows no witnesses of one log only; the text says so.
std::string format_policy(const Charter& charter, std::optional<OfficeNumber> only = std::nullopt);

}  // namespace tallinn
