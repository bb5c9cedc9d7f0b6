// KeyLookup: the public key of a party, for the input spelling "key":"@PARTY".
#pragma once

#include <functional>
#include <optional>

#include "events/bytes.h"
#include "events/strong.h"

namespace tallinn {

using KeyLookup = std::function<std::optional<PublicKey>(const PartyId&)>;

}  // namespace tallinn
