#include "ledger/sha256.h"

#include <doctest/doctest.h>

#include <vector>

using namespace tallinn;

TEST_CASE("known answers of FIPS 180-4 come out, in one piece or in parts") {
  const std::vector<std::pair<std::string, std::string_view>> table{
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1000000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  Sha256 hasher;
  for (const auto& [message, digest] : table) {
    CHECK(to_hex(sha256(message).view()) == digest);
    const BytesView view(message);
    const std::array<BytesView, 2> parts{view.substr(0, message.size() / 3),
                                         view.substr(message.size() / 3)};
    CHECK(to_hex(sha256(parts).view()) == digest);
    CHECK(to_hex(hasher.update(parts[0]).update(parts[1]).finish().view()) == digest);
  }
}
