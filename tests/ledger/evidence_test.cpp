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

/// The logs of the charter, and what a test adds.
LedgerKeys known_keys() {
  const Charter charter = test_charter();
  LedgerKeys keys{.ledger = charter.id, .logs = {}};
  for (std::uint16_t n = 0; n < charter.offices.size(); ++n)
    keys.logs.push_back({.id = {OfficeNumber(n), Epoch(1)},
                         .log = charter.offices[n].log,
                         .witness = charter.offices[n].witness,
                         .state = charter.offices[n].state,
                         .opened_at = Lamport(0),
                         .sealed_at = std::nullopt});
  return keys;
}
/// Kyiv's first log is sealed at Lamport time 8, and it signs with other keys from 9 on.
LedgerKeys keys_of_two_epochs() {
  LedgerKeys keys = known_keys();
  keys.logs[0].sealed_at = Lamport(8);
  const CharterOffice later = make_charter_office(kTestLedger, "kyiv", OfficeRole::front,
                                                  public_keys(test_office("kyiv again")));
  keys.logs.push_back(
      {.id = {OfficeNumber(0), Epoch(2)},
       .log = make_vkey("tallinn-mechanism.example/kyiv/2", kNoteEd25519, later.log.key),
       .witness = later.witness,
       .state = later.state,
       .opened_at = Lamport(9),
       .sealed_at = std::nullopt});
  return keys;
}

std::string signed_checkpoint(LogSize size, const Digest& root,
                              const std::string& origin = std::string(kOrigin),
                              std::string_view key_of = "kyiv") {
  const std::string text = format_checkpoint({.origin = origin, .size = size, .root = root});
  return format_note(
      {.text = text, .signatures = {sign_note(origin, test_office(key_of).log, text)}});
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

Bytes entry_at(Lamport lamport, LogId log) {
  Entry entry;
  entry.log = log;
  entry.lamport = lamport;
  entry.recorded = UnixMillis(1'700'000'000'000);
  entry.event = "an event";
  entry.signatures.push_back({.key = test_key("EE").public_key(), .signature = {}});
  return encode_entry(entry);
}

/// What differs from a promise of Kyiv's first log that Kyiv breaks.
struct Broken {
  LedgerId ledger = test_charter().id;
  LogId entry_of{OfficeNumber(0), Epoch(1)};
  std::string origin{kOrigin};
  std::string_view state_key_of = "kyiv";
  std::string_view log_key_of = "kyiv";
};
/// Every entry from 4 on was to be above 20; the entry at `index` has `lamport`.
Evidence promise_and_entry(LogIndex index, Lamport lamport, const Broken& how = {}) {
  std::vector<Digest> leaves = make_leaves(9);
  leaves[index.value()] = leaf_hash(entry_at(lamport, how.entry_of));
  SlowHashes hashes(leaves);
  const Promise promise{.ledger = how.ledger,
                        .own = {.origin = how.origin,
                                .size = LogSize(4),
                                .root = tree_root(LogSize(4), hashes).value()},
                        .lamport = Lamport(20),
                        .holds = {}};
  return {.kind = EvidenceKind::promise,
          .first = sign_promise(promise, "tallinn-mechanism.example/kyiv/state",
                                test_office(how.state_key_of).state),
          .second = signed_checkpoint(LogSize(9), tree_root(LogSize(9), hashes).value(), how.origin,
                                      how.log_key_of),
          .root = {},
          .index = index,
          .entry = entry_at(lamport, how.entry_of),
          .hashes = prove_inclusion(index, LogSize(9), hashes).value()};
}

/// How Kyiv's first log stands, by a promise.
std::string promised_tree(LogSize size, const Digest& root,
                          const LedgerId& ledger = test_charter().id,
                          std::string_view state_key_of = "kyiv") {
  return sign_promise({.ledger = ledger,
                       .own = {.origin = std::string(kOrigin), .size = size, .root = root},
                       .lamport = Lamport(20),
                       .holds = {}},
                      state_key_name(kTestLedger, "kyiv"), test_office(state_key_of).state);
}
Evidence promised_root() {
  return evidence_of_pair(EvidenceKind::roots, promised_tree(LogSize(7), sha256("b")),
                          cosigned_checkpoint(LogSize(7), sha256("a")));
}
Evidence promised_prefix() {
  Evidence evidence = other_prefix(3, 8);
  evidence.first = promised_tree(LogSize(3), sha256("another history"));
  return evidence;
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
  return {two_roots(),  other_prefix(3, 8), promise_and_entry(LogIndex(6), Lamport(20)),
          two_states(), promised_root(),    promised_prefix()};
}

bool proves(std::string_view text) {
  static const LedgerKeys keys = known_keys();  // made once: the charter's signatures cost most
  const auto evidence = parse_evidence(text);
  return evidence && check_evidence(*evidence, keys).has_value();
}

}  // namespace

