#include "tools/audit.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/tools/memory_source.h"
#include "tools/audit_report.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr LogId kKyivLog{.office = kKyiv, .epoch = Epoch(1)};
constexpr LogId kWarsawLog{.office = kWarsaw, .epoch = Epoch(1)};

struct Recorded {
  Recorded() { scribe.record_all(public_record()); }
  AuditReport audited(MemorySource& source, unsigned threads = 2) {
    auto report = audit(source, scribe.charter, {.threads = threads, .progress = {}});
    REQUIRE(report.has_value());
    return *std::move(report);
  }
  Scribe scribe;
};

bool names(const AuditReport& report, const std::string& origin, std::uint64_t index) {
  return std::ranges::any_of(report.failures, [&](const AuditFailure& failure) {
    return failure.origin == origin && failure.index == LogIndex(index);
  });
}

}  // namespace

TEST_CASE("the public record passes, whatever the number of threads") {
  Recorded recorded;
  MemorySource source(recorded.scribe);
  const AuditReport report = recorded.audited(source);
  CHECK_MESSAGE(report.holds(), format_report(report));
  CHECK(report.entries == 76);
  CHECK(report.state_note.value().verdict == AuditedStateNote::Verdict::holds);
  CHECK(report.state_note->signed_by == std::vector<std::string>{"kyiv", "warsaw"});
  REQUIRE(report.exceptions.size() == 1);
  CHECK(report.exceptions[0].id == "receipt_without_dispatch/C-2024-99");
  const AuditReport alone = recorded.audited(source, 1);
  CHECK(alone.state.value().root == report.state.value().root);
}

TEST_CASE("every flipped byte of an entry is named by origin and index") {
  Recorded recorded;
  const MemorySource whole(recorded.scribe);
  for (const LogId log : {kKyivLog, kWarsawLog}) {
    const std::size_t size = whole.entries.at(log).size();
    for (std::size_t i = 0; i < 40; ++i) {
      MemorySource source(recorded.scribe);
      const std::size_t index = i * 7 % size;
      Bytes& entry = *source.entries[log][index];
      entry[(i * 131) % entry.size()] ^= 1;
      const AuditReport report = recorded.audited(source);
      CHECK(!report.holds());
      CHECK_MESSAGE(names(report, recorded.scribe.charter.origin(log), index), i);
    }
  }
}

TEST_CASE("a missing entry is named, and the state is not claimed") {
  Recorded recorded;
  MemorySource source(recorded.scribe);
  source.entries[kWarsawLog][3] = std::unexpected(std::string("the entry is missing"));
  const AuditReport report = recorded.audited(source);
  CHECK(names(report, "tallinn-mechanism.example/warsaw/1", 3));
  CHECK(!report.state.has_value());
}

TEST_CASE("what does not hold fails the audit") {
  Recorded recorded;
  struct Damage {
    const char* name;
    std::function<void(MemorySource&)> inflict;
  };
  const Damage damages[] = {
      {"a log cut short", [](MemorySource& s) { s.entries[kKyivLog].pop_back(); }},
      {"two entries exchanged",
       [](MemorySource& s) { std::swap(s.entries[kKyivLog][2], s.entries[kKyivLog][3]); }},
      {"an entry of the other log",
       [](MemorySource& s) { s.entries[kKyivLog][2] = s.entries[kWarsawLog][2]; }},
      {"no checkpoint", [](MemorySource& s) { s.notes[kKyivLog].clear(); }},
      {"the other log's checkpoint",
       [](MemorySource& s) { s.notes[kKyivLog] = s.notes[kWarsawLog]; }},
      {"a checkpoint that nobody signed",
       [](MemorySource& s) {
         Note note = parse_note(s.notes[kKyivLog][0]).value();
         std::erase_if(note.signatures,
                       [](const NoteSignature& one) { return one.name.ends_with("kyiv/1"); });
         s.notes[kKyivLog][0] = format_note(note);
       }},
      {"a flipped cosignature",
       [](MemorySource& s) {
         Note note = parse_note(s.notes[kKyivLog][0]).value();
         note.signatures[1].raw[20] ^= 1;
         s.notes[kKyivLog][0] = format_note(note);
       }},
      {"a state note with a flipped signature",
       [](MemorySource& s) {
         Note note = parse_note(*s.state).value();
         note.signatures[0].raw[20] ^= 1;
         s.state = format_note(note);
       }},
      {"a state note that is no note", [](MemorySource& s) { s.state = "not a note"; }},
  };
  for (const Damage& damage : damages) {
    MemorySource source(recorded.scribe);
    damage.inflict(source);
    CHECK_MESSAGE(!recorded.audited(source).holds(), damage.name);
  }
}

TEST_CASE("a state root that the entries do not give is found, though every office signed it") {
  Recorded recorded;
  MemorySource source(recorded.scribe);
  StateNote note = parse_state_note(parse_note(*source.state)->text).value();
  note.state.bytes[0] ^= 1;
  Note lie{format_state_note(note), {}};
  for (const CharterOffice& office : recorded.scribe.charter.offices)
    lie.signatures.push_back(
        sign_note(office.state.name, test_office(office.name).state, lie.text));
  source.state = format_note(lie);
  const AuditReport report = recorded.audited(source);
  CHECK(report.state_note.value().verdict == AuditedStateNote::Verdict::differs);
  CHECK(report.failures.size() == 1);
}

TEST_CASE("a state note in the middle is recomputed exactly there") {
  Scribe scribe;
  const auto lines = public_record();
  scribe.record_all({lines.begin(), lines.begin() + 50});
  const std::string in_the_middle = MemorySource(scribe).state.value();
  scribe.record_all({lines.begin() + 50, lines.end()});
  MemorySource source(scribe);
  source.state = in_the_middle;
  const auto report = audit(source, scribe.charter, {.threads = 2, .progress = {}});
  REQUIRE(report.has_value());
  CHECK_MESSAGE(report->holds(), format_report(*report));
  CHECK(report->state_note.value().verdict == AuditedStateNote::Verdict::holds);
}
