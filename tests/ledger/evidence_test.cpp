#include "ledger/evidence.h"

#include <doctest/doctest.h>

#include "events/entry.h"
#include "ledger/promise.h"
#include "ledger/state_note.h"
#include "tests/ledger/keys_for_tests.h"
#include "tests/ledger/slow_tree.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr std::string_view kOrigin = "tallinn-mechanism.example/kyiv/1";

std::vector<VerifierKey> known_keys() {
  std::vector<VerifierKey> keys;
  for (const CharterOffice& office : test_charter().offices)
    for (const VerifierKey& key : {office.log, office.witness, office.state}) keys.push_back(key);
  return keys;
}

std::string signed_checkpoint(LogSize size, const Digest& root) {
  const std::string text =
      format_checkpoint({.origin = std::string(kOrigin), .size = size, .root = root});
  return format_note(
      {.text = text,
       .signatures = {sign_note(std::string(kOrigin), test_office("kyiv").log, text)}});
}
std::string cosigned_checkpoint(LogSize size, const Digest& root) {
  Note note = parse_note(signed_checkpoint(size, root)).value();
  note.signatures.push_back(cosign_note("tallinn-mechanism.example/warsaw/witness",
                                        test_office("warsaw").witness, UnixSeconds(1703030400),
                                        note.text));
  return format_note(note);
}

Evidence two_roots() {
  return evidence_of_pair(EvidenceKind::roots, signed_checkpoint(LogSize(7), sha256("b")),
                          cosigned_checkpoint(LogSize(7), sha256("a")));
}

/// `small` leaves were signed; then a tree of `large` leaves that begins otherwise.
Evidence other_prefix(std::size_t small, std::size_t large) {
  SlowHashes hashes(make_leaves(large));
  return {.kind = EvidenceKind::prefix,
          .first = cosigned_checkpoint(LogSize(small), sha256("another history")),
          .second = signed_checkpoint(LogSize(large), tree_root(LogSize(large), hashes).value()),
          .root = tree_root(LogSize(small), hashes).value(),
          .index = {},
          .entry = {},
          .hashes = prove_consistency(LogSize(small), LogSize(large), hashes).value()};
}

Bytes entry_at(Lamport lamport) {
  Entry entry;
  entry.log = {OfficeNumber(0), Epoch(1)};
  entry.lamport = lamport;
  entry.recorded = UnixMillis(1'700'000'000'000);
  entry.event = "an event";
  entry.signatures.push_back({.key = test_key("EE").public_key(), .signature = {}});
  return encode_entry(entry);
}

/// Every entry from 4 on was to be above 20; the entry at `index` has `lamport`.
Evidence promise_and_entry(LogIndex index, Lamport lamport) {
  std::vector<Digest> leaves = make_leaves(9);
  leaves[index.value()] = leaf_hash(entry_at(lamport));
  SlowHashes hashes(leaves);
  const Promise promise{.ledger = test_charter().id,
                        .own = {.origin = std::string(kOrigin),
                                .size = LogSize(4),
                                .root = tree_root(LogSize(4), hashes).value()},
                        .lamport = Lamport(20),
                        .holds = {}};
  return {.kind = EvidenceKind::promise,
          .first = sign_promise(promise, "tallinn-mechanism.example/kyiv/state",
                                test_office("kyiv").state),
          .second = signed_checkpoint(LogSize(9), tree_root(LogSize(9), hashes).value()),
          .root = {},
          .index = index,
          .entry = entry_at(lamport),
          .hashes = prove_inclusion(index, LogSize(9), hashes).value()};
}

std::string signed_state(const Digest& state, std::vector<std::string> offices,
                         Lamport settled = Lamport(9)) {
  const StateNote note{.ledger = std::string(kTestLedger),
                       .rules = 1,
                       .settled = settled,
                       .logs = {{std::string(kOrigin), LogSize(7), sha256("root")}},
                       .records = 3,
                       .state = state};
  Note out{.text = format_state_note(note), .signatures = {}};
  for (const std::string& office : offices)
    out.signatures.push_back(
        sign_note(state_key_name(kTestLedger, office), test_office(office).state, out.text));
  return format_note(out);
}
Evidence two_states() {
  return evidence_of_pair(EvidenceKind::states, signed_state(sha256("x"), {"warsaw", "kyiv"}),
                          signed_state(sha256("y"), {"kyiv"}));
}

std::vector<Evidence> examples() {
  return {two_roots(), other_prefix(3, 8), promise_and_entry(LogIndex(6), Lamport(20)),
          two_states()};
}

bool proves(std::string_view text) {
  const auto evidence = parse_evidence(text);
  return evidence && check_evidence(*evidence, known_keys()).has_value();
}

}  // namespace

