#include "tools/generator/signing.h"

#include <algorithm>

namespace tallinn::generator {

Submission sign(const GivenEvent& given, const LedgerId& ledger, const KeyOf& keys) {
  SealedDraft sealed = seal_draft(given.draft, *given.draft.id, keys(given.draft.event.author));
  Submission out{.event = encode_event(sealed.event),
                 .signatures = {},
                 .values = std::move(sealed.values),
                 .after = {}};
  for (const PartyId& signer : given.draft.signers)
    out.signatures.push_back(sign_event(keys(signer), ledger, out.event));
  std::ranges::sort(out.signatures);
  return out;
}

}  // namespace tallinn::generator
