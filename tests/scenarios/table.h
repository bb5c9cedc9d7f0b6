// Table: a scenario as a person of the domain writes it, as rows of cells
// (tests/scenarios/README.md). Pure. The first line is the sentence that the scenario shows. Then
// rows: cells between `|`, blank lines, and comments after `#` at the start of a line. A row whose
// first cell is empty goes on with the row above. Strict: anything else is a Misread, and every row
// knows its line.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tallinn::scenarios {

struct Row {
  int line = 0;
  std::vector<std::string> cells;  ///< trimmed
};

struct Table {
  std::string file;
  std::string title;
  std::vector<Row> rows;
};

/// What a table says cannot be read. The table is at fault, never the ledger.
struct Misread : std::runtime_error {
  Misread(int line_in, const std::string& why) : std::runtime_error(why), line(line_in) {}
  int line;
};

Table read_table(std::string file, std::string_view text);

/// `name=value` pairs after some plain words; a value goes on until the next name.
struct Words {
  std::string head;  ///< the plain words
  std::vector<std::pair<std::string, std::string>> said;
};
Words read_words(std::string_view text);

/// Trimmed pieces between `mark`; none for blank text.
std::vector<std::string> split(std::string_view text, std::string_view mark);

}  // namespace tallinn::scenarios
