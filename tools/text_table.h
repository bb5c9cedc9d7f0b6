// TextTable: rows under headings, aligned by what a terminal shows (UTF-8, wide and combining
// characters). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tallinn {

/// Cells of a terminal; bytes that are not UTF-8 count one each.
std::size_t display_width(std::string_view text);
/// `text` without control characters: what a stranger wrote cannot steer the terminal.
std::string printable(std::string_view text);
/// "kyiv, warsaw"; "nobody".
std::string name_everyone(const std::vector<std::string>& names);

class TextTable {
 public:
  enum class Align : std::uint8_t { left, right };
  struct Column {
    std::string heading;
    Align align = Align::left;
  };
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// Missing cells are empty, surplus ones are dropped.
  void add(std::vector<std::string> cells);
  /// `bold`: written before and `plain` after the headings, for terminals; both may be empty. The
  /// last column is not padded.
  std::string format(std::string_view bold = {}, std::string_view plain = {}) const;
  /// Without the line of headings.
  std::string format_rows() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tallinn
