// A backup of what a test's store holds, as `tallinn backup` makes it.
#pragma once

#include "ledger/file_backup.h"
#include "net/fsck_notes.h"
#include "net/head.h"
#include "net/stored_bundle.h"
#include "tests/net/kept_store.h"

namespace tallinn::test {

inline Result<BackupReport> back_up(const KeptStore& kept, const std::filesystem::path& to) {
  const auto snapshot = kept.store->snapshot();
  Differences differences;
  StoredViews views(*snapshot);
  const Roster roster = read_roster(views, kept.scribe.charter);
  const auto notes = check_notes(*snapshot, kept.scribe.charter, roster, std::nullopt, differences);
  REQUIRE(notes.has_value());
  REQUIRE(differences.total() == 0);
  const auto chain = make_stored_chain(*snapshot, kept.scribe.charter);
  REQUIRE((chain.has_value() && chain->has_value()));
  return write_backup(
      *snapshot, {.charter = kept.scribe.charter, .said = notes->said, .chain = **chain}, to, {});
}

}  // namespace tallinn::test
