// The body of POST /api/v1/events: u16-framed frames: the Event's bytes; u16 count || (key 32 ||
// signature 64)*; then for each withheld value a frame of field || 0x00 || salt (32) || value.
// Pure.
#pragma once

#include "net/replica.h"

namespace tallinn {

Bytes encode_submission(const Submission& submission);
/// Error malformed. The values get the event's id once it is decoded (they carry none).
Result<Submission> decode_submission(BytesView body);

}  // namespace tallinn
