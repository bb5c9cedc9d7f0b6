// Withheld values: what must stay private enters the log only as a salted commitment.
// Pure. The value and its salt live beside the log and can be erased; the commitment still verifies
// when they are shown. Commitment: SHA-256("tallinn-ledger/withheld/v1\0" || event id || field ||
// 0x00 || salt (32) || value).
#pragma once

#include "events/event.h"
#include "events/signing.h"

namespace tallinn {

using Salt = FixedBytes<struct SaltTag, 32>;

/// A value kept beside the log.
struct WithheldValue {
  Uuid event;
  Name field;
  Salt salt;
  Bytes value;
  bool operator==(const WithheldValue&) const = default;
};

Digest withheld_commitment(const WithheldValue& value);

/// Keyed BLAKE2b of event id || field under the author's seed: making the same event again gives
/// the same bytes.
Salt withheld_salt(const SigningKey& author, const Uuid& event, const Name& field);

/// Does `event` commit to this value? Error failed with a sentence otherwise.
Result<void> check_withheld(const Event& event, const WithheldValue& value);

}  // namespace tallinn
