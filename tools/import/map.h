// ImportMap: which column of a spreadsheet is which member of an event. Pure.
// A map is TOML: settings of the file, then the event's JSON (docs/formats.md) written as TOML,
// once for [every] row and once for each type, with { column = "..." } wherever a cell belongs.
// tools/data/payments.map.toml is an example with everything in it.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <optional>
#include <string>

#include "events/result.h"
#include "tools/import/cells.h"

namespace tallinn {

/// What a cell of a column is.
enum class CellKind : std::uint8_t { text, amount, number, date };

struct ImportMap {
  char delimiter = ',';
  NumberStyle numbers;
  std::string date = "YYYY-MM-DD";
  std::string id_column;  ///< empty: ids are made from what a row says

  std::string type;  ///< of every row; empty: the column says
  std::string type_column;
  std::map<std::string, std::string, std::less<>> types;  ///< the column's text to a type

  /// By type: the event as it is to be, with {"column":…,"as":…,"values":…} in the place of cells.
  std::map<std::string, boost::json::object, std::less<>> events;
};

/// Error malformed, with the key at fault and what to write instead.
Result<ImportMap> parse_import_map(std::string_view toml);

/// Is this the place of a cell?
bool is_cell(const boost::json::value& value);
/// What its cell is: as the map says, else by the member's name.
CellKind kind_of(const boost::json::object& cell, std::string_view member);

}  // namespace tallinn
