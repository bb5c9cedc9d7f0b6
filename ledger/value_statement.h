// What a party signs about a value that an event withholds: that it is erased for good, or that it
// asks to be shown it. Pure. Signed notes (type 0x01, key name = the party) with exactly one
// signature line, by the key that the text names. An erasure is kept, told to peers and shown to
// anybody; a request is good for minutes, at any node of the ledger. Their texts, strict:
//   tallinn-ledger/erasure@v1             tallinn-ledger/disclosure-request@v1
//   ledger <hex id>                       ledger <hex id>
//   event <id>                            event <id>
//   field <name>                          field <name>, or * for what there is to be shown
//   commitment <hex>                      at <unix seconds>
//   at <unix seconds>                     key <base64>
//   key <base64>
#pragma once

#include <optional>
#include <string>

#include "events/date.h"
#include "events/parts.h"
#include "ledger/note.h"

namespace tallinn {

inline constexpr std::string_view kErasureFormat = "tallinn-ledger/erasure@v1";
inline constexpr std::string_view kDisclosureRequestFormat = "tallinn-ledger/disclosure-request@v1";

/// The value behind that commitment, which an event of the signer withholds, may not be kept or
/// given any more. Whether the signer may say so is for the reader to judge.
struct Erasure {
  LedgerId ledger;
  Uuid event;
  Name field;
  Digest commitment;
  UnixSeconds at;  ///< by the signer's clock
  PartyId party;
  PublicKey key;
  bool operator==(const Erasure&) const = default;
};
/// `erasure.key` is that of `key`.
std::string sign_erasure(const Erasure& erasure, const SigningKey& key);
/// Error malformed; failed: the signature does not hold.
Result<Erasure> open_erasure(std::string_view note);

struct DisclosureRequest {
  LedgerId ledger;
  Uuid event;
  std::optional<Name> field;  ///< nothing: which of them there are
  UnixSeconds at;
  PartyId party;
  PublicKey key;
  bool operator==(const DisclosureRequest&) const = default;
};
std::string sign_disclosure_request(const DisclosureRequest& request, const SigningKey& key);
/// Error malformed; failed: the signature does not hold.
Result<DisclosureRequest> open_disclosure_request(std::string_view note);

}  // namespace tallinn
