#include "ledger/sha256.h"

#include <openssl/evp.h>

#include "events/assert.h"

namespace tallinn {

struct Sha256::State {
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    EVP_MD_CTX_free(context);
    EVP_MD_free(algorithm);
  }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  TALLINN_ASSERT(state_->algorithm != nullptr && state_->context != nullptr);
  TALLINN_ASSERT(EVP_DigestInit_ex2(state_->context, state_->algorithm, nullptr) == 1);
}

Sha256::~Sha256() = default;

Sha256& Sha256::update(BytesView part) {
  TALLINN_ASSERT(EVP_DigestUpdate(state_->context, part.data(), part.size()) == 1);
  return *this;
}

Digest Sha256::finish() {
  Digest digest;
  unsigned length = 0;
  TALLINN_ASSERT(EVP_DigestFinal_ex(state_->context, digest.bytes.data(), &length) == 1);
  TALLINN_ASSERT(length == Digest::kSize);
  TALLINN_ASSERT(EVP_DigestInit_ex2(state_->context, nullptr, nullptr) == 1);
  return digest;
}

namespace {

// A cache, not state: setting up a context costs more than hashing a tree node.
Sha256& hasher_of_this_thread() {
  thread_local Sha256 hasher;
  return hasher;
}

}  // namespace

Digest sha256(BytesView message) {
  return hasher_of_this_thread().update(message).finish();
}

Digest sha256(std::span<const BytesView> parts) {
  Sha256& hasher = hasher_of_this_thread();
  for (BytesView part : parts) hasher.update(part);
  return hasher.finish();
}

}  // namespace tallinn
