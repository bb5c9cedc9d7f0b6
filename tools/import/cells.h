// Cells: what people write in a spreadsheet's cells, as the texts of docs/formats.md: amounts with
// their decimal sign and groups, dates in their own order. Pure. Strict: a cell that could be read
// in two ways is refused. Every function answers the new text, or a sentence that says why not and
// what to write.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace tallinn {

using CellText = std::expected<std::string, std::string>;

struct NumberStyle {
  char decimal = '.';
  std::string group;  ///< between groups of three digits, perhaps; empty: none
};
/// "1 234,50" to "1234.50".
CellText plain_amount(std::string_view cell, const NumberStyle& style);
/// "1 234" to "1234"; no decimals.
CellText plain_count(std::string_view cell, const NumberStyle& style);

/// Does it have YYYY, MM and DD once each, in any order, with something between them?
bool valid_date_pattern(std::string_view pattern);
/// "5.12.2024" by "DD.MM.YYYY" to "2024-12-05". Day and month may lack their leading zero; that
/// there is such a day is for the event's own rules to say. `pattern` is a valid one.
CellText plain_date(std::string_view cell, std::string_view pattern);

}  // namespace tallinn
