#include "ledger/note.h"

#include <doctest/doctest.h>

#include "tests/ledger/keys_for_tests.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr std::string_view kExampleKey =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr std::string_view kExampleNote =
    "This is an example message.\n\n\xE2\x80\x94 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
    "\n";
constexpr std::string_view kText = "ledger.example/kyiv/1\n7\nhello\n";

}  // namespace

TEST_CASE("the published example note verifies under its published key") {
  const auto key = parse_vkey(kExampleKey).value();
  CHECK(format_vkey(key) == kExampleKey);
  const auto note = parse_note(kExampleNote).value();
  CHECK(note.text == "This is an example message.\n");
  CHECK(format_note(note) == kExampleNote);
  const auto verified = verify_note(note, std::span(&key, 1)).value();
  REQUIRE(verified.size() == 1);
  CHECK(verified[0].key == key);
  CHECK_FALSE(verified[0].time);
}

TEST_CASE("no byte of the published example can change and still verify") {
  const auto key = parse_vkey(kExampleKey).value();
  for (std::size_t i = 0; i < kExampleNote.size(); ++i) {
    for (const int bit : {0, 1, 5, 7}) {
      std::string bad(kExampleNote);
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      const auto note = parse_note(bad);
      const auto verified =
          note ? verify_note(*note, std::span(&key, 1)).value_or(std::vector<Verified>())
               : std::vector<Verified>();
      CHECK_MESSAGE(verified.empty(), "byte " << i << " bit " << bit);
    }
  }
}

TEST_CASE("a verifier key with any other spelling is refused") {
  for (std::string_view text :
       {"", "example.com/foo", "example.com/foo+530d903a",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k=",
        "exam ple+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"})
    CHECK_MESSAGE(parse_vkey(text).error().code == Code::malformed, text);
}

TEST_CASE("a note that is not in its one spelling is refused") {
  const std::string line = "\xE2\x80\x94 a AAAAAAA=\n";
  REQUIRE(parse_note("t\n\n" + line));
  const std::vector<std::string> table{std::string(),
                                       std::string("t\n"),
                                       std::string("t\n\n"),
                                       "t\n" + line,
                                       "t\n\n" + line + "\n",
                                       "t\n\n" + line + "x",
                                       "t\n\n\xE2\x80\x94 a AAAAAAA=",
                                       std::string("t\n\n- a AAAAAAA=\n"),
                                       std::string("t\n\n\xE2\x80\x94 a  AAAAAAA=\n"),
                                       std::string("t\n\n\xE2\x80\x94 a AAAAAAB=\n"),
                                       std::string("t\n\n\xE2\x80\x94 a AAAAAAA\n"),
                                       std::string("t\n\n\xE2\x80\x94 a+b AAAAAAA=\n"),
                                       std::string("t\n\n\xE2\x80\x94 a\xC2\xA0 AAAAAAA=\n"),
                                       std::string("t\n\n\xE2\x80\x94 a AAAAAA==\n"),
                                       "t\r\n\n" + line,
                                       "t\x01\n\n" + line,
                                       "t\xFF\n\n" + line,
                                       "\n" + line};
  for (const std::string& bad : table) CHECK_MESSAGE(!parse_note(bad), bad);
  CHECK_FALSE(parse_note(std::string(kMaxNoteBytes, 'x') + "\n\n" + line));
}

TEST_CASE("a note may have 64 signatures and not 65") {
  std::string note = "t\n\n";
  for (int i = 0; i < 64; ++i) note += "\xE2\x80\x94 a AAAAAAA=\n";
  CHECK(parse_note(note).value().signatures.size() == 64);
  CHECK_FALSE(parse_note(note + "\xE2\x80\x94 a AAAAAAA=\n"));
}

TEST_CASE("the text may hold empty lines: the last one splits it from the signatures") {
  const SigningKey key = test_key("k");
  const std::string text = "one\n\n\xE2\x80\x94 two\n";
  const Note note{.text = text, .signatures = {sign_note("k", key, text)}};
  CHECK(parse_note(format_note(note)).value() == note);
}

TEST_CASE("signer and cosigner are told apart, and the cosigner's time comes out") {
  const SigningKey log = test_key("log");
  const SigningKey witness = test_key("witness");
  const std::vector<VerifierKey> known{
      make_vkey("log", kNoteEd25519, log.public_key()),
      make_vkey("witness", kNoteCosignature, witness.public_key())};
  Note note{.text = std::string(kText), .signatures = {}};
  note.signatures.push_back(sign_note("log", log, kText));
  note.signatures.push_back(cosign_note("witness", witness, UnixSeconds(1703030400), kText));
  note.signatures.push_back(sign_note("stranger", test_key("stranger"), "other text\n"));
  const auto read = parse_note(format_note(note)).value();
  const auto verified = verify_note(read, known).value();
  REQUIRE(verified.size() == 2);
  CHECK(signed_by(verified, known[0]));
  CHECK(signed_by(verified, known[1]));
  CHECK(verified[1].time == UnixSeconds(1703030400));
  CHECK(verify_note(read, {}).value().empty());
}

TEST_CASE("a known signer whose signature fails voids the note") {
  const SigningKey log = test_key("log");
  const SigningKey witness = test_key("witness");
  const std::vector<VerifierKey> known{
      make_vkey("log", kNoteEd25519, log.public_key()),
      make_vkey("witness", kNoteCosignature, witness.public_key())};
  const auto code = [&](NoteSignature second) {
    const Note note{.text = std::string(kText),
                    .signatures = {sign_note("log", log, kText), std::move(second)}};
    const auto verified = verify_note(note, known);
    return verified ? Code::not_found : verified.error().code;
  };
  const auto good = cosign_note("witness", witness, UnixSeconds(5), kText);
  CHECK(code(good) == Code::not_found);
  CHECK(code(cosign_note("witness", witness, UnixSeconds(5), "other\n")) == Code::failed);
  CHECK(code(cosign_note("witness", witness, UnixSeconds(INT64_MAX), kText)) != Code::failed);
  CHECK(code(cosign_note("witness", witness, UnixSeconds(std::uint64_t{1} << 63), kText)) ==
        Code::failed);
  auto later = good;
  later.raw[7] = static_cast<char>(later.raw[7] + 1);
  CHECK(code(later) == Code::failed);
  auto shorter = good;
  shorter.raw.pop_back();
  CHECK(code(shorter) == Code::failed);
  auto longer = good;
  longer.raw.push_back('x');
  CHECK(code(longer) == Code::failed);
  auto first = sign_note("log", log, kText);
  first.raw[0] = static_cast<char>(first.raw[0] ^ 1);
  CHECK(code(first) == Code::failed);
}

TEST_CASE("a key that signs twice counts once") {
  const SigningKey log = test_key("log");
  const auto key = make_vkey("log", kNoteEd25519, log.public_key());
  const auto signature = sign_note("log", log, kText);
  const Note note{.text = std::string(kText), .signatures = {signature, signature}};
  CHECK(verify_note(note, std::span(&key, 1)).value().size() == 1);
}

TEST_CASE("a witness's answer is signature lines and nothing else") {
  const auto signature = cosign_note("witness", test_key("w"), UnixSeconds(5), kText);
  const std::string line = format_signature_line(signature);
  CHECK(parse_signature_lines(line + line).value().size() == 2);
  CHECK(parse_signature_lines(line).value()[0] == signature);
  CHECK_FALSE(parse_signature_lines(""));
  CHECK_FALSE(parse_signature_lines(line + "\n"));
  CHECK_FALSE(parse_signature_lines("old 5\n" + line));
}
