// Every table of this folder, played; and the runner itself, which must see what is wrong.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "projections/exceptions.h"
#include "tests/scenarios/runner.h"
#include "tests/support/files.h"

namespace tallinn::scenarios {
namespace {

std::vector<std::string> table_paths() {
  std::vector<std::string> out;
  const std::filesystem::path root = test::source_dir() + "/tests/scenarios";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root))
    if (entry.path().extension() == ".txt" && entry.path().parent_path().filename() != "worlds")
      out.push_back(std::filesystem::relative(entry.path(), test::source_dir()).string());
  std::ranges::sort(out);
  return out;
}

Table table_at(const std::string& path) {
  return read_table(path, test::read_file(test::source_dir() + "/" + path));
}

/// What the runner says of these rows, played in the usual world: "line: first line of its text".
std::vector<std::string> said_of(const std::string& rows) {
  std::vector<std::string> out;
  Table table;
  try {
    table = read_table("here", "A sentence\nworld | usual\n" + rows);
  } catch (const Misread& misread) {
    return {std::to_string(misread.line) + ": " + misread.what()};
  }
  for (const Failure& failure : play(table).failures)
    out.push_back(std::to_string(failure.line) + ": " +
                  failure.text.substr(0, failure.text.find('\n')));
  return out;
}
using Lines = std::vector<std::string>;

const std::string kNeed = "kyiv | UA | need: NeedRegistered need=UA-1 lines=1: 5 H87";
const std::string kEnd = "\nexpect | exceptions | none\n";

}  // namespace

TEST_CASE("a row that comes out otherwise fails with its line, what was expected and what came") {
  CHECK(said_of(kNeed + " | ok | need UA-1: registered 1.quantity=5" + kEnd).empty());
  CHECK(said_of(kNeed + " | known" + kEnd) == Lines{"3: answer"});
  CHECK(said_of(kNeed + " | ok | need UA-1: endorsed" + kEnd) == Lines{"3: need UA-1 at kyiv"});
  CHECK(said_of(kNeed + " | ok | need UA-1: registered 1.quantity=6; need UA-2: registered" +
                kEnd) == Lines{"3: need UA-1 at kyiv, 1.quantity", "3: need UA-2 at kyiv"});
  CHECK(said_of(kNeed + " | ok\nexpect | exceptions | unknown_type/x open\n") ==
        Lines{"4: exceptions at kyiv", "4: exceptions at warsaw"});
  CHECK(said_of("expect | ladder EE | 2025 EUR pledged=1.00" + kEnd) ==
        Lines{"3: ladder EE at kyiv", "3: ladder EE at warsaw"});
  CHECK(said_of("expect | trail NATO | PledgeAnnounced" + kEnd).size() == 2);
  const auto failure =
      play(read_table("here", "A sentence\nworld | usual\n" + kNeed + " | no" + kEnd))
          .failures.at(0);
  CHECK(failure.text == "answer\n  expected: no\n  got:      ok");
}

TEST_CASE(
    "while the link is cut an office shows only what it holds, and both the same once it heals") {
  CHECK(said_of("link | cut\n" + kNeed +
                " | ok\nat kyiv | need UA-1 | registered\nat warsaw | need UA-1 | nothing\n"
                "link | heals\nat warsaw | need UA-1 | registered" +
                kEnd)
            .empty());
  CHECK(said_of("link | cut\n" + kNeed + " | ok\nexpect | need UA-1 | registered\nlink | heals" +
                kEnd) == Lines{"5: need UA-1 at warsaw"});
}

TEST_CASE("a table that is not one is refused with its line") {
  CHECK(said_of("kyiv UA NeedRegistered") == Lines{"3: a row has cells between `|`"});
  CHECK(said_of("\n | more") == Lines{"4: there is no row above to go on with"});
  CHECK(said_of("link\t| cut") == Lines{"3: tabs and carriage returns are not for tables"});
  CHECK(said_of("lviv | UA | x" + kEnd) == Lines{"3: a row does not begin with `lviv`"});
  CHECK(said_of("link | mends" + kEnd) == Lines{"3: a link is `cut`, or it `heals`"});
  CHECK(said_of("kyiv | UA | x" + kEnd) == Lines{"3: a row of `kyiv` has 4 or 5 cells"});
  CHECK(said_of(kNeed + " | ok | UA-1 registered" + kEnd) ==
        Lines{"3: say `kind NAME: state word=value...`, not `UA-1 registered`"});
  CHECK(said_of("expect | wonder X | yes" + kEnd) ==
        Lines{"3: there is no word `wonder` for a thing to look at"});
  CHECK(said_of("link | cut") ==
        Lines{"3: a scenario ends with the row `expect | exceptions | ...`"});
  CHECK_THROWS_AS(read_table("here", "# no sentence\na | b\n"), Misread);
  CHECK_THROWS_AS(read_table("here", "A sentence\n"), Misread);
}

TEST_CASE("an empty first cell goes on with the row above") {
  const Table table = read_table("here", "S\na | b    | c\n  | more |\n");
  REQUIRE(table.rows.size() == 1);
  CHECK(table.rows[0].cells == std::vector<std::string>{"a", "b more", "c"});
}

TEST_CASE("every scenario comes out as its table says") {
  for (const std::string& path : table_paths()) {
    const Table table = table_at(path);
    SUBCASE((path + ": " + table.title).c_str()) {
      for (const Failure& failure : play(table).failures)
        ADD_FAIL_CHECK_AT(failure.file.c_str(), failure.line, failure.text);
    }
  }
}

TEST_CASE("the scenarios show every event admitted and corrected, every refusal and exception") {
  Covered all;
  for (const std::string& path : table_paths()) {
    const Covered covered = play(table_at(path)).covered;
    all.admitted.insert(covered.admitted.begin(), covered.admitted.end());
    all.corrected.insert(covered.corrected.begin(), covered.corrected.end());
    all.refused.insert(covered.refused.begin(), covered.refused.end());
    all.opened.insert(covered.opened.begin(), covered.opened.end());
    all.resolved.insert(covered.resolved.begin(), covered.resolved.end());
    all.vanished.insert(covered.vanished.begin(), covered.vanished.end());
  }
  const auto missing = [](const auto& names, const std::set<std::string>& shown) {
    Lines out;
    for (const std::string_view name : names)
      if (!shown.contains(std::string(name))) out.emplace_back(name);
    return out;
  };
  constexpr auto kExceptions = Spelling<ExceptionCode>::kNames;
  CHECK(missing(type_names(), all.admitted) == Lines{});
  CHECK(missing(type_names(), all.corrected) == Lines{});
  CHECK(missing(kExceptions, all.opened) == Lines{});
  CHECK(missing(kExceptions, all.resolved) == Lines{});
  // What no later event can change stays until both offices resolve it.
  CHECK(missing(kExceptions, all.vanished) == Lines{"signed_after_revocation",
                                                    "signed_while_compromised", "not_admissible",
                                                    "duplicate_id", "unknown_type"});
  Lines codes;
  for (auto code = Code::malformed; code <= Code::invalid_transition;
       code = static_cast<Code>(static_cast<int>(code) + 1))
    codes.emplace_back(code_name(code));
  CHECK(missing(codes, all.refused) == Lines{});
}

}  // namespace tallinn::scenarios
