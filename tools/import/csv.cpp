#include "tools/import/csv.h"

#include <algorithm>

namespace tallinn {

CsvReader::CsvReader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

std::unexpected<Error> CsvReader::refuse_here(std::string why) {
  at_ = text_.size();
  return refuse(Code::malformed, "line " + std::to_string(line_) + ": " + std::move(why));
}

bool CsvReader::at_line_end() const {
  return at_ == text_.size() || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n";
}

void CsvReader::skip_line_end() {
  if (at_ == text_.size()) return;
  at_ += text_[at_] == '\r' ? 2 : 1;
  ++line_;
}

std::optional<Result<CsvReader::Row>> CsvReader::next() {
  while (at_ < text_.size() && at_line_end()) skip_line_end();
  if (at_ == text_.size()) return std::nullopt;
  const std::size_t begin = at_;
  Row row{.line = line_, .cells = {}};
  for (;;) {
    auto next_cell = cell();
    if (!next_cell) return std::unexpected(next_cell.error());
    row.cells.push_back(*std::move(next_cell));
    if (row.cells.size() > kMaxCsvColumns)
      return refuse_here("more than " + std::to_string(kMaxCsvColumns) + " columns");
    if (at_ - begin > kMaxCsvRowBytes)
      return refuse_here("the row is over " + std::to_string(kMaxCsvRowBytes) + " bytes long");
    if (at_line_end()) break;
    ++at_;  // the delimiter
  }
  skip_line_end();
  return row;
}

Result<std::string> CsvReader::cell() {
  if (at_ < text_.size() && text_[at_] == '"') return quoted();
  const std::size_t begin = at_;
  while (!at_line_end() && text_[at_] != delimiter_) {
    if (text_[at_] == '"')
      return refuse_here(
          "a quote inside a cell that does not begin with one: put the whole cell in quotes and "
          "write the quote twice");
    if (text_[at_] == '\r') return refuse_here("a carriage return inside a cell");
    ++at_;
  }
  return std::string(text_.substr(begin, at_ - begin));
}

Result<std::string> CsvReader::quoted() {
  std::string out;
  ++at_;
  for (;;) {
    const std::size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos || quote - at_ > kMaxCsvRowBytes)
      return refuse_here("a quoted cell begins here and does not end");
    const std::string_view part = text_.substr(at_, quote - at_);
    line_ += static_cast<std::uint64_t>(std::ranges::count(part, '\n'));
    out.append(part);
    at_ = quote + 1;
    if (at_ >= text_.size() || text_[at_] != '"') break;
    out += '"';
    ++at_;
  }
  if (!at_line_end() && text_[at_] != delimiter_)
    return refuse_here("text after the end of a quoted cell");
  return out;
}

}  // namespace tallinn
