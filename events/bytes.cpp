#include "events/bytes.h"

#include <sodium.h>

namespace tallinn {

std::string to_hex(BytesView raw) {
  std::string text(raw.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), as_u8(raw).data(), raw.size());
  text.pop_back();
  return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes raw(text.size() / 2, '\0');
  std::size_t length = 0;
  const int failed = sodium_hex2bin(reinterpret_cast<unsigned char*>(raw.data()), raw.size(),
                                    text.data(), text.size(), nullptr, &length, nullptr);
  if (failed != 0 || length != raw.size() || to_hex(raw) != text) return std::nullopt;
  return raw;
}

std::string to_base64(BytesView raw) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_encoded_len(raw.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), as_u8(raw).data(), raw.size(), kVariant);
  text.pop_back();
  return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  Bytes raw(text.size() / 4 * 3, '\0');
  std::size_t length = 0;
  const int failed =
      sodium_base642bin(reinterpret_cast<unsigned char*>(raw.data()), raw.size(), text.data(),
                        text.size(), nullptr, &length, nullptr, sodium_base64_VARIANT_ORIGINAL);
  if (failed != 0) return std::nullopt;
  raw.resize(length);
  if (to_base64(raw) != text) return std::nullopt;
  return raw;
}

}  // namespace tallinn
