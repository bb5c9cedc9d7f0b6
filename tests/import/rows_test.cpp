#include "tools/import/rows.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "events/uuid.h"
#include "tests/import/sample.h"
#include "tests/support/files.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr UnixMillis kNow{1'800'000'000'000};

Imported import_text(std::string_view rows, std::string_view map = kSampleMap) {
  const auto parsed = parse_import_map(map);
  REQUIRE_MESSAGE(parsed.has_value(), parsed.error().detail);
  auto imported = import_rows(std::string(kSampleHeading) + std::string(rows), *parsed, kNow);
  REQUIRE_MESSAGE(imported.has_value(), imported.error().detail);
  return *std::move(imported);
}

std::vector<std::string> ids(const Imported& imported) {
  std::vector<std::string> out;
  for (const ImportedEvent& event : imported.events) out.push_back(format_uuid(*event.draft.id));
  return out;
}

}  // namespace

TEST_CASE("a row becomes the event that its map says, and its JSON reads back as the same draft") {
  const Imported imported = import_text("2024-02-05;C-1; 1200,50 ;Centre;EE38 2200\n");
  REQUIRE(imported.problems.empty());
  REQUIRE(imported.events.size() == 1);
  const ImportedEvent& one = imported.events[0];
  CHECK(one.line == 2);
  const auto& body = std::get<FundsDisbursed>(one.draft.event.body);
  CHECK(body.commitment == Name("C-1"));
  CHECK(format_money(body.value) == "1200.50 EUR");
  CHECK(body.payee == PartyId("ESTDEV"));
  CHECK(format_day(body.value_date) == "2024-02-05");
  const auto again = parse_event_json(one.json, [](const PartyId&) { return std::nullopt; });
  REQUIRE(again.has_value());
  CHECK(again->id == one.draft.id);
  CHECK(again->event == one.draft.event);
  REQUIRE(again->withhold.size() == 1);
  CHECK(again->withhold[0].value == "EE38 2200");
}

TEST_CASE("a part of the event whose cells are all empty is left out") {
  const Imported imported = import_text("2024-02-05;C-1;5;Centre;\n");
  REQUIRE(imported.events.size() == 1);
  CHECK(imported.events[0].draft.withhold.empty());
}

TEST_CASE("the example of tools/data imports without a problem") {
  const std::string folder = source_dir() + "/tools/data/";
  const auto map = parse_import_map(read_file(folder + "payments.map.toml"));
  REQUIRE_MESSAGE(map.has_value(), map.error().detail);
  const auto imported = import_rows(read_file(folder + "payments.csv"), *map, kNow);
  REQUIRE_MESSAGE(imported.has_value(), imported.error().detail);
  CHECK(imported->problems == std::vector<ImportProblem>{});
  std::vector<std::string_view> types;
  for (const ImportedEvent& event : imported->events)
    types.push_back(type_name(event.draft.event.body));
  CHECK(types == std::vector<std::string_view>{"PledgeAnnounced", "CommitmentSigned",
                                               "FundsDisbursed", "FundsDisbursed",
                                               "FundsDisbursed"});
  const std::vector<std::string> all = ids(*imported);
  CHECK(std::set(all.begin(), all.end()).size() == all.size());
}

TEST_CASE(
    "importing again gives the same ids, whatever is appended or however amounts are spelled") {
  const std::string row = "2024-02-05;C-1;1200,50;Centre;\n";
  const auto before = ids(import_text(row + row));
  REQUIRE(before.size() == 2);
  CHECK(before[0] != before[1]);
  const auto after = ids(
      import_text("2024-02-05;C-1;01200,5;Centre;\n" + row + row + "2024-02-06;C-1;7;Centre;\n"));
  CHECK(after[0] == before[0]);
  CHECK(after[1] == before[1]);
  CHECK(std::ranges::count(after, after[2]) == 1);
}

TEST_CASE("every difference in what a row says makes another id") {
  std::set<std::string> seen;
  for (const char* row :
       {"2024-02-05;C-1;5;Centre;\n", "2024-02-06;C-1;5;Centre;\n", "2024-02-05;C-2;5;Centre;\n",
        "2024-02-05;C-1;6;Centre;\n", "2024-02-05;C-1;5;Academy;\n", "2024-02-05;C-1;5;Centre;a\n",
        "2024-02-05;C-1;5;Centre;b\n"})
    CHECK_MESSAGE(seen.insert(ids(import_text(row))[0]).second, row);
}

TEST_CASE("an id column makes ids that stay when the rest of the row changes, and stand once") {
  const std::string map = "id = { column = \"Account\" }\n" + std::string(kSampleMap);
  const auto first = ids(import_text("2024-02-05;C-1;5;Centre;R-1\n", map));
  CHECK(ids(import_text("2024-03-07;C-9;6;Academy;R-1\n", map)) == first);
  CHECK(ids(import_text("2024-02-05;C-1;5;Centre;R-2\n", map)) != first);
  const char* own = "0193b303-f000-76b1-be74-ff8f36fa1bfd";
  CHECK(ids(import_text("2024-02-05;C-1;5;Centre;" + std::string(own) + "\n", map))[0] == own);
  const Imported twice = import_text(
      "2024-02-05;C-1;5;Centre;R-1\n2024-02-05;C-1;6;Centre;R-1\n;;;;\n"
      "2024-02-05;C-1;7;Centre;\n",
      map);
  CHECK(twice.events.size() == 1);
  CHECK(twice.bad_rows == 2);
}

