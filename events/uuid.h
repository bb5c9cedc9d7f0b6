// UUIDv7 (RFC 9562): an event's identity, made by its author, the idempotency key.
// Pure: time and randomness come in.
#pragma once

#include <span>

#include "events/bytes.h"
#include "events/strong.h"

namespace tallinn {

/// 48 bits of `now`, version 7, variant 10, the rest from `random`.
Uuid make_uuid(UnixMillis now, std::span<const std::uint8_t, 10> random);
/// Lower-case 8-4-4-4-12 text of a version 7 UUID; nothing otherwise.
std::optional<Uuid> parse_uuid(std::string_view text);
std::string format_uuid(const Uuid& id);
/// Version 7 and variant 10?
bool valid_uuid(const Uuid& id);

}  // namespace tallinn
