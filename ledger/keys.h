// Secret keys at rest: an office's four keys from one seed, and the text of key files.
// Pure: salts and nonces are arguments (the shell is ledger/file_keys.h). The file, strict, \n line
// ends:
//   tallinn-ledger/key@v1
//   party EE                          or: office kyiv, mirror tallinn
//   public <base64>                   the party's key; an office's log key; a mirror's witness key
//   seed plain <base64>
//   or: seed argon2id <opslimit> <memlimit bytes> <salt, base64> <nonce, base64> <secretbox of the
//   seed, base64>
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/signing.h"
#include "ledger/charter.h"

namespace tallinn {

/// Bytes that are zeroed when they go. Moves, never copies.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::span<const std::uint8_t> bytes);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  std::span<const std::uint8_t> bytes() const { return bytes_; }
  /// Asserts that it holds exactly 32 bytes.
  std::span<const std::uint8_t, 32> seed() const;

 private:
  std::vector<std::uint8_t> bytes_;
};

/// One office's keys; no role shares one.
struct OfficeKeys {
  SigningKey log;
  SigningKey witness;
  SigningKey state;
  SigningKey transport;
};
/// crypto_kdf, context "tallinn_", subkeys 1 log, 2 witness, 3 state, 4 transport.
OfficeKeys derive_office_keys(std::span<const std::uint8_t, 32> seed);
OfficePublicKeys public_keys(const OfficeKeys& keys);

/// A mirror's: it has no log to sign, and no state.
struct MirrorSigningKeys {
  SigningKey witness;
  SigningKey transport;
};
/// As an office's of the same roles.
MirrorSigningKeys derive_mirror_keys(std::span<const std::uint8_t, 32> seed);

struct KeyOwner {
  enum class Kind : std::uint8_t { party, office, mirror };
  Kind kind = Kind::party;
  std::string name;  ///< a party id, or the name of an office or a mirror
  bool operator==(const KeyOwner&) const = default;
};

/// "party", as in the file.
std::string_view spell(KeyOwner::Kind kind);

inline constexpr std::size_t kMaxKeyFileBytes = 4096;

/// What a key file says without its passphrase.
struct KeyFileHead {
  KeyOwner owner;
  PublicKey public_key;
  enum class Protection : std::uint8_t { plain, passphrase } protection = Protection::plain;
  bool operator==(const KeyFileHead&) const = default;
};

struct KeyFile {
  KeyOwner owner;
  PublicKey public_key;
  Secret seed;  ///< 32 bytes
};
/// Derives the public key. Asserts that the owner's name is valid.
KeyFile make_key_file(KeyOwner owner, Secret seed);

/// The price of guessing a passphrase, as crypto_pwhash takes it. At most 1 GiB, in whole KiB, and
/// 16 passes.
struct PassphraseCost {
  std::uint64_t opslimit = 3;
  std::uint64_t memlimit_bytes = 256u << 20;  ///< libsodium's "moderate"
};
using PassphraseSalt = FixedBytes<struct PassphraseSaltTag, 16>;
using SecretboxNonce = FixedBytes<struct SecretboxNonceTag, 24>;

/// Secret bytes in clear: the caller keeps them short-lived and zeroed.
Secret encode_key_file(const KeyFile& key);
/// Code::unavailable when there is not enough memory.
Result<Secret> encode_key_file(const KeyFile& key, const Secret& passphrase,
                               const PassphraseSalt& salt, const SecretboxNonce& nonce,
                               PassphraseCost cost);

Result<KeyFileHead> read_key_file_head(std::string_view text);
/// Code::malformed; Code::unauthorised without, or with the wrong, passphrase. The seed must give
/// the public key.
Result<KeyFile> decode_key_file(std::string_view text, const Secret* passphrase);

}  // namespace tallinn
