#include "tools/kept_checkpoints.h"

#include <doctest/doctest.h>

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

}  // namespace

TEST_CASE("a log that has grown follows what was kept; every damage of the proof is refused") {
  Scribe scribe;
  scribe.record_all(public_record());
  const KeptCheckpoints older{.logs = {kept_at(scribe, 11)}};
  const KeptCheckpoints newer{.logs = {kept_at(scribe, 29, 11)}};
  CHECK(check_follows(newer, older, scribe.charter).has_value());
  for (const std::vector<Digest>& proof : damaged(newer.logs[0].proof)) {
    KeptCheckpoints lie = newer;
    lie.logs[0].proof = proof;
    CHECK(!check_follows(lie, older, scribe.charter).has_value());
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
  CHECK(check_follows({.logs = {kept_at(scribe, 10)}}, older, scribe.charter).error().code ==
        Code::failed);
  CHECK(check_follows({.logs = {}}, older, scribe.charter).error().code == Code::failed);
  CHECK(check_follows({.logs = {kept_at(other, 11)}}, older, scribe.charter).error().code ==
        Code::failed);
  CHECK(check_follows({.logs = {kept_at(scribe, 29)}}, older, scribe.charter).error().code ==
        Code::unavailable);
}

TEST_CASE("kept checkpoints read as they were written, and verify tells them from other files") {
  Scribe scribe;
  scribe.record_all(public_record());
  const std::string file = format_kept_checkpoints({.logs = {kept_at(scribe, 29, 11)}});
  const auto parsed = parse_kept_checkpoints(file);
  REQUIRE(parsed.has_value());
  CHECK(format_kept_checkpoints(*parsed) == file);
  CHECK(verify_file(file, scribe.charter, {}).has_value());
  CHECK(verify_file(file, scribe.charter, {.at_least = Level::replicated, .older = {}})
            .error()
            .code == Code::failed);
  CHECK(verify_file(scribe.cosigned_checkpoint(kKyiv), scribe.charter,
                    {.at_least = Level::replicated, .older = {}})
            .has_value());
  CHECK(!verify_file("something else", scribe.charter, {}).has_value());
}