TEST_CASE("evidence of every kind reads back, and proves what it says of whom") {
  const std::vector<std::string> subjects{
      std::string(kOrigin), std::string(kOrigin),
      std::string(kOrigin), "tallinn-mechanism.example/kyiv/state",
      std::string(kOrigin), std::string(kOrigin)};
  const std::vector<std::string> said{
      "the key of tallinn-mechanism.example/kyiv/1 signed two different roots for its first 7 "
      "entries",
      "the key of tallinn-mechanism.example/kyiv/1 signed a tree of 8 entries that does not begin "
      "with the 3 entries it had signed",
      "the entry 6 of tallinn-mechanism.example/kyiv/1 has the Lamport time 20, which its office "
      "had promised not to use: every entry from 4 on was to be above 20",
      "tallinn-mechanism.example/kyiv/state signed two different states of the same logs at "
      "Lamport time 9",
      "the keys of tallinn-mechanism.example/kyiv/1 signed two different roots for its first 7 "
      "entries",
      "the keys of tallinn-mechanism.example/kyiv/1 signed a tree of 8 entries that does not begin "
      "with the 3 entries it had signed"};
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

TEST_CASE("a promise is evidence of a tree for its own ledger only, and by the state key only") {
  const auto against = [](const std::string& promise) {
    return check_evidence(
        evidence_of_pair(EvidenceKind::roots, promise, signed_checkpoint(LogSize(7), sha256("a"))),
        known_keys());
  };
  const LedgerId ledger = test_charter().id;
  LedgerId other = ledger;
  other.bytes[0] ^= 1;
  CHECK(against(promised_tree(LogSize(7), sha256("b"), ledger)).has_value());
  CHECK(against(promised_tree(LogSize(7), sha256("b"), other)).error().code == Code::failed);
  CHECK(against(promised_tree(LogSize(7), sha256("b"), ledger, "warsaw")).error().code ==
        Code::failed);
  CHECK(against(promised_tree(LogSize(7), sha256("a"))).error().code == Code::failed);
  CHECK(against(promised_tree(LogSize(8), sha256("b"))).error().code == Code::failed);
}

TEST_CASE("evidence in the other order, or signed by somebody else, is refused") {
  Evidence turned = two_roots();
  std::swap(turned.first, turned.second);
  CHECK(check_evidence(turned, known_keys()).error().code == Code::malformed);
  for (const Evidence& one : examples()) {
    CHECK(check_evidence(one, {test_charter().id, {}}).error().code == Code::failed);
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
    CHECK_FALSE(names_known_only(with_stranger, known_keys()));
    CHECK(names_known_only(one, known_keys()));
    std::vector<VerifierKey> known;
    for (const LogKeys& log : known_keys().logs)
      for (const VerifierKey& key : {log.log, log.witness, log.state}) known.push_back(key);
    with_stranger.first = known_signatures_only(with_stranger.first, known);
    CHECK(with_stranger == one);
  }
}

TEST_CASE("the keys of an epoch that is sealed say nothing of the next one") {
  const LedgerKeys keys = keys_of_two_epochs();
  const std::string next = "tallinn-mechanism.example/kyiv/2";
  const LogId second{OfficeNumber(0), Epoch(2)};
  const auto checked = [&](const Evidence& one) { return check_evidence(one, keys); };
  Broken how{
      .entry_of = second, .origin = next, .state_key_of = "kyiv again", .log_key_of = "kyiv again"};
  CHECK(checked(promise_and_entry(LogIndex(6), Lamport(20), how)).has_value());
  how.state_key_of = "kyiv";  // whoever has the disk that was lost promises anything
  const Evidence forged = promise_and_entry(LogIndex(6), Lamport(20), how);
  CHECK(checked(forged).error().code == Code::failed);
  CHECK(names_known_only(forged, keys));
  CHECK_FALSE(names_known_only(forged, known_keys()));

  const auto states = [](Lamport settled, const char* signer) {
    return evidence_of_pair(EvidenceKind::states, signed_state(sha256("x"), {signer}, settled),
                            signed_state(sha256("y"), {signer}, settled));
  };
  CHECK(checked(states(Lamport(7), "kyiv")).has_value());
  CHECK(checked(states(Lamport(8), "kyiv")).error().code == Code::failed);
  CHECK(checked(states(Lamport(9), "kyiv")).error().code == Code::failed);
}

TEST_CASE("a promise of another ledger, or an entry of another log, is no evidence") {
  Broken elsewhere;
  elsewhere.ledger.bytes[0] ^= 1;
  CHECK(check_evidence(promise_and_entry(LogIndex(6), Lamport(20), elsewhere), known_keys())
            .error()
            .code == Code::failed);
  const Broken foreign{.entry_of = {OfficeNumber(1), Epoch(1)}};
  CHECK(check_evidence(promise_and_entry(LogIndex(6), Lamport(20), foreign), known_keys())
            .error()
            .code == Code::failed);
}

TEST_CASE("two of the longest statements that are read, with every signature, fit evidence") {
  const std::string origin = std::string(128, 'l') + "/" + std::string(24, 'o') + "/";
  StateNote state{.ledger = std::string(128, 'l'),
                  .rules = 1,
                  .settled = Lamport(UINT64_MAX),
                  .logs = {},
                  .records = UINT64_MAX,
                  .state = {}};
  while (true) {
    StateNote longer = state;
    longer.logs.push_back(
        {origin + std::to_string(state.logs.size() + 1), LogSize(UINT64_MAX), {}});
    if (!parse_state_note(format_state_note(longer))) break;
    state = longer;
  }
  CHECK(state.logs.size() < 1'000);
  Promise promise{.ledger = {},
                  .own = {.origin = origin + "1", .size = LogSize(UINT64_MAX), .root = {}},
                  .lamport = Lamport(UINT64_MAX),
                  .holds = {}};
  while (true) {
    Promise longer = promise;
    longer.holds.push_back(
        {std::string(240, 'h') + std::to_string(promise.holds.size()), LogSize(UINT64_MAX)});
    if (!parse_promise(format_promise(longer))) break;
    promise = longer;
  }
  CHECK(promise.holds.size() < 1'000);
  const auto with_all_signatures = [&](std::string text, std::uint8_t type) {
    Note note{.text = std::move(text), .signatures = {}};
    const Bytes raw(type == kNoteEd25519 ? 64 : 72, 'x');
    note.signatures.assign(kMaxNoteSignatures, {state_key_name(state.ledger, "o"), 1, raw});
    return format_note(note);
  };
  const std::string long_state = with_all_signatures(format_state_note(state), kNoteEd25519);
  CHECK(format_evidence(evidence_of_pair(EvidenceKind::states, long_state, long_state)).size() <=
        kMaxEvidenceBytes);
  const Evidence broken{
      .kind = EvidenceKind::promise,
      .first = with_all_signatures(format_promise(promise), kNoteEd25519),
      .second = with_all_signatures(format_checkpoint({origin + "1", LogSize(UINT64_MAX), {}}),
                                    kNoteCosignature),
      .root = {},
      .index = LogIndex(UINT64_MAX),
      .entry = Bytes(65'535, 'e'),
      .hashes = std::vector<Digest>(64)};
  CHECK(format_evidence(broken).size() <= kMaxEvidenceBytes);
}
