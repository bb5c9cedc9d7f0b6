#include "tools/audit.h"

#include <doctest/doctest.h>

#include <map>

#include "ledger/proof_file.h"
#include "net/kept_evidence.h"
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

TEST_CASE("a wrong hash in a tree that nobody's root is made of is found, by origin and tile") {
  Recorded recorded;
  for (const LogId log : {kKyivLog, kWarsawLog}) {
    MemorySource source(recorded.scribe);
    source.leaves[log][5].bytes[0] ^= 1;
    const AuditReport report = recorded.audited(source);
    REQUIRE(report.failures.size() == 1);
    CHECK(report.failures[0].origin == recorded.scribe.charter.origin(log));
    const std::string width = std::to_string(source.entries[log].size());
    CHECK(report.failures[0].sentence ==
          "tile/0/000.p/" + width + " of its tree is not what its entries give");
    CHECK(report.state.has_value());
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

TEST_CASE("every earlier state note that a source keeps is recomputed at its point") {
  Scribe scribe;
  const auto lines = public_record();
  std::vector<std::string> earlier;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i % 10 == 5) earlier.push_back(MemorySource(scribe).state.value());
    scribe.record(lines[i]);
  }
  MemorySource source(scribe);
  source.earlier_states = earlier;
  const auto report = audit(source, scribe.charter, {.threads = 2, .progress = {}});
  REQUIRE(report.has_value());
  CHECK_MESSAGE(report->holds(), format_report(*report));
  CHECK(report->earlier_states.hold == earlier.size());
  CHECK(report->earlier_states.kept() == earlier.size());
}

TEST_CASE("an earlier state note that both offices signed and the entries do not give is named") {
  Scribe scribe;
  const auto lines = public_record();
  scribe.record_all({lines.begin(), lines.begin() + 30});
  const auto note = parse_note(MemorySource(scribe).state.value()).value();
  auto state = parse_state_note(note.text).value();
  state.state.bytes[3] ^= 1;
  Note lie{format_state_note(state), {}};
  for (const CharterOffice& office : scribe.charter.offices)
    lie.signatures.push_back(
        sign_note(office.state.name, test_office(office.name).state, lie.text));
  scribe.record_all({lines.begin() + 30, lines.end()});
  MemorySource source(scribe);
  source.earlier_states = {format_note(lie)};
  const auto report = audit(source, scribe.charter, {.threads = 2, .progress = {}});
  REQUIRE(report.has_value());
  CHECK(report->earlier_states.differ == 1);
  CHECK(report->state_note.value().verdict == AuditedStateNote::Verdict::holds);
  REQUIRE(report->failures.size() == 1);
  CHECK(report->failures[0].sentence.starts_with(
      "the state note of " + std::to_string(state.settled.value()) + ": the views"));
}

namespace {

std::string warsaw_note(const Checkpoint& checkpoint) {
  const std::string text = format_checkpoint(checkpoint);
  return format_note({text, {sign_note(checkpoint.origin, test_office("warsaw").log, text)}});
}

std::string receipt_of(Scribe& scribe, std::uint64_t index) {
  const Place place{kWarsawLog, LogIndex(index)};
  return format_proof_file(
      {.extra = scribe.entry(place).value(),
       .index = place.index,
       .hashes = scribe.inclusion(place, LogSize(scribe.size(kWarsaw))).value(),
       .checkpoint = scribe.cosigned_checkpoint(kWarsaw)});
}

AuditReport audited_with(MemorySource& source, const Charter& charter,
                         const std::vector<std::string>& files) {
  AuditOptions options{.threads = 2, .claims = {}, .progress = {}};
  for (const std::string& file : files) {
    auto claims = read_claims("kept", file, charter, Roster(charter));
    REQUIRE_MESSAGE(claims.has_value(), claims.error().detail);
    std::ranges::move(*claims, std::back_inserter(options.claims));
  }
  auto report = audit(source, charter, options);
  REQUIRE(report.has_value());
  return *std::move(report);
}

}  // namespace

TEST_CASE("receipts and kept checkpoints of the log that is audited change nothing") {
  Recorded recorded;
  MemorySource source(recorded.scribe);
  const AuditReport report =
      audited_with(source, recorded.scribe.charter,
                   {receipt_of(recorded.scribe, 3), receipt_of(recorded.scribe, 20),
                    warsaw_note(recorded.scribe.checkpoint(kWarsaw, 7))});
  CHECK_MESSAGE(report.holds(), format_report(report));
  CHECK(report.claims == 3);
  CHECK(report.evidence.empty());
}

TEST_CASE("a receipt of an entry that the log has lost is evidence of loss, by origin and index") {
  Recorded recorded;
  const std::string receipt = receipt_of(recorded.scribe, 25);
  Scribe shorter;
  const auto lines = public_record();
  shorter.record_all({lines.begin(), lines.begin() + 20});
  MemorySource source(shorter);
  const AuditReport report = audited_with(source, shorter.charter, {receipt});
  CHECK_FALSE(report.holds());
  CHECK(names(report, shorter.charter.origin(kWarsawLog), 25));
  CHECK(format_report(report).find("evidence of loss") != std::string::npos);
  CHECK(report.evidence.empty());
}

