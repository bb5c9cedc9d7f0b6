// Marks on what was signed by a key that was revoked meanwhile, or is said to be compromised
// (docs/domain.md, section 4): signed_after_revocation, signed_while_compromised. Pure. Whether an
// entry is marked does not depend on which of the two comes first in the order: the event at hand
// is marked by what is known of its keys, and what stands before a revocation is marked by that.
// What has no effect is not marked.
#pragma once

#include <span>

#include "projections/hearing.h"

namespace tallinn {

/// The event at hand, by its signers.
void mark_signers(Folding& folding);

/// What the event at hand ends, or says of the time before.
struct Doubt {
  const PartyId& owner;
  std::span<const PublicKey> keys;  ///< the owner's, which end here
  std::optional<UnixMillis> compromised_since = {};
};
/// Everything earlier in the order that one of the keys signed aside from the event at hand (in
/// neither's causal past the other), or since they were compromised. Cost: a scan of the owner's
/// trail and of the governance chain.
void mark_earlier(Folding& folding, const Doubt& doubt);

}  // namespace tallinn
