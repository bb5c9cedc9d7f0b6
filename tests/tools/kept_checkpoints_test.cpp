#include "tools/kept_checkpoints.h"

#include <doctest/doctest.h>

#include "ledger/proof_file.h"
#include "tests/ledger/slow_tree.h"
#include "tests/projections/scribe.h"
#include "tools/verify_file.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

KeptCheckpoint kept_at(Scribe& scribe, std::size_t size,
                       std::optional<std::size_t> since = std::nullopt) {
  const Checkpoint checkpoint = scribe.checkpoint(kWarsaw, size);
  const std::string text = format_checkpoint(checkpoint);
  KeptCheckpoint kept{
      .note = format_note({text, {sign_note(checkpoint.origin, test_office("warsaw").log, text)}}),
      .since = {},
      .proof = {}};
  if (!since) return kept;
  kept.since = LogSize(*since);
  kept.proof =
      scribe.consistency({.office = kWarsaw, .epoch = Epoch(1)}, LogSize(*since), LogSize(size))
          .value();
  return kept;
}

/// The tree of Warsaw's log.
class ScribeTree final : public HashReader {
 public:
  explicit ScribeTree(Scribe& scribe) : scribe_(scribe) {}
  Result<Digest> read(NodeId node) override {
    if (node.level == 0)
      return leaf_hash(
          scribe_
              .entry({.log = {.office = kWarsaw, .epoch = Epoch(1)}, .index = LogIndex(node.index)})
              .value());
    const auto below = static_cast<std::uint8_t>(node.level - 1);
    return node_hash(*read({.level = below, .index = node.index * 2}),
                     *read({.level = below, .index = node.index * 2 + 1}));
  }

 private:
  Scribe& scribe_;
};

}  // namespace

TEST_CASE("a log that has grown follows what was kept; every damage of the proof is refused") {
  Scribe scribe;
  scribe.record_all(public_record());
  const KeptCheckpoints older{.logs = {kept_at(scribe, 11)}};
  const KeptCheckpoints newer{.logs = {kept_at(scribe, 29, 11)}};
  CHECK(check_follows(newer, older, scribe.charter, Roster(scribe.charter)).has_value());
  for (const std::vector<Digest>& proof : damaged(newer.logs[0].proof)) {
    KeptCheckpoints lie = newer;
    lie.logs[0].proof = proof;
    CHECK(!check_follows(lie, older, scribe.charter, Roster(scribe.charter)).has_value());
  }
}

TEST_CASE(
    "a log that shrank, vanished or has two roots is refused; one without a proof cannot be told") {
  Scribe scribe;
  scribe.record_all(public_record());
  Scribe other;
  const auto lines = public_record();
  other.record_all({lines.rbegin() + 30, lines.rend()});
  const KeptCheckpoints older{.logs = {kept_at(scribe, 11)}};
  CHECK(
      check_follows({.logs = {kept_at(scribe, 10)}}, older, scribe.charter, Roster(scribe.charter))
          .error()
          .code == Code::failed);
  CHECK(check_follows({.logs = {}}, older, scribe.charter, Roster(scribe.charter)).error().code ==
        Code::failed);
  CHECK(check_follows({.logs = {kept_at(other, 11)}}, older, scribe.charter, Roster(scribe.charter))
            .error()
            .code == Code::failed);
  CHECK(
      check_follows({.logs = {kept_at(scribe, 29)}}, older, scribe.charter, Roster(scribe.charter))
          .error()
          .code == Code::unavailable);
}

TEST_CASE("kept checkpoints read as they were written, and verify tells them from other files") {
  Scribe scribe;
  scribe.record_all(public_record());
  const std::string file = format_kept_checkpoints({.logs = {kept_at(scribe, 29, 11)}});
  const auto parsed = parse_kept_checkpoints(file);
  REQUIRE(parsed.has_value());
  CHECK(format_kept_checkpoints(*parsed) == file);
  CHECK(verify_file(file, scribe.charter, Roster(scribe.charter), {}).has_value());
  CHECK(verify_file(file, scribe.charter, Roster(scribe.charter),
                    {.at_least = Level::replicated, .older = {}, .fresh = {}})
            .error()
            .code == Code::failed);
  CHECK(verify_file(scribe.cosigned_checkpoint(kKyiv), scribe.charter, Roster(scribe.charter),
                    {.at_least = Level::replicated, .older = {}, .fresh = {}})
            .has_value());
  CHECK(!verify_file("something else", scribe.charter, Roster(scribe.charter), {}).has_value());
}

