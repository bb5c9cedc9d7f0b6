#include "ledger/value_statement.h"

#include <doctest/doctest.h>

#include "tests/ledger/keys_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

Uuid event_id() {
  Uuid id;
  id.bytes = {1, 0x93, 0xb3, 3, 0xf0, 0, 0x76, 0xb1, 0xbe, 0x74, 0xff, 0x8f, 0x36, 0xfa, 0x1b, 9};
  return id;
}

Erasure erasure() {
  return {.ledger = test_charter().id,
          .event = event_id(),
          .field = Name("site"),
          .commitment = sha256("a value"),
          .at = UnixSeconds(1'700'000'000),
          .party = PartyId("UA"),
          .key = test_key("UA").public_key()};
}

DisclosureRequest request(std::optional<Name> field) {
  return {.ledger = test_charter().id,
          .event = event_id(),
          .field = std::move(field),
          .at = UnixSeconds(1'700'000'000),
          .party = PartyId("EE"),
          .key = test_key("EE").public_key()};
}

}  // namespace

TEST_CASE("a statement about a value reads back as it was signed, and as no other kind") {
  const std::string note = sign_erasure(erasure(), test_key("UA"));
  CHECK(note.starts_with("tallinn-ledger/erasure@v1\nledger "));
  CHECK(open_erasure(note).value() == erasure());
  CHECK_FALSE(open_disclosure_request(note));
  for (const auto& field : {std::optional<Name>(), std::optional(Name("site"))}) {
    const std::string asked = sign_disclosure_request(request(field), test_key("EE"));
    CHECK(open_disclosure_request(asked).value() == request(field));
    CHECK_FALSE(open_erasure(asked));
  }
}

TEST_CASE("no character of a statement about a value can change") {
  const std::string note = sign_erasure(erasure(), test_key("UA"));
  const std::string asked = sign_disclosure_request(request(Name("site")), test_key("EE"));
  for (std::size_t at = 0; at < note.size(); ++at)
    for (const char other : {'a', '1', 'B', '\n'}) {
      std::string changed = note;
      changed[at] = other;
      if (changed != note) CHECK_MESSAGE(!open_erasure(changed), changed);
    }
  for (std::size_t at = 0; at < asked.size(); ++at) {
    std::string changed = asked;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK_MESSAGE(!open_disclosure_request(changed), changed);
  }
}

TEST_CASE("a statement about a value has one signature, by the key that it names") {
  const auto text = parse_note(sign_erasure(erasure(), test_key("UA")))->text;
  const auto signed_by = [&](std::vector<NoteSignature> lines) {
    return open_erasure(format_note({.text = text, .signatures = std::move(lines)}));
  };
  CHECK(signed_by({sign_note("UA", test_key("UA"), text)}));
  CHECK(signed_by({sign_note("PL", test_key("UA"), text)})->party == PartyId("PL"));
  CHECK(signed_by({sign_note("UA", test_key("EE"), text)}).error().code == Code::failed);
  CHECK_FALSE(signed_by({sign_note("ua", test_key("UA"), text)}));
  CHECK_FALSE(
      signed_by({sign_note("UA", test_key("UA"), text), sign_note("EE", test_key("EE"), text)}));
  CHECK_FALSE(signed_by({cosign_note("UA", test_key("UA"), UnixSeconds(1), text)}));
}
