#include "tools/audit_states.h"

#include <doctest/doctest.h>

#include "tests/tools/memory_source.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr std::uint64_t kNotes = 400;

/// How many of kNotes notes, one after each entry, are hashed over the public record's views.
std::size_t hashed(Scribe& scribe, Views& views, AuditOptions::States which) {
  MemorySource source(scribe);
  const auto state = state_in(source.state.value()).value();
  const CharterOffice& kyiv = *scribe.charter.office(kKyiv);
  for (std::uint64_t point = 1; point <= kNotes; ++point) {
    StateNote note = state;
    note.settled = Lamport(point);
    const std::string text = format_state_note(note);
    source.earlier_states.push_back(
        format_note({text, {sign_note(kyiv.state.name, test_office("kyiv").state, text)}}));
  }
  AuditLogs logs;
  auto states = AuditStates::read(source, scribe.charter, logs, which);
  REQUIRE(states.has_value());
  std::size_t count = 0;
  for (std::uint64_t entries = 1; entries <= kNotes; ++entries) {
    states->pass(Lamport(entries + 1), views, entries);
    if (states->root_after(entries)) ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("earlier state notes are recomputed while that hashes few records, or when asked for") {
  Scribe scribe;
  scribe.record_all(public_record());
  EmptyViews nothing;
  Views views(nothing);
  scribe.fold_into(views);
  const std::uint64_t records = state_root(views).records;
  REQUIRE(records * kNotes > 65'536 + 2 * kNotes + records);  // otherwise this test shows nothing
  const std::size_t affordable = hashed(scribe, views, AuditOptions::States::affordable);
  CHECK(affordable >= 65'536 / records);
  CHECK(affordable <= (65'536 + 2 * kNotes) / records + 1);
  CHECK(hashed(scribe, views, AuditOptions::States::every) == kNotes);
}
