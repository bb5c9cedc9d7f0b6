// Authority: who must sign what, judged by the keys as they stood in the entry's causal past
// (docs/domain.md, sections 1 and 2). Whether the author is the party that an aggregate names (the
// pledge's donor) is that aggregate's own rule. Pure.
#pragma once

#include "projections/event_rules.h"

namespace tallinn {

/// needs_two_parties: too few distinct parties signed for this type of event.
Result<void> check_enough_parties(const Hearing& hearing);
/// unauthorised: a key unknown or revoked, the author's signature or a role missing.
Result<void> check_authority(const Hearing& hearing);

}  // namespace tallinn
