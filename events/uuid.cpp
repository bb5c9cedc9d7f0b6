#include "events/uuid.h"

#include <algorithm>

namespace tallinn {

Uuid make_uuid(UnixMillis now, std::span<const std::uint8_t, 10> random) {
  Uuid id;
  const auto millis = static_cast<std::uint64_t>(now.value());
  for (int i = 0; i < 6; ++i)
    id.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  std::ranges::copy(random, id.bytes.begin() + 6);
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x70);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

bool valid_uuid(const Uuid& id) {
  return (id.bytes[6] & 0xf0) == 0x70 && (id.bytes[8] & 0xc0) == 0x80;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string hex;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return std::nullopt;
    if (!dash) hex.push_back(text[i]);
  }
  const auto id = fixed_from_hex<Uuid>(hex);
  if (!id || !valid_uuid(*id)) return std::nullopt;
  return id;
}

std::string format_uuid(const Uuid& id) {
  std::string text = to_hex(id.view());
  for (std::size_t at : {8u, 13u, 18u, 23u}) text.insert(at, 1, '-');
  return text;
}

}  // namespace tallinn