TEST_CASE("evidence of every kind reads back, and proves what it says of whom") {
  const std::vector<std::string> subjects{std::string(kOrigin), std::string(kOrigin),
                                          std::string(kOrigin),
                                          "tallinn-mechanism.example/kyiv/state"};
  const std::vector<std::string> said{
      "the key of tallinn-mechanism.example/kyiv/1 signed two different roots for its first 7 "
      "entries",
      "the key of tallinn-mechanism.example/kyiv/1 signed a tree of 8 entries that does not begin "
      "with the 3 entries it had signed",
      "the entry 6 of tallinn-mechanism.example/kyiv/1 has the Lamport time 20, which its office "
      "had promised not to use: every entry from 4 on was to be above 20",
      "tallinn-mechanism.example/kyiv/state signed two different states of the same logs at "
      "Lamport time 9"};
  const auto all = examples();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string text = format_evidence(all[i]);
    CAPTURE(text);
    CHECK(parse_evidence(text).value() == all[i]);
    const auto proven = check_evidence(all[i], known_keys());
    REQUIRE_MESSAGE(proven.has_value(), proven.error().detail);
    CHECK(proven->claim.kind == all[i].kind);
    CHECK(proven->claim.subject == subjects[i]);
    CHECK(proven->claim.sentence == said[i]);
  }
  CHECK(format_evidence(all[0]) == "tallinn-ledger/evidence@v1\nkind roots\nnote " +
                                       std::to_string(all[0].first.size()) + "\n" + all[0].first +
                                       "note " + std::to_string(all[0].second.size()) + "\n" +
                                       all[0].second);
}

TEST_CASE("who cosigned which side is told") {
  const auto proven = check_evidence(other_prefix(3, 8), known_keys()).value();
  CHECK(proven.cosigned_first ==
        std::vector<std::string>{"tallinn-mechanism.example/warsaw/witness"});
  CHECK(proven.cosigned_second.empty());
}

TEST_CASE("a change of any byte of evidence, of any kind, proves nothing any more") {
  for (const Evidence& one : examples()) {
    const std::string good = format_evidence(one);
    REQUIRE(proves(good));
    for (std::size_t at = 0; at < good.size(); ++at)
      for (const char flip : {'\x01', '\x20'}) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ flip);
        if (proves(bad)) FAIL_CHECK(bad.substr(0, 60), " … changed at ", at);
      }
    for (std::size_t size = 0; size < good.size(); ++size)
      if (proves(good.substr(0, size))) FAIL_CHECK("truncated to ", size);
    CHECK_FALSE(proves(good + "\n"));
    CHECK_FALSE(proves(good + "hash " + to_base64(Digest{}.view()) + "\n"));
  }
}

TEST_CASE("a damaged proof shows nothing, at every pair of sizes up to 20") {
  for (std::size_t large = 2; large <= 20; ++large)
    for (std::size_t small = 1; small < large; ++small) {
      const Evidence good = other_prefix(small, large);
      CAPTURE(small);
      CAPTURE(large);
      CHECK(check_evidence(good, known_keys()).has_value());
      for (const auto& hashes : damaged(good.hashes)) {
        Evidence bad = good;
        bad.hashes = hashes;
        CHECK_FALSE(check_evidence(bad, known_keys()).has_value());
      }
    }
}

TEST_CASE("statements that can both be true are no evidence") {
  SlowHashes hashes(make_leaves(9));
  const auto at = [&](std::size_t size) {
    return signed_checkpoint(LogSize(size), tree_root(LogSize(size), hashes).value());
  };
  Evidence grown = other_prefix(3, 8);
  grown.first = at(3);
  CHECK(read_evidence(grown).error().code == Code::failed);
  const auto pair = [](std::string one, std::string other) {
    return read_evidence(evidence_of_pair(EvidenceKind::roots, one, other));
  };
  CHECK(pair(at(5), at(5)).error().code == Code::failed);
  CHECK(pair(at(5), at(6)).error().code == Code::failed);
  CHECK(read_evidence(promise_and_entry(LogIndex(6), Lamport(21))).error().code == Code::failed);
  CHECK(read_evidence(promise_and_entry(LogIndex(3), Lamport(2))).error().code == Code::failed);
  const auto states = [](const std::string& one, const std::string& other) {
    return read_evidence(evidence_of_pair(EvidenceKind::states, one, other));
  };
  const std::string x = signed_state(sha256("x"), {"kyiv"});
  CHECK(states(x, signed_state(sha256("x"), {"warsaw", "kyiv"})).error().code == Code::failed);
  CHECK(states(x, signed_state(sha256("y"), {"kyiv"}, Lamport(10))).error().code == Code::failed);
  CHECK(states(x, signed_state(sha256("y"), {"warsaw"})).error().code == Code::failed);
}

TEST_CASE("evidence in the other order, or signed by somebody else, is refused") {
  Evidence turned = two_roots();
  std::swap(turned.first, turned.second);
  CHECK(check_evidence(turned, known_keys()).error().code == Code::malformed);
  for (const Evidence& one : examples()) {
    CHECK(check_evidence(one, {}).error().code == Code::failed);
    Evidence unsigned_by_owner = one;
    Note note = parse_note(one.second).value();
    note.signatures = {
        sign_note("tallinn-mechanism.example/warsaw/1", test_office("warsaw").log, note.text)};
    unsigned_by_owner.second = format_note(note);
    CHECK(check_evidence(unsigned_by_owner, known_keys()).error().code == Code::failed);
    Evidence with_stranger = one;
    note = parse_note(one.first).value();
    note.signatures.push_back(sign_note("mirror.example", test_key("mirror"), note.text));
    with_stranger.first = format_note(note);
    CHECK(check_evidence(with_stranger, known_keys()).error().code == Code::failed);
    with_stranger.first = known_signatures_only(with_stranger.first, known_keys());
    CHECK(with_stranger == one);
  }
}
