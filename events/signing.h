// Ed25519 by libsodium's rule, and the message that a party signs for an event.
// Pure (libsodium only; call sodium_init() once in main). The rule: cofactorless, S < L, canonical
// A and R, neither of small order; keys must pass `valid_public_key` when they are enrolled.
#pragma once

#include "events/bytes.h"
#include "events/result.h"

namespace tallinn {

/// A secret signing key. Moves, never copies; the seed is zeroed when it goes.
class SigningKey {
 public:
  /// `seed` is copied; the caller zeroes its own.
  explicit SigningKey(std::span<const std::uint8_t, 32> seed);
  SigningKey(SigningKey&& other) noexcept;
  SigningKey& operator=(SigningKey&& other) noexcept;
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;
  ~SigningKey();

  const PublicKey& public_key() const { return public_key_; }
  /// Deterministic (RFC 8032); about 25 microseconds.
  Signature sign(BytesView message) const;
  /// The 32-byte seed; lives as long as this object. For key files, key derivation and salts only.
  std::span<const std::uint8_t, 32> seed() const;

 private:
  std::array<std::uint8_t, 64> secret_;  // libsodium layout: seed || public key
  PublicKey public_key_;
};

/// Is this a point that may be enrolled (`crypto_core_ed25519_is_valid_point`)?
bool valid_public_key(const PublicKey& key);
/// About 50 microseconds. False for anything malformed.
bool verify_signature(const PublicKey& key, BytesView message, const Signature& signature);

/// `"tallinn-ledger/event/v1\0" || ledger id || event bytes`.
Bytes event_message(const LedgerId& ledger, BytesView event_bytes);

/// One party's signature as it stands in an entry.
struct EventSignature {
  PublicKey key;
  Signature signature;
  auto operator<=>(const EventSignature&) const = default;
};

EventSignature sign_event(const SigningKey& key, const LedgerId& ledger, BytesView event_bytes);
bool check_event_signature(const EventSignature& signature, const LedgerId& ledger,
                           BytesView event_bytes);

}  // namespace tallinn
