#include "events/signing.h"

#include <sodium.h>

#include "events/assert.h"

namespace tallinn {

SigningKey::SigningKey(std::span<const std::uint8_t, 32> seed) {
  const int failed =
      crypto_sign_seed_keypair(public_key_.bytes.data(), secret_.data(), seed.data());
  TALLINN_ASSERT(failed == 0);
}

SigningKey::SigningKey(SigningKey&& other) noexcept
    : secret_(other.secret_), public_key_(other.public_key_) {
  sodium_memzero(other.secret_.data(), other.secret_.size());
}

SigningKey& SigningKey::operator=(SigningKey&& other) noexcept {
  if (this != &other) {
    secret_ = other.secret_;
    public_key_ = other.public_key_;
    sodium_memzero(other.secret_.data(), other.secret_.size());
  }
  return *this;
}

SigningKey::~SigningKey() {
  sodium_memzero(secret_.data(), secret_.size());
}

std::span<const std::uint8_t, 32> SigningKey::seed() const {
  return std::span<const std::uint8_t, 32>(secret_.data(), 32);
}

Signature SigningKey::sign(BytesView message) const {
  Signature out;
  crypto_sign_detached(out.bytes.data(), nullptr, as_u8(message).data(), message.size(),
                       secret_.data());
  return out;
}

bool valid_public_key(const PublicKey& key) {
  return crypto_core_ed25519_is_valid_point(key.bytes.data()) == 1;
}

bool verify_signature(const PublicKey& key, BytesView message, const Signature& signature) {
  return crypto_sign_verify_detached(signature.bytes.data(), as_u8(message).data(), message.size(),
                                     key.bytes.data()) == 0;
}

Bytes event_message(const LedgerId& ledger, BytesView event_bytes) {
  constexpr std::string_view kDomain{"tallinn-ledger/event/v1\0", 24};
  Bytes message;
  message.reserve(kDomain.size() + LedgerId::kSize + event_bytes.size());
  message.append(kDomain).append(ledger.view()).append(event_bytes);
  return message;
}

EventSignature sign_event(const SigningKey& key, const LedgerId& ledger, BytesView event_bytes) {
  return {key.public_key(), key.sign(event_message(ledger, event_bytes))};
}

bool check_event_signature(const EventSignature& signature, const LedgerId& ledger,
                           BytesView event_bytes) {
  return verify_signature(signature.key, event_message(ledger, event_bytes), signature.signature);
}

}  // namespace tallinn
