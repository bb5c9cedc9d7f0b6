#include "tools/text_table.h"

#include <utf8proc.h>

#include <algorithm>

namespace tallinn {

namespace {

/// Calls visit(codepoint or -1, its bytes).
template <class Visit>
void each_character(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    utf8proc_int32_t character = -1;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &character);
    const std::size_t taken = length > 0 ? static_cast<std::size_t>(length) : 1;
    visit(length > 0 ? character : -1, text.substr(0, taken));
    text.remove_prefix(taken);
  }
}

void put_cell(std::string& out, std::string_view cell, std::size_t width, TextTable::Align align) {
  const std::string padding(width - std::min(width, display_width(cell)), ' ');
  if (align == TextTable::Align::right) out += padding;
  out += cell;
  if (align == TextTable::Align::left) out += padding;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  each_character(text, [&](utf8proc_int32_t character, std::string_view) {
    width +=
        character < 0 ? 1u : static_cast<std::size_t>(std::max(0, utf8proc_charwidth(character)));
  });
  return width;
}

std::string name_everyone(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "nobody" : out;
}

std::string printable(std::string_view text) {
  std::string out;
  each_character(text, [&](utf8proc_int32_t character, std::string_view bytes) {
    const auto category = character < 0 ? UTF8PROC_CATEGORY_CN : utf8proc_category(character);
    const bool shown =
        character >= 0 && category != UTF8PROC_CATEGORY_CC && category != UTF8PROC_CATEGORY_CF;
    if (shown)
      out += bytes;
    else
      out += ' ';
  });
  return out;
}

void TextTable::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = printable(cell);
  rows_.push_back(std::move(cells));
}

std::string TextTable::format_rows() const {
  const std::string all = format();
  return all.substr(all.find('\n') + 1);
}

std::string TextTable::format(std::string_view bold, std::string_view plain) const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(display_width(column.heading));
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i]));

  std::string out;
  const auto put_row = [&](const auto& cell_of) {
    const std::size_t begin = out.size();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) out += "  ";
      put_cell(out, cell_of(i), widths[i], columns_[i].align);
    }
    while (out.size() > begin && out.back() == ' ') out.pop_back();
  };
  out += bold;
  put_row([&](std::size_t i) -> const std::string& { return columns_[i].heading; });
  out += plain;
  out += '\n';
  for (const auto& row : rows_) {
    put_row([&](std::size_t i) -> const std::string& { return row[i]; });
    out += '\n';
  }
  return out;
}

}  // namespace tallinn
