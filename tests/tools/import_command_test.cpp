#include <doctest/doctest.h>

#include <sstream>

#include "tests/support/files.h"
#include "tools/commands.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

constexpr std::string_view kMap = R"(
type = "FundsDisbursed"
[FundsDisbursed]
author = "EE"
occurred = { column = "Date" }
body.commitment = { column = "Contract" }
body.value = { amount = { column = "Amount" }, currency = "EUR" }
body.value_date = { column = "Date" }
body.payer = "EE"
body.payee = "ESTDEV"
)";

struct Answer {
  std::string out, err;
  Exit exit;
};

/// `tallinn import csv` of these rows, with the options after it.
Answer import_csv(std::string_view rows, const std::vector<std::string>& options) {
  const TemporaryFolder folder;
  const auto write = [&](const char* name, std::string_view text) {
    const std::string path = (folder.path() / name).string();
    std::ofstream(path, std::ios::binary) << text;
    return path;
  };
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  Shell shell{.in = in,
              .out = out,
              .err = err,
              .clock = [] { return UnixMillis(1'800'000'000'000); },
              .random = [](std::span<std::uint8_t>) {}};
  CLI::App app("A ledger", "tallinn");
  add_import_command(app, shell);
  std::vector<std::string> arguments = options;
  arguments.insert(
      arguments.end(),
      {write("map.toml", kMap), "--map",
       write("rows.csv", "Date,Contract,Amount\n" + std::string(rows)), "csv", "import"});
  app.parse(arguments);  // CLI11 takes the last first
  return {out.str(), err.str(), shell.exit};
}

std::ptrdiff_t lines(const std::string& text) {
  return std::ranges::count(text, '\n');
}

constexpr std::string_view kGood = "2024-02-05,C-1,100.00\n2024-02-06,C-1,50\n";
constexpr std::string_view kBad = "2024-02-05,C-1,100.00\n2024-02-06,C-1,fifty\n";

}  // namespace

TEST_CASE("import csv prints one line of JSON for each row, and nothing else") {
  const Answer answer = import_csv(kGood, {});
  CHECK(answer.exit == Exit::done);
  CHECK(lines(answer.out) == 2);
  CHECK(answer.out.starts_with("{\""));
  CHECK(answer.err.empty());
}

TEST_CASE("one bad row refuses the whole file, unless bad rows are left out") {
  const Answer refused = import_csv(kBad, {});
  CHECK(refused.exit == Exit::found_false);
  CHECK(refused.out.empty());
  CHECK(refused.err.find("rows.csv:3: column \"Amount\": \"fifty\" is not an amount") !=
        std::string::npos);
  CHECK(refused.err.find("--skip-bad") != std::string::npos);

  const Answer skipped = import_csv(kBad, {"--skip-bad"});
  CHECK(skipped.exit == Exit::found_false);
  CHECK(lines(skipped.out) == 1);
}

TEST_CASE("a dry run shows what would be recorded and every problem, and prints no event") {
  const Answer answer = import_csv(kBad, {"--dry-run"});
  CHECK(answer.exit == Exit::found_false);
  CHECK(answer.out.find("{") == std::string::npos);
  CHECK(answer.out.find("FundsDisbursed") != std::string::npos);
  CHECK(answer.out.find("100.00") != std::string::npos);
  CHECK(answer.out.find("1 event would be recorded, 1 row has problems") != std::string::npos);
  CHECK(answer.err.find("column \"Amount\"") != std::string::npos);
}
