#include "ledger/keys.h"

#include <sodium.h>

#include <algorithm>

#include "events/assert.h"
#include "events/text.h"
#include "ledger/text_lines.h"

namespace tallinn {

namespace {

constexpr std::string_view kKeyFileHeader = "tallinn-ledger/key@v1";
constexpr std::size_t kSeedBytes = 32;
constexpr PassphraseCost kMaxCost{.opslimit = 16, .memlimit_bytes = 1024u << 20};

std::unexpected<Error> bad_key_file() {
  return refuse(Code::malformed, "not a key file");
}

SigningKey derive_key(std::span<const std::uint8_t, 32> master, std::uint64_t subkey) {
  std::array<std::uint8_t, kSeedBytes> seed;
  TALLINN_ASSERT(
      crypto_kdf_derive_from_key(seed.data(), seed.size(), subkey, "tallinn_", master.data()) == 0);
  SigningKey key(seed);
  sodium_memzero(seed.data(), seed.size());
  return key;
}

PublicKey public_key_of(const KeyOwner& owner, const Secret& seed) {
  switch (owner.kind) {
    case KeyOwner::Kind::party: return SigningKey(seed.seed()).public_key();
    case KeyOwner::Kind::office: return derive_office_keys(seed.seed()).log.public_key();
    case KeyOwner::Kind::mirror: return derive_mirror_keys(seed.seed()).witness.public_key();
  }
  TALLINN_ASSERT(!"unknown kind");
  return {};
}

bool valid_owner(const KeyOwner& owner) {
  return owner.kind == KeyOwner::Kind::party ? valid_party_id(owner.name)
                                             : valid_office_name(owner.name);
}

constexpr std::array<std::string_view, 3> kKeyKinds{"party", "office", "mirror"};

std::string format_head(const KeyOwner& owner, const PublicKey& key) {
  return std::string(kKeyFileHeader) + "\n" + std::string(spell(owner.kind)) + " " + owner.name +
         "\npublic " + to_base64(key.view()) + "\n";
}

bool affordable(const PassphraseCost& cost) {
  return cost.opslimit >= crypto_pwhash_OPSLIMIT_MIN && cost.opslimit <= kMaxCost.opslimit &&
         cost.memlimit_bytes >= crypto_pwhash_MEMLIMIT_MIN &&
         cost.memlimit_bytes <= kMaxCost.memlimit_bytes && cost.memlimit_bytes % 1024 == 0;
}

Result<Secret> box_key(const Secret& passphrase, const PassphraseSalt& salt, PassphraseCost cost) {
  std::array<std::uint8_t, crypto_secretbox_KEYBYTES> raw;
  const auto words = passphrase.bytes();
  const int failed =
      crypto_pwhash(raw.data(), raw.size(), reinterpret_cast<const char*>(words.data()),
                    words.size(), salt.bytes.data(), cost.opslimit,
                    static_cast<std::size_t>(cost.memlimit_bytes), crypto_pwhash_ALG_ARGON2ID13);
  if (failed != 0) return refuse(Code::unavailable, "not enough memory to unlock the key");
  Secret key(raw);
  sodium_memzero(raw.data(), raw.size());
  return key;
}

/// The text of a key file, taken apart; views into it.
struct Parts {
  KeyFileHead head;
  std::vector<std::string_view> seed_words;  ///< after "seed"
};

Result<Parts> take_apart(std::string_view text) {
  if (text.size() > kMaxKeyFileBytes) return bad_key_file();
  std::string_view rest = text;
  if (take_line(rest) != kKeyFileHeader) return bad_key_file();
  const auto owner = take_line(rest);
  const auto key = take_line(rest);
  const auto seed = take_line(rest);
  if (!owner || !key || !seed || !rest.empty()) return bad_key_file();
  Parts parts;
  const auto words = split_words(*owner);
  if (words.size() != 2) return bad_key_file();
  const auto kind = std::ranges::find(kKeyKinds, words[0]);
  if (kind == kKeyKinds.end()) return bad_key_file();
  parts.head.owner = {.kind = static_cast<KeyOwner::Kind>(kind - kKeyKinds.begin()),
                      .name = std::string(words[1])};
  const auto key_text = after_keyword(*key, "public");
  const auto public_key = key_text ? fixed_from_base64<PublicKey>(*key_text) : std::nullopt;
  if (!valid_owner(parts.head.owner) || !public_key) return bad_key_file();
  parts.head.public_key = *public_key;
  const auto seed_text = after_keyword(*seed, "seed");
  if (!seed_text) return bad_key_file();
  parts.seed_words = split_words(*seed_text);
  const bool plain = parts.seed_words.size() == 2 && parts.seed_words[0] == "plain";
  const bool boxed = parts.seed_words.size() == 6 && parts.seed_words[0] == "argon2id";
  if (!plain && !boxed) return bad_key_file();
  if (boxed) parts.head.protection = KeyFileHead::Protection::passphrase;
  if (!text.starts_with(format_head(parts.head.owner, parts.head.public_key)))
    return bad_key_file();
  return parts;
}

Result<Secret> open_plain(const std::vector<std::string_view>& words) {
  auto raw = from_base64(words[1]);
  if (!raw || raw->size() != kSeedBytes) return bad_key_file();
  Secret seed(as_u8(*raw));
  sodium_memzero(raw->data(), raw->size());
  return seed;
}

Result<Secret> open_box(const std::vector<std::string_view>& words, const Secret* passphrase) {
  const auto opslimit = parse_decimal(words[1]);
  const auto memlimit = parse_decimal(words[2]);
  const auto salt = fixed_from_base64<PassphraseSalt>(words[3]);
  const auto nonce = fixed_from_base64<SecretboxNonce>(words[4]);
  const auto box = from_base64(words[5]);
  if (!opslimit || !memlimit || !salt || !nonce || !box) return bad_key_file();
  const PassphraseCost cost{.opslimit = *opslimit, .memlimit_bytes = *memlimit};
  if (!affordable(cost) || box->size() != crypto_secretbox_MACBYTES + kSeedBytes)
    return bad_key_file();
  if (passphrase == nullptr)
    return refuse(Code::unauthorised, "the key is protected by a passphrase");
  auto key = box_key(*passphrase, *salt, cost);
  if (!key) return key;
  std::array<std::uint8_t, kSeedBytes> raw;
  const int failed = crypto_secretbox_open_easy(raw.data(), as_u8(*box).data(), box->size(),
                                                nonce->bytes.data(), key->bytes().data());
  if (failed != 0) return refuse(Code::unauthorised, "the passphrase does not open the key");
  Secret seed(raw);
  sodium_memzero(raw.data(), raw.size());
  return seed;
}

}  // namespace

Secret::Secret(std::span<const std::uint8_t> bytes) : bytes_(bytes.begin(), bytes.end()) {}

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) {
  other.bytes_.clear();
}

