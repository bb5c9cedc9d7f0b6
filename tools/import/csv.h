// CsvReader: the rows of a spreadsheet saved as text: RFC 4180, with any delimiter, and strict: a
// quote that stands in the wrong place is refused, not guessed at. Pure. The text must be UTF-8; a
// byte order mark is skipped; line ends are CR LF or LF. (Debian's libcsv guesses by default and
// tells no line, libfccp knows its columns when it is compiled: hence our own.)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/result.h"

namespace tallinn {

inline constexpr std::size_t kMaxCsvRowBytes = 1'000'000;
inline constexpr std::size_t kMaxCsvColumns = 1'000;

class CsvReader {
 public:
  struct Row {
    std::uint64_t line = 0;  ///< where it begins, from 1; a quoted cell may span lines
    std::vector<std::string> cells;
  };

  /// `text` must outlive it. `delimiter` is neither a quote nor a line end.
  CsvReader(std::string_view text, char delimiter);

  /// Nothing at the end; empty lines are skipped. After an Error (malformed, with the line) nothing
  /// more can be read.
  std::optional<Result<Row>> next();

 private:
  /// A cell, up to its delimiter or line end, which stays.
  Result<std::string> cell();
  Result<std::string> quoted();
  bool at_line_end() const;
  void skip_line_end();
  std::unexpected<Error> refuse_here(std::string why);

  std::string_view text_;
  char delimiter_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
};

}  // namespace tallinn
