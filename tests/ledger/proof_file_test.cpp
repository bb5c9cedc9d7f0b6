#include "ledger/proof_file.h"

#include <doctest/doctest.h>

#include "tests/ledger/keys_for_tests.h"
#include "tests/ledger/slow_tree.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr std::string_view kEntry = "leaf 5";

struct Example {
  std::vector<VerifierKey> known;
  ProofFile file;
};

/// Entry 5 of 11, signed by kyiv's log key, cosigned by warsaw and by a stranger.
Example example_proof() {
  const Charter charter = test_charter();
  SlowHashes hashes(make_leaves(11));
  const Checkpoint checkpoint{.origin = charter.origin({OfficeNumber(0), Epoch(1)}),
                              .size = LogSize(11),
                              .root = tree_root(LogSize(11), hashes).value()};
  Note note{.text = format_checkpoint(checkpoint), .signatures = {}};
  const auto cosigner = charter.offices[1].witness.name;
  note.signatures.push_back(sign_note(checkpoint.origin, test_office("kyiv").log, note.text));
  note.signatures.push_back(
      cosign_note(cosigner, test_office("warsaw").witness, UnixSeconds(1703030400), note.text));
  note.signatures.push_back(
      cosign_note("mirror.example", test_key("mirror"), UnixSeconds(1703030401), note.text));
  return {.known = {charter.offices[0].log, charter.offices[1].log, charter.offices[0].witness,
                    charter.offices[1].witness},
          .file = {.extra = Bytes(kEntry),
                   .index = LogIndex(5),
                   .hashes = prove_inclusion(LogIndex(5), LogSize(11), hashes).value(),
                   .checkpoint = format_note(note)}};
}

bool verifies(const ProofFile& file, std::span<const VerifierKey> known) {
  return verify_receipt(file, known).has_value();
}

}  // namespace

TEST_CASE("a receipt reads back and proves its entry, its place and who cosigned") {
  const Example ours = example_proof();
  const std::string text = format_proof_file(ours.file);
  CHECK(text.starts_with("c2sp.org/tlog-proof@v1\nextra bGVhZiA1\nindex 5\n"));
  const ProofFile read = parse_proof_file(text).value();
  CHECK(read == ours.file);
  const auto receipt = verify_receipt(read, ours.known).value();
  CHECK(receipt.index == LogIndex(5));
  CHECK(receipt.entry == kEntry);
  CHECK(receipt.checkpoint.origin == "tallinn-mechanism.example/kyiv/1");
  REQUIRE(receipt.cosigned.size() == 1);
  CHECK(receipt.cosigned[0].key.name == "tallinn-mechanism.example/warsaw/witness");
  CHECK(receipt.cosigned[0].time == UnixSeconds(1703030400));
}

TEST_CASE("a changed receipt never verifies") {
  const Example ours = example_proof();
  const auto with = [&](auto change) {
    ProofFile file = ours.file;
    change(file);
    return verifies(file, ours.known);
  };
  CHECK(with([](ProofFile&) {}));
  CHECK_FALSE(with([](ProofFile& file) { file.extra = "leaf 6"; }));
  CHECK_FALSE(with([](ProofFile& file) { file.extra.reset(); }));
  CHECK_FALSE(with([](ProofFile& file) { file.index = LogIndex(4); }));
  for (const auto& bad : damaged(ours.file.hashes))
    CHECK_FALSE(with([&](ProofFile& file) { file.hashes = bad; }));
  CHECK_FALSE(with([](ProofFile& file) { file.checkpoint[40] = 'x'; }));
  CHECK_FALSE(verifies(ours.file, {}));
  CHECK_FALSE(verifies(ours.file, std::span(ours.known).subspan(1)));
}

TEST_CASE("another log's key is not this log's key") {
  Example ours = example_proof();
  Note note = parse_note(ours.file.checkpoint).value();
  const auto warsaw = ours.known[1];
  note.signatures = {sign_note(warsaw.name, test_office("warsaw").log, note.text)};
  ours.file.checkpoint = format_note(note);
  CHECK(verify_receipt(ours.file, ours.known).error().code == Code::failed);
}

TEST_CASE("a proof file in any other spelling is refused") {
  const Example ours = example_proof();
  const std::string good = format_proof_file(ours.file);
  const auto replaced = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& bad :
       {std::string(), "\n" + good, good + "\n", good.substr(0, good.size() - 1),
        replaced("@v1", "@v2"), replaced("index 5", "index 05"), replaced("index 5", "index  5"),
        replaced("index 5", "index -5"), replaced("extra bGVhZiA1\n", "extra bGVhZiA1=\n"),
        replaced("index 5\n", "index 5\nAAAA\n"), replaced("extra ", "Extra ")})
    CHECK_MESSAGE(!parse_proof_file(bad), bad);
  CHECK(parse_proof_file(replaced("extra bGVhZiA1\n", "")));
  std::string hashes;
  for (int i = 0; i < 65; ++i) hashes += to_base64(Digest{}.view()) + "\n";
  CHECK_FALSE(parse_proof_file(replaced("index 5\n", "index 5\n" + hashes)));
}
