// Signing: what the parties of a generated history hand in: an event's one byte string with the
// signatures it needs. Pure: the keys come in.
#pragma once

#include <functional>

#include "net/replica.h"
#include "tools/generator/history.h"

namespace tallinn::generator {

using KeyOf = std::function<const SigningKey&(const PartyId&)>;

/// `keys` must have everyone that signs. Cost: an Ed25519 signature for each signer.
Submission sign(const GivenEvent& given, const LedgerId& ledger, const KeyOf& keys);

}  // namespace tallinn::generator
