#include "ledger/keys.h"

#include <doctest/doctest.h>

#include "tests/ledger/keys_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr PassphraseCost kCheap{.opslimit = 1, .memlimit_bytes = 8192};

std::string text_of(const Secret& secret) {
  return {reinterpret_cast<const char*>(secret.bytes().data()), secret.bytes().size()};
}
Secret secret_of(std::string_view text) {
  return Secret(as_u8(text));
}

KeyFile party_key() {
  return make_key_file({.kind = KeyOwner::Kind::party, .name = "EE"}, test_seed("EE"));
}

std::string boxed(std::string_view passphrase) {
  const PassphraseSalt salt{{1, 2, 3}};
  const SecretboxNonce nonce{{4, 5, 6}};
  return text_of(encode_key_file(party_key(), secret_of(passphrase), salt, nonce, kCheap).value());
}

bool same_seed(const KeyFile& key, std::string_view name) {
  const auto seed = key.seed.seed();
  const auto expected = test_seed(name);
  return std::equal(seed.begin(), seed.end(), expected.bytes().begin());
}

}  // namespace

TEST_CASE("an office's four keys are libsodium's subkeys 1 to 4, all different") {
  const std::array<std::uint8_t, 32> seed{};
  const OfficePublicKeys keys = public_keys(derive_office_keys(seed));
  const OfficePublicKeys again = public_keys(derive_office_keys(seed));
  CHECK(keys == again);
  const std::vector<PublicKey> all{keys.log, keys.witness, keys.state, keys.transport};
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(valid_public_key(all[i]));
    for (std::size_t j = 0; j < i; ++j) CHECK(all[i] != all[j]);
  }
}

TEST_CASE("a plain key file is spelled line by line and reads back") {
  const KeyFile key = party_key();
  const std::string text = text_of(encode_key_file(key));
  const auto seed = key.seed.seed();
  CHECK(text == "tallinn-ledger/key@v1\nparty EE\npublic " + to_base64(key.public_key.view()) +
                    "\nseed plain " +
                    to_base64(BytesView(reinterpret_cast<const char*>(seed.data()), 32)) + "\n");
  const KeyFile read = decode_key_file(text, nullptr).value();
  CHECK(read.owner == key.owner);
  CHECK(read.public_key == test_key("EE").public_key());
  CHECK(same_seed(read, "EE"));
}

TEST_CASE("an office's key file names its log key") {
  const KeyFile key =
      make_key_file({.kind = KeyOwner::Kind::office, .name = "kyiv"}, test_seed("kyiv"));
  CHECK(key.public_key == test_office("kyiv").log.public_key());
  const std::string text = text_of(encode_key_file(key));
  CHECK(decode_key_file(text, nullptr).value().owner == key.owner);
}

TEST_CASE("a protected key opens with its passphrase only, and its head without") {
  const std::string text = boxed("correct horse");
  const auto head = read_key_file_head(text).value();
  CHECK(head.owner.name == "EE");
  CHECK(head.public_key == test_key("EE").public_key());
  CHECK(head.protection == KeyFileHead::Protection::passphrase);
  const Secret right = secret_of("correct horse");
  const Secret wrong = secret_of("correct Horse");
  CHECK(same_seed(decode_key_file(text, &right).value(), "EE"));
  CHECK(decode_key_file(text, &wrong).error().code == Code::unauthorised);
  CHECK(decode_key_file(text, nullptr).error().code == Code::unauthorised);
}

TEST_CASE("no byte of a key file can change and still give a key") {
  const Secret passphrase = secret_of("p");
  for (const std::string& text : {text_of(encode_key_file(party_key())), boxed("p")}) {
    REQUIRE(decode_key_file(text, &passphrase));
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::string bad = text;
      bad[i] = static_cast<char>(bad[i] ^ 2);
      const bool name = i >= 28 && i < 30;  // the owner's name is not bound to the key
      if (!name) CHECK_MESSAGE(!decode_key_file(bad, &passphrase), "byte " << i);
    }
    CHECK_FALSE(decode_key_file(text + "\n", &passphrase));
  }
}

TEST_CASE("a key file that asks for too much memory or time is refused unopened") {
  const Secret passphrase = secret_of("p");
  const std::string good = boxed("p");
  for (std::string_view cost : {"1 8589934592", "1000000 8192", "0 8192", "1 1"}) {
    std::string bad = good;
    bad.replace(bad.find("1 8192"), 6, cost);
    CHECK(decode_key_file(bad, &passphrase).error().code == Code::malformed);
  }
}

TEST_CASE("a secret that moves leaves nothing behind") {
  Secret first = secret_of("abc");
  const Secret second = std::move(first);
  CHECK(second.bytes().size() == 3);
  CHECK(first.bytes().empty());
}
