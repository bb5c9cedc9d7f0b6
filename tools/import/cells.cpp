#include "tools/import/cells.h"

#include <algorithm>
#include <array>

namespace tallinn {
namespace {

bool digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "1 234 567" without its groups; what is not whole groups of three stays as it is.
std::string without_groups(std::string_view whole, std::string_view group) {
  if (group.empty()) return std::string(whole);
  std::string out;
  bool first = true;
  while (true) {
    const std::size_t end = whole.find(group);
    const std::string_view part = whole.substr(0, end);
    const bool fits =
        first ? !part.empty() && (end == whole.npos || part.size() <= 3) : part.size() == 3;
    if (!fits) return "?";
    out.append(part);
    if (end == whole.npos) return out;
    whole.remove_prefix(end + group.size());
    first = false;
  }
}

/// Spreadsheets write the space between groups as one that does not break.
std::string with_plain_spaces(std::string_view cell) {
  std::string out(cell);
  for (const std::string_view space : {"\xC2\xA0", "\xE2\x80\xAF"})
    for (std::size_t at; (at = out.find(space)) != std::string::npos;)
      out.replace(at, space.size(), " ");
  return out;
}

}  // namespace

CellText plain_amount(std::string_view cell, const NumberStyle& style) {
  const std::string text = with_plain_spaces(cell);
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  const std::size_t point = rest.find(style.decimal);
  const std::string whole = without_groups(rest.substr(0, point), style.group);
  const std::string_view part = point == rest.npos ? "" : rest.substr(point + 1);
  if (!digits(whole) || (point != rest.npos && !digits(part)))
    return std::unexpected("is not an amount: write it like 1234" + std::string(1, style.decimal) +
                           "50, without a currency");
  // Leading zeros say nothing and are not read further on.
  const std::size_t first = std::min(whole.find_first_not_of('0'), whole.size() - 1);
  std::string out = (negative ? "-" : "") + whole.substr(first);
  if (!part.empty()) out.append(".").append(part);
  return out;
}

CellText plain_count(std::string_view cell, const NumberStyle& style) {
  const std::string whole = without_groups(with_plain_spaces(cell), style.group);
  if (!digits(whole) || whole.size() > 15)
    return std::unexpected("is not a whole number: write it like 1234");
  return whole.substr(std::min(whole.find_first_not_of('0'), whole.size() - 1));
}

bool valid_date_pattern(std::string_view pattern) {
  std::size_t letters = 0;
  for (const std::string_view part : {"YYYY", "MM", "DD"}) {
    const std::size_t at = pattern.find(part);
    if (at == pattern.npos || pattern.find(part, at + part.size()) != pattern.npos) return false;
    letters += part.size();
  }
  return pattern.size() == letters + 2 &&
         std::ranges::none_of(pattern, [](char c) { return c >= '0' && c <= '9'; });
}

CellText plain_date(std::string_view cell, std::string_view pattern) {
  const std::string why =
      "is not a date like " + std::string(pattern) + ": write it so, or change `date` in the map";
  std::array<std::string, 3> parts;  // year, month, day
  while (!pattern.empty()) {
    const char letter = pattern.front();
    if (letter != 'Y' && letter != 'M' && letter != 'D') {
      if (!cell.starts_with(letter)) return std::unexpected(why);
      pattern.remove_prefix(1);
      cell.remove_prefix(1);
      continue;
    }
    const std::size_t most = letter == 'Y' ? 4 : 2;
    std::size_t length = 0;
    while (length < most && length < cell.size() && digits(cell.substr(length, 1))) ++length;
    if (length == 0 || (letter == 'Y' && length != 4)) return std::unexpected(why);
    std::string& part = parts[letter == 'Y' ? 0 : letter == 'M' ? 1 : 2];
    part = (length < most ? "0" : "") + std::string(cell.substr(0, length));
    pattern.remove_prefix(most);
    cell.remove_prefix(length);
  }
  if (!cell.empty()) return std::unexpected(why);
  return parts[0] + "-" + parts[1] + "-" + parts[2];
}

}  // namespace tallinn
