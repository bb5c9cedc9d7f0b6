#include "projections/record_keys.h"

#include "projections/record_codec.h"

namespace tallinn {
namespace {

constexpr std::string_view kTrails = "trail/";
constexpr std::string_view kMovements = "move/";
constexpr std::string_view kNeedLines = "lines/";
constexpr std::string_view kAwaited = "awaited/";

}  // namespace

Bytes position_bytes(const Position& position) {
  Bytes out(kPositionBytes, '\0');
  record_codec::put(out.data(), position);
  return out;
}

std::optional<Position> position_of_key(BytesView key) {
  if (key.size() < kPositionBytes) return std::nullopt;
  WireReader in(key.substr(key.size() - kPositionBytes));
  Position position;
  record_codec::get(in, position);
  return position;
}

namespace {
Bytes joined(std::string_view prefix, std::string_view name, const Position* position) {
  Bytes out(prefix.size() + name.size() + 1 + (position != nullptr ? kPositionBytes : 0), '\0');
  char* at = std::ranges::copy(prefix, out.data()).out;
  at = std::ranges::copy(name, at).out;
  *at++ = '/';
  if (position != nullptr) record_codec::put(at, *position);
  return out;
}
}  // namespace

bool is_placed_key(BytesView key) {
  return key.starts_with(kTrails) || key.starts_with(kMovements) || key.starts_with(kNeedLines) ||
         key.starts_with(kAwaited) || key.starts_with(kGovernancePrefix);
}

Bytes trail_prefix(const PartyId& party) {
  return joined(kTrails, party.value(), nullptr);
}
Bytes trail_key(const PartyId& party, const Position& position) {
  return joined(kTrails, party.value(), &position);
}
Bytes governance_key(const Position& position) {
  return Bytes(kGovernancePrefix) + position_bytes(position);
}
Bytes movement_prefix(std::string_view aggregate) {
  return joined(kMovements, aggregate, nullptr);
}
Bytes movement_key(std::string_view aggregate, const Position& position) {
  return joined(kMovements, aggregate, &position);
}
Bytes need_lines_key(std::string_view need, const Position& position) {
  return joined(kNeedLines, need, &position);
}

Bytes awaited_prefix(std::string_view record) {
  return joined(kAwaited, record, nullptr);
}
Bytes awaited_key(std::string_view record, const Position& position) {
  return joined(kAwaited, record, &position);
}

std::string key_name(const PublicKey& key) {
  return to_hex(key.view());
}
std::string event_name(const Uuid& id) {
  return to_hex(id.view());
}
std::string office_name_key(OfficeNumber office) {
  Bytes raw;
  put_be(raw, office.value());
  return to_hex(raw);
}
std::string log_name_key(LogId log) {
  Bytes raw;
  put_log(raw, log);
  return to_hex(raw);
}

}  // namespace tallinn
