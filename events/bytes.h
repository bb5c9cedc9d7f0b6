// Bytes, fixed-size byte strings, and their hex and base64 spellings.
// Pure. `Bytes` owns raw bytes (never text); `BytesView` borrows them and must not outlive their
// owner.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tallinn {

using Bytes = std::string;
using BytesView = std::string_view;

/// N raw bytes with a meaning. Comparison is bytewise and not constant-time: never for secrets.
template <class Tag, std::size_t N>
struct FixedBytes {
  static constexpr std::size_t kSize = N;
  std::array<std::uint8_t, N> bytes{};

  auto operator<=>(const FixedBytes&) const = default;
  BytesView view() const { return {reinterpret_cast<const char*>(bytes.data()), N}; }
  /// Nothing unless `raw` is exactly N bytes.
  static std::optional<FixedBytes> from(BytesView raw) {
    if (raw.size() != N) return std::nullopt;
    FixedBytes out;
    std::memcpy(out.bytes.data(), raw.data(), N);
    return out;
  }
};

using Digest = FixedBytes<struct DigestTag, 32>;        ///< SHA-256
using PublicKey = FixedBytes<struct PublicKeyTag, 32>;  ///< Ed25519 public key
using Signature = FixedBytes<struct SignatureTag, 64>;  ///< Ed25519 signature
using LedgerId =
    FixedBytes<struct LedgerIdTag, 32>;  ///< SHA-256 of the charter text without signature lines
using Uuid = FixedBytes<struct UuidTag, 16>;  ///< UUIDv7, RFC 9562 byte order

/// Lower-case hex.
std::string to_hex(BytesView raw);
/// Strict: lower case, even length; nothing otherwise.
std::optional<Bytes> from_hex(std::string_view text);
/// Standard alphabet, padded.
std::string to_base64(BytesView raw);
/// Strict: canonical padded base64 (trailing bits zero); nothing otherwise.
std::optional<Bytes> from_base64(std::string_view text);

template <class Fixed>
std::optional<Fixed> fixed_from_base64(std::string_view text) {
  auto raw = from_base64(text);
  return raw ? Fixed::from(*raw) : std::nullopt;
}
template <class Fixed>
std::optional<Fixed> fixed_from_hex(std::string_view text) {
  auto raw = from_hex(text);
  return raw ? Fixed::from(*raw) : std::nullopt;
}

inline std::span<const std::uint8_t> as_u8(BytesView raw) {
  return {reinterpret_cast<const std::uint8_t*>(raw.data()), raw.size()};
}

}  // namespace tallinn