TEST_CASE("two files that exclude each other give evidence, which verify proves from the charter") {
  Scribe scribe;
  scribe.record_all(public_record());
  Scribe other;
  const auto lines = public_record();
  other.record_all({lines.rbegin() + 30, lines.rend()});
  const auto roots = fork_between({.logs = {kept_at(scribe, 11)}}, {.logs = {kept_at(other, 11)}},
                                  scribe.charter, Roster(scribe.charter));
  REQUIRE(roots.has_value());
  CHECK(roots->kind == EvidenceKind::roots);
  CHECK(
      verify_file(format_evidence(*roots), scribe.charter, Roster(scribe.charter), {}).has_value());
  CHECK(!fork_between({.logs = {kept_at(scribe, 11)}}, {.logs = {kept_at(scribe, 11)}},
                      scribe.charter, Roster(scribe.charter)));
  CHECK(!fork_between({.logs = {kept_at(scribe, 12)}}, {.logs = {kept_at(other, 11)}},
                      scribe.charter, Roster(scribe.charter)));
}

TEST_CASE("a served tree that does not begin with what was kept gives evidence") {
  Scribe scribe;
  scribe.record_all(public_record());
  Scribe other;
  const auto lines = public_record();
  other.record_all({lines.rbegin() + 30, lines.rend()});
  ScribeTree tree(scribe);
  const std::string newer = kept_at(scribe, 29).note;
  const auto fork =
      fork_in_tree(newer, kept_at(other, 11).note, scribe.charter, Roster(scribe.charter), tree);
  REQUIRE_MESSAGE(fork.has_value(), fork.error().detail);
  CHECK(fork->kind == EvidenceKind::prefix);
  CHECK(
      verify_file(format_evidence(*fork), scribe.charter, Roster(scribe.charter), {}).has_value());
  CHECK(
      !fork_in_tree(newer, kept_at(scribe, 11).note, scribe.charter, Roster(scribe.charter), tree));
  CHECK(!fork_in_tree(kept_at(other, 29).note, kept_at(scribe, 11).note, scribe.charter,
                      Roster(scribe.charter), tree));
  const auto asked = verify_file(format_evidence(*fork), scribe.charter, Roster(scribe.charter),
                                 {.at_least = {}, .older = {}, .fresh = Freshness{}});
  CHECK(asked.error().code == Code::failed);
}

TEST_CASE(
    "a checkpoint is fresh as long as another office's cosignature is, by the reader's clock") {
  Scribe scribe;
  scribe.record_all(public_record());
  const std::string note = scribe.cosigned_checkpoint(kWarsaw);
  const auto at = [&](std::int64_t seconds_after, std::string_view file) {
    return verify_file(
        file, scribe.charter, Roster(scribe.charter),
        {.at_least = {},
         .older = {},
         .fresh = Freshness{.max_age = std::chrono::minutes(30),
                            .now = UnixMillis((1'700'000'000 + seconds_after) * 1'000)}});
  };
  CHECK(at(0, note).has_value());
  CHECK(
      at(1'800, note).value().back() ==
      "the newest cosignature of tallinn-mechanism.example/warsaw/1 is 30 min old, within 30 min");
  CHECK(at(-1'800, note).has_value());
  CHECK(at(1'801, note).error().code == Code::failed);
  CHECK(at(-1'801, note).error().code == Code::failed);
  CHECK(at(0, kept_at(scribe, 29).note).error().detail.find("carries no cosignature") !=
        std::string::npos);
}

TEST_CASE("a receipt whose entry lies beyond a later checkpoint is evidence of loss") {
  Scribe scribe;
  scribe.record_all(public_record());
  const Place place{{.office = kWarsaw, .epoch = Epoch(1)}, LogIndex(11)};
  const std::string receipt =
      format_proof_file({.extra = scribe.entry(place).value(),
                         .index = place.index,
                         .hashes = scribe.inclusion(place, LogSize(scribe.size(kWarsaw))).value(),
                         .checkpoint = scribe.cosigned_checkpoint(kWarsaw)});
  const auto against = [&](std::size_t size) {
    return verify_file(receipt, scribe.charter, Roster(scribe.charter),
                       {.at_least = {}, .older = kept_at(scribe, size).note, .fresh = {}});
  };
  CHECK(verify_file(receipt, scribe.charter, Roster(scribe.charter), {}).has_value());
  CHECK(against(12).has_value());
  CHECK(against(11).error().detail ==
        "evidence of loss: the key of tallinn-mechanism.example/warsaw/1 signed that entry 11 "
        "stands in its log of " +
            std::to_string(scribe.size(kWarsaw)) + " entries, but the log ends at 11");
  CHECK(against(3).error().code == Code::failed);
}
