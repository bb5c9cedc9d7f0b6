#include <doctest/doctest.h>

#include <fstream>

#include "ledger/file_text.h"
#include "projections/chain.h"
#include "tests/net/back_up.h"
#include "tools/audit.h"
#include "tools/audit_report.h"

using namespace tallinn;
using namespace tallinn::test;

TEST_CASE("a backup carries the governance chain, which knows the keys of every epoch") {
  KeptStore kept;
  const Charter& charter = kept.scribe.charter;
  const Checkpoint end = kept.scribe.checkpoint(kKyiv);
  kept.scribe.seal_kyiv();
  kept.grow(0);
  REQUIRE(rebuild_views(*kept.store, charter).has_value());
  const TemporaryFolder folder;
  REQUIRE(back_up(kept, folder.path()).has_value());
  const auto source = open_source(folder.path().string(), charter);
  REQUIRE(source.has_value());
  const auto chain = (*source)->chain();
  REQUIRE(chain.has_value());
  const auto roster = verify_chain(*chain, charter);
  REQUIRE_MESSAGE(roster.has_value(), roster.error().detail);
  CHECK(roster->limit({kKyiv, Epoch(1)}) == end.size);
  std::ofstream(folder.path() / "chain.json", std::ios::app) << "more";
  const auto damaged = open_source(folder.path().string(), charter);
  REQUIRE(damaged.has_value());
  REQUIRE((*damaged)->faults().size() == 1);
  CHECK((*damaged)->faults()[0].sentence.starts_with("chain.json: "));
  std::filesystem::remove(folder.path() / "chain.json");  // of an older build
  CHECK(verify_chain(*(*source)->chain(), charter) == Roster(charter));
}

TEST_CASE("a checkpoint that is ahead of a backup's entries is not held against it") {
  KeptStore kept;
  const TemporaryFolder folder;
  kept.scribe.append(kWarsaw, kept.scribe.event(public_record()[0]), {PartyId("EE")});
  kept.put(Family::notes, notes::checkpoint_key({kWarsaw, Epoch(1)}),
           kept.scribe.cosigned_checkpoint(kWarsaw));  // known while the node catches up
  REQUIRE(back_up(kept, folder.path()).has_value());
  const auto source = open_source(folder.path().string(), kept.scribe.charter);
  REQUIRE(source.has_value());
  const auto report = audit(**source, kept.scribe.charter, {.threads = 2, .progress = {}});
  REQUIRE(report.has_value());
  CHECK_MESSAGE(report->holds(), format_report(*report));
}

TEST_CASE("a backup of another ledger is told from one that is damaged") {
  const KeptStore kept;
  const TemporaryFolder folder;
  REQUIRE(back_up(kept, folder.path()).has_value());
  Charter other = kept.scribe.charter;
  other.id.bytes[0] ^= 1;
  const auto source = open_source(folder.path().string(), other);
  REQUIRE(source.has_value());
  CHECK((*source)->faults() ==
        std::vector<SourceFault>{{.origin = "", .sentence = "the backup is of another ledger"}});
}

TEST_CASE("a backup that would not restore, because of a wrong hash, does not pass an audit") {
  KeptStore kept;
  const TemporaryFolder folder;
  REQUIRE(back_up(kept, folder.path()).has_value());
  const auto failures = [&] {
    const auto source = open_source(folder.path().string(), kept.scribe.charter);
    REQUIRE(source.has_value());
    const auto report = audit(**source, kept.scribe.charter, {.threads = 2, .progress = {}});
    REQUIRE(report.has_value());
    return report->failures;
  };
  REQUIRE(failures().empty());
  REQUIRE(kept.scribe.size(kKyiv) > kTileWidth);
  const auto path = folder.path() / "log/kyiv/1/tile/0/000";
  auto tile = read_file(path, kTileWidth * Digest::kSize).value();
  tile[5'000] = static_cast<char>(tile[5'000] ^ 1);
  std::ofstream(path, std::ios::binary) << tile;
  const auto found = failures();
  REQUIRE(found.size() == 1);
  CHECK(found[0].origin == kept.scribe.charter.origin({kKyiv, Epoch(1)}));
  CHECK(found[0].sentence == "tile/0/000 of its tree is not what its entries give");
}
