// Keys of view records: what stands where.
// Pure. "<kind>/<name>" throughout; positions in keys are big-endian, so that bytewise order is the
// total order:
//   lamport u64 || office u16 || epoch u32 || index u64 (22 bytes, docs/formats.md, "Trail
//   bundles").
#pragma once

#include "events/bytes.h"
#include "events/strong.h"

namespace tallinn {

inline constexpr std::size_t kPositionBytes = 22;

Bytes position_bytes(const Position& position);
/// The last 22 bytes of a key. Nothing when it is shorter.
std::optional<Position> position_of_key(BytesView key);

/// Does the key end in a position? Such records are found by scanning, seldom by their
/// key.
bool is_placed_key(BytesView key);

/// "trail/<party>/" and its records.
Bytes trail_prefix(const PartyId& party);
Bytes trail_key(const PartyId& party, const Position& position);
/// "governance/" || position: the governance chain's entries.
inline constexpr std::string_view kGovernancePrefix = "governance/";
Bytes governance_key(const Position& position);

/// "move/<kind>/<name>/": the movements of one aggregate, for example of "pledge/EE-2024".
Bytes movement_prefix(std::string_view aggregate);
Bytes movement_key(std::string_view aggregate, const Position& position);

/// "lines/<need>/<position>": what that event says the need asks for.
Bytes need_lines_key(std::string_view need, const Position& position);

/// "awaited/<kind>/<name>/": the events that wait for what stands under "<kind>/<name>".
Bytes awaited_prefix(std::string_view record);
Bytes awaited_key(std::string_view record, const Position& position);

/// The names under which records of a kind stand ("key/" || these).
std::string key_name(const PublicKey& key);
std::string event_name(const Uuid& id);
std::string office_name_key(OfficeNumber office);
std::string log_name_key(LogId log);

}  // namespace tallinn
