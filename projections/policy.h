// A trust policy (c2sp.org/tlog-policy) made from the charter and what the governance chain leads
// to: which logs and witnesses a third party's verifier accepts. Pure.
#pragma once

#include <optional>
#include <string>

#include "projections/roster.h"

namespace tallinn {

/// For every log of every epoch, or for those of one office; witnesses by the keys of their current
/// logs. For one office: the witnesses of all other offices, all of
/// them needed, which is what `replicated` means. For every log together: all but one of the
/// witnesses, because the format knows no witnesses of one log only; the text says so.
std::string format_policy(const Charter& charter, const Roster& roster,
                          std::optional<OfficeNumber> only = std::nullopt);

}  // namespace tallinn
