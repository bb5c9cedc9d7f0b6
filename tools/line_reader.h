// LineReader: lines of a stream, none longer than a bound in memory.
// Shell: reads a stream.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

namespace tallinn {

inline constexpr std::size_t kMaxLineBytes = 1'000'000;

class LineReader {
 public:
  explicit LineReader(std::istream& in) : in_(in) {}

  struct Line {
    std::uint64_t number = 0;  ///< from 1
    std::string text;          ///< without its line end
    enum class Length : std::uint8_t {
      within,
      too_long
    } length = Length::within;  ///< too_long: `text` is empty
  };
  /// Nothing at the end. The last line may lack its line end.
  std::optional<Line> next();

 private:
  std::istream& in_;
  std::uint64_t number_ = 0;
};

}  // namespace tallinn
