#include "tests/scenarios/table.h"

#include <algorithm>
#include <sstream>

namespace tallinn::scenarios {
namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

std::vector<std::string> pieces(std::string_view text, std::string_view mark) {
  std::vector<std::string> out;
  for (std::size_t at = 0;;) {
    const auto end = text.find(mark, at);
    out.push_back(trimmed(text.substr(at, end - at)));
    if (end == std::string_view::npos) return out;
    at = end + mark.size();
  }
}

void go_on(Row& row, const Row& more) {
  if (more.cells.size() > row.cells.size())
    throw Misread(more.line, "goes on with more cells than its row has");
  for (std::size_t i = 1; i < more.cells.size(); ++i) {
    if (more.cells[i].empty()) continue;
    if (!row.cells[i].empty()) row.cells[i] += ' ';
    row.cells[i] += more.cells[i];
  }
}

bool is_name(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
  });
}

}  // namespace

std::vector<std::string> split(std::string_view text, std::string_view mark) {
  if (trimmed(text).empty()) return {};
  return pieces(text, mark);
}

Table read_table(std::string file, std::string_view text) {
  Table table{.file = std::move(file), .title = {}, .rows = {}};
  std::istringstream in{std::string(text)};
  int number = 0;
  bool may_go_on = false;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.find_first_of("\t\r") != std::string::npos)
      throw Misread(number, "tabs and carriage returns are not for tables");
    if (number == 1) {
      table.title = line;
      if (trimmed(line).empty() || line.starts_with("#") || line.find('|') != std::string::npos)
        throw Misread(1, "the first line is a sentence");
      continue;
    }
    const bool blank = trimmed(line).empty();
    if (blank || line.starts_with("#")) {
      may_go_on = may_go_on && !blank;
      continue;
    }
    Row row{number, pieces(line, "|")};
    if (row.cells.size() < 2) throw Misread(number, "a row has cells between `|`");
    if (!row.cells[0].empty())
      table.rows.push_back(std::move(row));
    else if (may_go_on)
      go_on(table.rows.back(), row);
    else
      throw Misread(number, "there is no row above to go on with");
    may_go_on = true;
  }
  if (table.rows.empty()) throw Misread(number, "there are no rows");
  return table;
}

Words read_words(std::string_view text) {
  Words words;
  std::string* to = &words.head;
  for (const std::string& word : split(text, " ")) {
    if (word.empty()) continue;
    const auto equals = word.find('=');
    std::string rest = word;
    if (equals != std::string::npos && is_name(std::string_view(word).substr(0, equals))) {
      words.said.emplace_back(word.substr(0, equals), "");
      to = &words.said.back().second;
      rest = word.substr(equals + 1);
      if (rest.empty()) continue;
    }
    if (!to->empty()) *to += ' ';
    *to += rest;
  }
  return words;
}

}  // namespace tallinn::scenarios