TEST_CASE("a problem names its line, its column and what to do") {
  struct Example {
    std::string_view row, column, what;
  };
  const Example examples[] = {
      {"5.2.2024;C-1;5;Centre;", "Date", "is not a date like YYYY-MM-DD"},
      {"2024-02-30;C-1;5;Centre;", "Date", "2024-02-30"},
      {"2099-02-03;C-1;5;Centre;", "Date", "future"},
      {"2024-02-05;C-1;5.50;Centre;", "Amount", "write it like 1234,50"},
      {"2024-02-05;C-1;5,505;Centre;", "Amount", "decimals"},
      {"2024-02-05;C-1;;Centre;", "Amount", "missing"},
      {"2024-02-05;C-1;-5;Centre;", "Amount", "body.value"},
      {"2024-02-05;;5;Centre;", "Contract", "missing"},
      {"2024-02-05;C 1;5;Centre;", "Contract", "body.commitment"},
      {"2024-02-05;C-1;5;Bank;", "Partner", "add it there"},
      {"2024-02-05;C-1;5;Centre;;", "", "6 cells, the heading 5"},
      {"2024-02-05;C-\xFF;5;Centre;", "Contract", "CSV UTF-8"},
  };
  for (const Example& example : examples) {
    CAPTURE(example.row);
    const Imported imported =
        import_text("2024-02-05;C-1;5;Centre;\n" + std::string(example.row) + "\n");
    CHECK(imported.events.size() == 1);
    CHECK(imported.bad_rows == 1);
    REQUIRE(imported.problems.size() == 1);
    CHECK(imported.problems[0].line == 3);
    CHECK(imported.problems[0].column == example.column);
    CHECK_MESSAGE(imported.problems[0].what.find(example.what) != std::string::npos,
                  imported.problems[0].what);
  }
}

TEST_CASE("all problems of a row are told, and of a bad file a bounded number") {
  CHECK(import_text("5.2.2024;C-1;5.5;Bank;\n").problems.size() >= 3);
  std::string many;
  for (std::size_t i = 0; i < kMaxProblems + 5; ++i) many += "x;C-1;5;Centre;\n";
  const Imported imported = import_text(many);
  CHECK(imported.problems.size() == kMaxProblems);
  CHECK(imported.bad_rows == kMaxProblems + 5);
}

TEST_CASE("a map's column that the spreadsheet lacks, or has twice, refuses the file") {
  const auto map = parse_import_map(kSampleMap);
  REQUIRE(map.has_value());
  for (const auto& [heading, what] :
       {std::pair{"Date;Contract;Amount;Partner\n", "no column \"Account\""},
        {"Date,Contract\n", "only \"Date,Contract\""},
        {"Date;Date;Contract;Amount;Partner;Account\n", "two columns"},
        {"", "empty"}}) {
    const auto imported = import_rows(heading, *map, kNow);
    REQUIRE(!imported.has_value());
    CHECK_MESSAGE(imported.error().detail.find(what) != std::string::npos, imported.error().detail);
  }
}

TEST_CASE("a map that cannot be meant is refused with the key at fault") {
  struct Example {
    std::string_view map, what;
  };
  const Example examples[] = {
      {"type = ", "line 1"},
      {"delimiter = \";\"", "\"type\" is missing"},
      {"type = \"FundsDisbursed\"", "no [FundsDisbursed]"},
      {"type = \"\"", "\"type\" names no type"},
      {"type = \"FundsDisbursed\"\n[FundsDisbursd]\n", "\"FundsDisbursd\""},
      {"type = { column = \"K\", values = { P = \"FundsReceived\" } }\n[FundsDisbursed]\n",
       "no [FundsReceived]"},
      {"type = \"FundsDisbursed\"\ndelimiter = \";;\"\n[FundsDisbursed]\n", "\"delimiter\""},
      {"type = \"FundsDisbursed\"\ndelimiter = '\"'\n[FundsDisbursed]\n", "\"delimiter\""},
      {"type = \"FundsDisbursed\"\ndecimal = \",\"\ngroup = \",\"\n[FundsDisbursed]\n",
       "\"decimal\""},
      {"type = \"FundsDisbursed\"\ndate = \"DD.MM.YY\"\n[FundsDisbursed]\n", "\"date\""},
      {"type = \"FundsDisbursed\"\nid = 5\n[FundsDisbursed]\n", "\"id\""},
      {"type = \"FundsDisbursed\"\n[FundsDisbursed]\nbody.value.amount = 1.5\n",
       "\"FundsDisbursed.body.value.amount\""},
      {"type = \"FundsDisbursed\"\n[FundsDisbursed]\noccurred = { column = 5 }\n",
       "\"FundsDisbursed.occurred.column\""},
      {"type = \"FundsDisbursed\"\n[FundsDisbursed]\noccurred = { column = \"D\", as = \"day\" }\n",
       "\"FundsDisbursed.occurred.as\""},
      {"type = \"FundsDisbursed\"\n[FundsDisbursed]\noccurred = { column = \"D\", format = \"x\" "
       "}\n",
       "\"FundsDisbursed.occurred.format\""},
      {"type = \"FundsDisbursed\"\nevery = 5\n[FundsDisbursed]\n", "\"every\""},
  };
  for (const Example& example : examples) {
    CAPTURE(example.map);
    const auto map = parse_import_map(example.map);
    REQUIRE(!map.has_value());
    CHECK_MESSAGE(map.error().detail.find(example.what) != std::string::npos, map.error().detail);
  }
}
