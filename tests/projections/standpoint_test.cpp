#include "projections/standpoint.h"

#include <doctest/doctest.h>

#include "tests/projections/scribe.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

Day day(std::string_view text) {
  return parse_day(text).value();
}

/// A pledge that occurred then, as an entry.
OrderedEntry pledge(std::string_view occurred) {
  Scribe scribe;
  scribe.record(R"({"type":"PledgeAnnounced","author":"EE","occurred":")" + std::string(occurred) +
                R"(","body":{"pledge":"EE-1","donor":"EE","year":2024,)"
                R"("value":{"amount":"1.00","currency":"EUR"},"purpose":"A test",)"
                R"("source":{"title":"A test"}}})");
  return scribe.ordered().at(0);
}

OrderedEntry entry(LogId log, std::uint64_t index, std::string_view recorded,
                   std::vector<Seen> seen = {}) {
  OrderedEntry out = pledge("2024-01-01");
  out.position.place = {log, LogIndex(index)};
  out.entry.recorded = parse_when(recorded)->millis;
  out.entry.seen = std::move(seen);
  return out;
}

constexpr LogId kKyivLog{.office = kKyiv, .epoch = Epoch(1)};
constexpr LogId kWarsawLog{.office = kWarsaw, .epoch = Epoch(1)};

}  // namespace

TEST_CASE("something has occurred by a day when the whole of its period has passed, in UTC") {
  struct Row {
    const char* occurred;
    const char* as_of;
    bool had;
  };
  for (const Row& row :
       {Row{"2024-02-29", "2024-02-29", true}, Row{"2024-02-29", "2024-02-28", false},
        Row{"2024-02", "2024-02-29", true}, Row{"2024-02", "2024-02-28", false},
        Row{"2024-12", "2024-12-31", true}, Row{"2024-12", "2024-12-30", false},
        Row{"2024-06-30T23:59:59Z", "2024-06-30", true},
        Row{"2024-06-30T23:59:59-01:00", "2024-06-30", false},
        Row{"2024-07-01T00:30:00+01:00", "2024-06-30", true}})
    CHECK_MESSAGE(had_occurred(pledge(row.occurred), day(row.as_of)) == row.had,
                  row.occurred << " by " << row.as_of);
}

TEST_CASE("governance and corrections count whenever they occurred") {
  Scribe scribe;
  scribe.record_all(public_record());
  for (const OrderedEntry& entry : scribe.ordered())
    CHECK(had_occurred(entry, day("1999-01-01")) == (entry.event->body.index() < 6));
  scribe.record(R"({"type":"ErrorDeclared","author":"EE","occurred":"2025-01-01","body":{)"
                R"("event":"018c8485-a400-7062-b834-c11e4c4095ce","reason":"duplicate",)"
                R"("replaced_by":[]}})");
  CHECK(had_occurred(scribe.ordered().back(), day("1999-01-01")));
}

TEST_CASE("by day, a log is known up to its first entry that was recorded later") {
  StandpointFilter filter({.as_of = {}, .known_on = day("2024-05-10"), .sizes = {}});
  CHECK(filter.counts(entry(kKyivLog, 0, "2024-05-10T23:59:59Z")));
  CHECK_FALSE(filter.counts(entry(kKyivLog, 1, "2024-05-11T00:00:00Z")));
  CHECK_FALSE(filter.counts(entry(kKyivLog, 2, "2024-05-01T00:00:00Z")));  // the clock was set back
  CHECK(filter.known() == std::vector<HeldLog>{{kKyivLog, LogSize(1)}});
}

TEST_CASE("by day, nothing is known before what it has seen") {
  StandpointFilter filter({.as_of = {}, .known_on = day("2024-05-10"), .sizes = {}});
  CHECK_FALSE(filter.counts(entry(kKyivLog, 0, "2024-05-11")));
  CHECK_FALSE(filter.counts(entry(kWarsawLog, 0, "2024-05-09", {{kKyivLog, LogSize(1)}})));
  CHECK(filter.known().empty());
}

TEST_CASE("by sizes, exactly those entries are known, whatever their clocks say") {
  StandpointFilter filter(
      {.as_of = {}, .known_on = {}, .sizes = std::vector<HeldLog>{{kKyivLog, LogSize(1)}}});
  CHECK(filter.counts(entry(kKyivLog, 0, "2199-01-01")));
  CHECK_FALSE(filter.counts(entry(kKyivLog, 1, "2000-01-01")));
  CHECK_FALSE(filter.counts(entry(kWarsawLog, 0, "2000-01-01")));
}

TEST_CASE("what had not occurred yet is known all the same") {
  StandpointFilter filter({.as_of = day("2023-01-01"), .known_on = {}, .sizes = {}});
  CHECK_FALSE(filter.counts(entry(kKyivLog, 0, "2024-05-10")));
  CHECK(filter.known() == std::vector<HeldLog>{{kKyivLog, LogSize(1)}});
}

TEST_CASE("sizes read back as they are printed, and nothing else is read") {
  const Charter charter = test_charter();
  const std::vector<HeldLog> sizes{{kKyivLog, LogSize(120)}, {kWarsawLog, LogSize(98)}};
  CHECK(format_sizes(sizes, charter) == "kyiv/1:120,warsaw/1:98");
  CHECK(parse_standpoint("", "kyiv/1:120,warsaw/1:98", charter)->sizes == sizes);
  CHECK(format_sizes({}, charter) == "none");
  CHECK(parse_standpoint("", "none", charter)->sizes == std::vector<HeldLog>{});
  CHECK(parse_standpoint("2024-06-30", "2024-07-01", charter).value() ==
        Standpoint{.as_of = day("2024-06-30"), .known_on = day("2024-07-01"), .sizes = {}});
  CHECK(parse_standpoint("", "", charter)->is_now());
  for (const char* bad : {"kyiv/1:120,", "kyiv/1:120,kyiv/1:120", "warsaw/1:1,kyiv/1:1",
                          "kyiv/1:", "kyiv/1:01", "kyiv/1:-1", "kyiv/1", ":1", "2024-06", " none"})
    CHECK_MESSAGE(parse_standpoint("", bad, charter).error().field == "known_on", bad);
  CHECK(parse_standpoint("", "oslo/1:1", charter).error().code == Code::not_found);
  CHECK(parse_standpoint("2024-6-1", "", charter).error().field == "as_of");
}
