#include "tools/duration.h"

#include <array>

#include "ledger/text_lines.h"

namespace tallinn {

namespace {

struct DurationUnit {
  char letter;
  std::string_view name;
  std::int64_t seconds;
};
constexpr std::array<DurationUnit, 4> kUnits{
    {{'d', "d", 86'400}, {'h', "h", 3'600}, {'m', "min", 60}, {'s', "s", 1}}};
constexpr std::int64_t kLongest = std::int64_t{10} * 366 * 86'400;

}  // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const auto count = parse_decimal(text.substr(0, text.size() - 1));
  for (const DurationUnit& unit : kUnits)
    if (count && text.back() == unit.letter &&
        *count <= static_cast<std::uint64_t>(kLongest / unit.seconds))
      return std::chrono::seconds(static_cast<std::int64_t>(*count) * unit.seconds);
  return std::nullopt;
}

std::string format_duration(std::chrono::seconds duration) {
  std::int64_t rest = duration.count() < 0 ? 0 : duration.count();
  std::string out;
  int parts = 0;
  for (const DurationUnit& unit : kUnits) {
    const std::int64_t count = rest / unit.seconds;
    rest %= unit.seconds;
    if (count == 0 && (parts == 0 || rest == 0)) continue;
    out += (out.empty() ? "" : " ") + std::to_string(count) + " " + std::string(unit.name);
    if (++parts == 2) break;
  }
  return out.empty() ? "0 s" : out;
}

}  // namespace tallinn
