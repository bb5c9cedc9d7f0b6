// Every signature of a run is verified by three nodes, again after each restart, and by the
// checkers. What libsodium has said of a signature once is remembered here: a run takes half as
// long, and comes out the same. The linker puts these two before libsodium's (--wrap); the product
// knows nothing of it. One thread in each process.
#include <sodium.h>

#include <array>
#include <cstring>
#include <unordered_map>

extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier): the linker's names
int __real_crypto_sign_detached(unsigned char* signature, unsigned long long* signature_size,
                                const unsigned char* message, unsigned long long size,
                                const unsigned char* secret_key);
int __real_crypto_sign_verify_detached(const unsigned char* signature, const unsigned char* message,
                                       unsigned long long size, const unsigned char* public_key);
}

namespace {

using Hash = std::array<unsigned char, 32>;

/// It is uniform as it is.
struct FirstBytes {
  std::size_t operator()(const Hash& hash) const {
    std::size_t out = 0;
    std::memcpy(&out, hash.data(), sizeof out);
    return out;
  }
};

/// Of the signature, the key and the message, all that an answer depends on.
Hash hash_of(const unsigned char* signature, const unsigned char* message, unsigned long long size,
             const unsigned char* public_key) {
  Hash out;
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, out.size());
  crypto_generichash_update(&state, signature, crypto_sign_BYTES);
  crypto_generichash_update(&state, public_key, crypto_sign_PUBLICKEYBYTES);
  crypto_generichash_update(&state, message, size);
  crypto_generichash_final(&state, out.data(), out.size());
  return out;
}

using Answers = std::unordered_map<Hash, int, FirstBytes>;

Answers& answers() {
  static Answers known;
  constexpr std::size_t kMost = 200'000;  // some twenty runs
  if (known.size() >= kMost) known.clear();
  return known;
}

}  // namespace

extern "C" {

int __wrap_crypto_sign_detached(unsigned char* signature, unsigned long long* signature_size,
                                const unsigned char* message, unsigned long long size,
                                const unsigned char* secret_key) {
  const int made =
      __real_crypto_sign_detached(signature, signature_size, message, size, secret_key);
  // libsodium keeps the public key behind the seed.
  if (made == 0)
    answers().try_emplace(hash_of(signature, message, size, secret_key + crypto_sign_SEEDBYTES), 0);
  return made;
}

int __wrap_crypto_sign_verify_detached(const unsigned char* signature, const unsigned char* message,
                                       unsigned long long size, const unsigned char* public_key) {
  const Hash hash = hash_of(signature, message, size, public_key);
  Answers& known = answers();
  if (const auto found = known.find(hash); found != known.end()) return found->second;
  const int answer = __real_crypto_sign_verify_detached(signature, message, size, public_key);
  known.try_emplace(hash, answer);
  return answer;
}
// NOLINTEND(bugprone-reserved-identifier)
}