Secret& Secret::operator=(Secret&& other) noexcept {
  bytes_.swap(other.bytes_);  // what was ours is zeroed when `other` goes
  return *this;
}

Secret::~Secret() {
  if (!bytes_.empty()) sodium_memzero(bytes_.data(), bytes_.size());
}

std::span<const std::uint8_t, 32> Secret::seed() const {
  TALLINN_ASSERT(bytes_.size() == kSeedBytes);
  return std::span<const std::uint8_t, 32>(bytes_.data(), kSeedBytes);
}

std::string_view spell(KeyOwner::Kind kind) {
  return kKeyKinds.at(static_cast<std::size_t>(kind));
}

OfficeKeys derive_office_keys(std::span<const std::uint8_t, 32> seed) {
  return {.log = derive_key(seed, 1),
          .witness = derive_key(seed, 2),
          .state = derive_key(seed, 3),
          .transport = derive_key(seed, 4)};
}

OfficePublicKeys public_keys(const OfficeKeys& keys) {
  return {.log = keys.log.public_key(),
          .witness = keys.witness.public_key(),
          .state = keys.state.public_key(),
          .transport = keys.transport.public_key()};
}

MirrorSigningKeys derive_mirror_keys(std::span<const std::uint8_t, 32> seed) {
  return {.witness = derive_key(seed, 2), .transport = derive_key(seed, 4)};
}

KeyFile make_key_file(KeyOwner owner, Secret seed) {
  TALLINN_ASSERT(valid_owner(owner));
  const PublicKey key = public_key_of(owner, seed);
  return {.owner = std::move(owner), .public_key = key, .seed = std::move(seed)};
}

Secret encode_key_file(const KeyFile& key) {
  const auto seed = key.seed.seed();
  std::string base64 =
      to_base64(BytesView(reinterpret_cast<const char*>(seed.data()), seed.size()));
  std::string text = format_head(key.owner, key.public_key);
  text.reserve(kMaxKeyFileBytes);  // so that no copy of the seed is left behind by growing
  text += "seed plain ";
  text += base64;
  text += "\n";
  Secret secret(as_u8(text));
  sodium_memzero(base64.data(), base64.size());
  sodium_memzero(text.data(), text.size());
  return secret;
}

Result<Secret> encode_key_file(const KeyFile& key, const Secret& passphrase,
                               const PassphraseSalt& salt, const SecretboxNonce& nonce,
                               PassphraseCost cost) {
  TALLINN_ASSERT(affordable(cost));
  const auto wrapping = box_key(passphrase, salt, cost);
  if (!wrapping) return std::unexpected(wrapping.error());
  const auto seed = key.seed.seed();
  std::array<std::uint8_t, crypto_secretbox_MACBYTES + kSeedBytes> box;
  TALLINN_ASSERT(crypto_secretbox_easy(box.data(), seed.data(), seed.size(), nonce.bytes.data(),
                                       wrapping->bytes().data()) == 0);
  const std::string text =
      format_head(key.owner, key.public_key) + "seed argon2id " + std::to_string(cost.opslimit) +
      " " + std::to_string(cost.memlimit_bytes) + " " + to_base64(salt.view()) + " " +
      to_base64(nonce.view()) + " " +
      to_base64(BytesView(reinterpret_cast<const char*>(box.data()), box.size())) + "\n";
  return Secret(as_u8(text));
}

Result<KeyFileHead> read_key_file_head(std::string_view text) {
  auto parts = take_apart(text);
  if (!parts) return std::unexpected(parts.error());
  return std::move(parts->head);
}

Result<KeyFile> decode_key_file(std::string_view text, const Secret* passphrase) {
  auto parts = take_apart(text);
  if (!parts) return std::unexpected(parts.error());
  const bool plain = parts->head.protection == KeyFileHead::Protection::plain;
  auto seed = plain ? open_plain(parts->seed_words) : open_box(parts->seed_words, passphrase);
  if (!seed) return std::unexpected(seed.error());
  KeyFile key = make_key_file(parts->head.owner, std::move(*seed));
  if (key.public_key != parts->head.public_key)
    return refuse(Code::malformed, "the key file's seed does not give its public key");
  return key;
}

}  // namespace tallinn