TEST_CASE("a receipt of a second history is evidence, which the charter alone proves") {
  Recorded recorded;
  Scribe other;
  const auto lines = public_record();
  other.record_all({lines.begin() + 1, lines.begin() + 40});
  MemorySource source(recorded.scribe);
  const Charter& charter = recorded.scribe.charter;
  REQUIRE(other.size(kWarsaw) < recorded.scribe.size(kWarsaw));
  const AuditReport report = audited_with(source, charter, {receipt_of(other, 3)});
  CHECK_FALSE(report.holds());
  CHECK(names(report, charter.origin(kWarsawLog), 3));
  REQUIRE(report.evidence.size() == 1);
  CHECK(check_evidence(parse_evidence(report.evidence[0]).value(),
                       evidence_keys(charter, Roster(charter)))
            .has_value());
  const std::size_t all = recorded.scribe.size(kWarsaw);
  const AuditReport same =
      audited_with(source, charter,
                   {warsaw_note({charter.origin(kWarsawLog), LogSize(all), leaf_hash("another")})});
  REQUIRE(same.evidence.size() == 1);
  CHECK(parse_evidence(same.evidence[0])->kind == EvidenceKind::roots);
}

TEST_CASE("a source that shows two histories gives evidence against the log's key") {
  Recorded recorded;
  MemorySource source(recorded.scribe);
  const Charter& charter = recorded.scribe.charter;
  source.notes[kWarsawLog].push_back(
      warsaw_note({charter.origin(kWarsawLog), LogSize(9), leaf_hash("another")}));
  const AuditReport report = recorded.audited(source);
  CHECK_FALSE(report.holds());
  REQUIRE(report.evidence.size() == 1);
  CHECK(check_evidence(parse_evidence(report.evidence[0]).value(),
                       evidence_keys(charter, Roster(charter)))
            .has_value());
}

TEST_CASE("one contradiction of a log is evidence enough, and its entries are read once for it") {
  Recorded recorded;
  MemorySource source(recorded.scribe);
  const std::string origin = recorded.scribe.charter.origin(kWarsawLog);
  std::vector<std::string> claims;
  for (const std::uint64_t size : {5u, 7u, 9u, 11u})
    claims.push_back(warsaw_note({origin, LogSize(size), leaf_hash("another")}));
  const AuditReport report = audited_with(source, recorded.scribe.charter, claims);
  CHECK(report.failures.size() == 4);
  CHECK(report.evidence.size() == 1);
  CHECK(source.read_of[kWarsawLog] == 2 * recorded.scribe.size(kWarsaw));
}

namespace {

/// Kyiv's log is said to have so many entries more, which are not there.
class Boaster final : public LogSource {
 public:
  Boaster(MemorySource& source, LogSize said) : source_(source), said_(said) {}
  Result<std::vector<Log>> logs() override {
    auto logs = source_.logs();
    for (Log& log : *logs)
      if (log.id == kKyivLog) log.size = said_;
    return logs;
  }
  Result<std::vector<std::string>> checkpoints(LogId log) override {
    return source_.checkpoints(log);
  }
  Result<std::optional<std::string>> state_note() override { return source_.state_note(); }
  Result<std::string> chain() override { return source_.chain(); }
  Result<std::vector<Item>> read(const Log& log, LogIndex begin, std::size_t count) override {
    const auto& held = source_.entries[log.id];
    std::vector<Item> items(count, std::unexpected(std::string("the entry is missing")));
    for (std::size_t i = 0; i < count && begin.value() + i < held.size(); ++i)
      items[i] = held[begin.value() + i];
    asked = std::max(asked, begin.value() + count);
    return items;
  }
  Result<std::vector<Digest>> row(const Log& log, std::uint8_t level, std::uint64_t first,
                                  std::size_t count) override {
    return source_.row(log, level, first, count);
  }
  const std::vector<SourceFault>& faults() const override { return source_.faults(); }
  std::uint64_t asked = 0;

 private:
  MemorySource& source_;
  LogSize said_;
};

}  // namespace

TEST_CASE("what a source says of a log's size costs no more than a bounded number of entries") {
  Recorded recorded;
  MemorySource held(recorded.scribe);
  Boaster source(held, LogSize(std::uint64_t{1} << 47));
  const Charter& charter = recorded.scribe.charter;
  auto claims = read_claims("kept", receipt_of(recorded.scribe, 3), charter, Roster(charter));
  REQUIRE(claims.has_value());
  const auto report = audit(source, charter, {.threads = 2, .claims = *claims, .progress = {}});
  REQUIRE(report.has_value());
  CHECK_FALSE(report->holds());
  CHECK(source.asked < recorded.scribe.size(kKyiv) + kMaxUnread + 10'000);
  const std::uint64_t end = recorded.scribe.size(kKyiv) + kMaxUnread;
  CHECK(report->entries == end + recorded.scribe.size(kWarsaw));
  CHECK(report->failures.size() + report->failures_left_out > kMaxUnread);
  for (const AuditFailure& failure : report->failures)  // the other log is not blamed for it
    CHECK(failure.origin == charter.origin(kKyivLog));
}

TEST_CASE("a claim whose signature or proof does not hold is refused before the audit") {
  Recorded recorded;
  std::string receipt = receipt_of(recorded.scribe, 3);
  receipt[receipt.find("index ") + 6] = '4';
  CHECK_FALSE(read_claims("kept", receipt, recorded.scribe.charter, Roster(recorded.scribe.charter))
                  .has_value());
  CHECK_FALSE(
      read_claims("kept", "anything else", recorded.scribe.charter, Roster(recorded.scribe.charter))
          .has_value());
}
