// Rows: a spreadsheet's rows as events, by an ImportMap. Pure: the clock comes in.
//
// Ids are made so that importing twice gives the same events, which a node answers with their old
// place: from everything that the row says and, for rows that say the same, from how many such rows
// stand above it; or from the text of the map's id column. Then a row that was changed keeps its
// id, and the node refuses it (id_conflict): what is recorded is corrected by ErrorDeclared.
#pragma once

#include <string>
#include <vector>

#include "events/json.h"
#include "tools/import/map.h"

namespace tallinn {

inline constexpr std::size_t kMaxSpreadsheetBytes = 64 << 20;
inline constexpr std::size_t kMaxProblems = 200;  ///< that are told; all are counted

struct ImportedEvent {
  std::uint64_t line;  ///< of the spreadsheet, from 1
  EventDraft draft;    ///< with its id
  std::string json;    ///< what `tallinn record` reads
};

struct ImportProblem {
  std::uint64_t line;
  std::string column;  ///< empty: the whole row
  std::string what;    ///< what is wrong, and what to do
  bool operator==(const ImportProblem&) const = default;
};

struct Imported {
  std::vector<ImportedEvent> events;  ///< of the rows without problems
  std::vector<ImportProblem> problems;
  std::size_t bad_rows = 0;
};

/// Error malformed when nothing can be read: no heading, a column of the map is not there, cells
/// that do not end. `now` bounds dates (at most 24 h ahead). Memory: the text and its events.
Result<Imported> import_rows(std::string_view csv, const ImportMap& map, UnixMillis now);

}  // namespace tallinn
