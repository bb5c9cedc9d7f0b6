// Disclosure: a value that an event withholds, shown by one who holds it, as a file that proves
// itself offline: the entry in its log, the value behind the entry's commitment, and the holder's
// signature (docs/formats.md, "Withheld values"). Pure. One line of JSON and a line end, members in
// this order, binary as base64:
//   format, event, field, tlp, salt, value, receipt (a whole tlog-proof with the entry), key,
//   signature
// What the event says is repeated for people and must agree with it.
#pragma once

#include <string>

#include "events/entry.h"
#include "events/withheld.h"
#include "ledger/charter.h"
#include "projections/roster.h"

namespace tallinn {

inline constexpr std::string_view kDisclosureFormat = "tallinn-ledger/disclosure@v1";
inline constexpr std::size_t kMaxDisclosureBytes = std::size_t{1} << 20;

struct Disclosure {
  WithheldValue value;
  Tlp tlp{};
  std::string receipt;
  PublicKey key;  ///< of the holder who signed
  Signature signature;
  bool operator==(const Disclosure&) const = default;
};

/// event id || field || 0x00 || salt || value, signed under "tallinn-ledger/disclosure/v1\0" ||
/// ledger id.
Bytes disclosure_message(const LedgerId& ledger, const WithheldValue& value);

/// Error failed: the receipt's entry does not commit to the value; malformed.
Result<Disclosure> make_disclosure(WithheldValue value, std::string receipt, const LedgerId& ledger,
                                   const SigningKey& holder);
std::string encode_disclosure(const Disclosure& disclosure);
/// Error malformed: not what encode_disclosure makes, to the character.
Result<Disclosure> parse_disclosure(std::string_view text);

/// What the value is of, once it is shown that the entry's event commits to it, that the holder
/// signed it for this ledger, and that the receipt has no signature line but those of `roster`'s
/// keys that hold. Error failed. Signatures of the event, and that the entry stands in its log, are
/// the receipt's to prove.
Result<Event> check_disclosure(const Disclosure& disclosure, const LedgerId& ledger,
                               const Roster& roster);

}  // namespace tallinn
