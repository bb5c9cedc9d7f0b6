#include "ledger/mirror.h"

#include <doctest/doctest.h>

#include "tests/ledger/keys_for_tests.h"

namespace tallinn {
namespace {

MirrorKeys tallinn_mirror() {
  return test::mirror_keys(test::test_charter(), "tallinn");
}

}  // namespace

TEST_CASE("a mirror's line reads back, and its witness key is named as an office's is") {
  const Charter charter = test::test_charter();
  const MirrorKeys mirror = tallinn_mirror();
  CHECK(mirror.witness.name == "tallinn-mechanism.example/tallinn/witness");
  CHECK(mirror.witness.type == kNoteCosignature);
  const auto back = parse_mirror_line(format_mirror_line(mirror), charter);
  REQUIRE_MESSAGE(back, back.error().detail);
  CHECK(*back == mirror);
}

TEST_CASE("a line that is no mirror's is refused, and says why") {
  const Charter charter = test::test_charter();
  const MirrorKeys mirror = tallinn_mirror();
  const std::string good = format_mirror_line(mirror);
  const auto with = [&](MirrorKeys other) { return format_mirror_line(other); };
  MirrorKeys kyiv = mirror;
  kyiv.name = "kyiv";
  MirrorKeys renamed = mirror;
  renamed.name = "riga";
  MirrorKeys elsewhere = mirror;
  elsewhere.witness =
      make_vkey("another.example/tallinn/witness", kNoteCosignature, mirror.witness.key);
  MirrorKeys no_witness = mirror;
  no_witness.witness = make_vkey(mirror.witness.name, kNoteEd25519, mirror.witness.key);
  MirrorKeys no_point = mirror;
  no_point.transport = PublicKey{};
  struct Row {
    std::string line;
    std::string says;
  };
  for (const Row& row :
       {Row{"", "a mirror line is"}, Row{good + " x", "a mirror line is"},
        Row{good + "\n", "does not read"}, Row{"office" + good.substr(6), "a mirror line is"},
        Row{with(kyiv), "kyiv is an office"}, Row{with(renamed), "is not named"},
        Row{with(elsewhere), "is not named"}, Row{with(no_witness), "is not named"},
        Row{with(no_point), "does not read"},
        Row{"mirror Tallinn " + good.substr(15), "1 to 24 of a-z"}}) {
    CAPTURE(row.line);
    const auto refused = parse_mirror_line(row.line, charter);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Code::malformed);
    CHECK(refused.error().detail.find(row.says) != std::string::npos);
  }
}

TEST_CASE("a mirror's keys are those that an office of the same seed has in these roles") {
  const Secret seed = test::test_seed("either");
  const MirrorSigningKeys mirror = derive_mirror_keys(seed.seed());
  const OfficeKeys office = derive_office_keys(seed.seed());
  CHECK(mirror.witness.public_key() == office.witness.public_key());
  CHECK(mirror.transport.public_key() == office.transport.public_key());
}

TEST_CASE("a mirror's key file reads back under its name and with its witness key") {
  const KeyFile key = make_key_file({KeyOwner::Kind::mirror, "tallinn"}, test::test_seed("m"));
  const Secret text = encode_key_file(key);
  const std::string words(reinterpret_cast<const char*>(text.bytes().data()), text.bytes().size());
  CHECK(words.find("\nmirror tallinn\n") != std::string::npos);
  const auto back = decode_key_file(words, nullptr);
  REQUIRE(back.has_value());
  CHECK(back->owner == key.owner);
  CHECK(back->public_key == derive_mirror_keys(key.seed.seed()).witness.public_key());
}

}  // namespace tallinn
