// A donor's own spreadsheet, and the map that says what its columns mean.
#include <array>

#include "tests/fuzz/target.h"
#include "tests/import/sample.h"
#include "tools/import/map.h"
#include "tools/import/rows.h"

namespace tallinn::fuzz {
namespace {

constexpr UnixMillis kImportedAt{1'800'000'000'000};

constexpr std::string_view kRows =
    "2024-02-05;C-1; 1200,50 ;Centre;EE38 2200\n2024-02-06;\"C-2\";\"1 200,5\";Academy;\n";

Bytes sheet() {
  return Bytes(test::kSampleHeading).append(kRows);
}

std::vector<Bytes> spreadsheets() {
  return {sheet()};
}
/// Every row is an event or has a problem.
void run_spreadsheet(BytesView bytes) {
  static const ImportMap map = parse_import_map(test::kSampleMap).value();
  const auto imported = import_rows(bytes, map, kImportedAt);
  if (imported) TALLINN_ASSERT(imported->bad_rows == 0 || !imported->problems.empty());
}

std::vector<Bytes> maps() {
  return {Bytes(test::kSampleMap)};
}
void run_map(BytesView bytes) {
  if (const auto map = parse_import_map(bytes))
    static_cast<void>(import_rows(sheet(), *map, kImportedAt));
}

constexpr std::array kImportTargets{Target{"spreadsheet", spreadsheets, run_spreadsheet},
                                    Target{"import_map", maps, run_map}};

}  // namespace

std::span<const Target> import_targets() {
  return kImportTargets;
}

}  // namespace tallinn::fuzz
