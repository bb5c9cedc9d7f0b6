// The governance chain as a file: the events that have changed keys, offices and logs since the
// charter, for whoever checks something offline. Pure. JSON, one line:
//   {"format":"tallinn-ledger/chain@v1","charter":"<note>","chain":[{"office":"warsaw","epoch":1,
//    "index":3,"bytes":"<entry, base64>"},...]}
// in total order. It proves itself from the charter on; that no later event is left out it cannot
// prove: a trail bundle does.
#pragma once

#include <span>
#include <string>

#include "projections/bundle.h"
#include "projections/roster.h"

namespace tallinn {

inline constexpr std::string_view kChainFormat = "tallinn-ledger/chain@v1";
inline constexpr std::size_t kMaxChainBytes = std::size_t{64} << 20;

std::string encode_chain(const Charter& charter, std::span<const ChainLink> chain);
/// The offices, logs and keys that the chain leads to. Error malformed: not what encode_chain
/// makes, to the character, for this charter; failed: the link that does not hold.
Result<Roster> verify_chain(std::string_view file, const Charter& charter);
/// Whose key it is by the charter, or by where the chain leads (an empty file: no chain); nothing
/// when neither names it. Errors as verify_chain.
Result<std::optional<PartyId>> owner_by_chain(std::string_view file, const Charter& charter,
                                              const PublicKey& key);
/// Has `newer` every event that `older` has? Both are what encode_chain makes for this charter.
/// Error malformed.
Result<bool> chain_contains(std::string_view newer, std::string_view older, const Charter& charter);

}  // namespace tallinn
