#include "tools/language/numbers.h"

#include <algorithm>
#include <array>

#include "events/date.h"

namespace tallinn {

namespace {

constexpr std::string_view kNoBreakSpace = "\u00a0";

constexpr std::array<std::string_view, 12> kEnglishMonths{
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 12> kUkrainianMonths{
    "січень", "лютий",   "березень", "квітень", "травень",  "червень",
    "липень", "серпень", "вересень", "жовтень", "листопад", "грудень"};
constexpr std::array<std::string_view, 12> kUkrainianMonthsOfDays{
    "січня", "лютого", "березня", "квітня", "травня",    "червня",
    "липня", "серпня", "вересня", "жовтня", "листопада", "грудня"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A date's parts as written; `day` and `time` may be empty.
struct Parts {
  std::string_view year;
  std::size_t month;  ///< from 0
  std::string_view day;
  std::string_view time;  ///< "09:30:00+02:00"
};

Parts parts_of(std::string_view date) {
  Parts parts{.year = date.substr(0, 4),
              .month = static_cast<std::size_t>((date[5] - '0') * 10 + (date[6] - '0') - 1),
              .day = {},
              .time = {}};
  if (date.size() >= 10) parts.day = date.substr(8, 2);
  if (date.size() > 11) parts.time = date.substr(11);
  return parts;
}

std::string_view without_zero(std::string_view day) {
  return day.starts_with('0') ? day.substr(1) : day;
}

std::string joined(std::string_view first, std::string_view space, std::string_view rest) {
  return std::string(first).append(first.empty() ? "" : space).append(rest);
}

}  // namespace

bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && is_digit(text.front()) && is_digit(text.back()) &&
         std::ranges::count(text, '.') <= 1 &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; });
}

bool is_money(std::string_view text) {
  return text.size() > 4 && text[text.size() - 4] == ' ' &&
         is_decimal(text.substr(0, text.size() - 4)) &&
         std::ranges::all_of(text.substr(text.size() - 3),
                             [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_date(std::string_view text) {
  return parse_when(text).has_value();
}

std::string format_number(Language language, std::string_view decimal) {
  if (!is_decimal(decimal)) return std::string(decimal);
  const bool ukrainian = language == Language::ukrainian;
  const std::size_t point = std::min(decimal.find('.'), decimal.size());
  std::string out;
  for (std::size_t i = 0; i < point; ++i) {
    const bool grouped = i > 0 && decimal[i - 1] != '-' && (point - i) % 3 == 0;
    if (grouped) out += ukrainian ? kNoBreakSpace : ",";
    out += decimal[i];
  }
  if (point < decimal.size()) {
    out += ukrainian ? ',' : '.';
    out += decimal.substr(point + 1);
  }
  return out;
}

std::string format_money(Language language, std::string_view money) {
  if (!is_money(money)) return std::string(money);
  const std::string_view space = language == Language::ukrainian ? kNoBreakSpace : " ";
  return joined(format_number(language, money.substr(0, money.size() - 4)), space,
                money.substr(money.size() - 3));
}

std::string format_short_date(Language language, std::string_view date) {
  if (!is_date(date)) return std::string(date);
  const Parts parts = parts_of(date);
  std::string out;
  if (language == Language::ukrainian) {
    const auto month = std::string(date.substr(5, 2)).append(".").append(parts.year);
    out = joined(parts.day, ".", month);
  } else {
    const auto month = joined(kEnglishMonths[parts.month].substr(0, 3), " ", parts.year);
    out = joined(without_zero(parts.day), " ", month);
  }
  return parts.time.empty() ? out : joined(out, " ", parts.time);
}

std::string format_long_date(Language language, std::string_view date) {
  if (!is_date(date)) return std::string(date);
  const Parts parts = parts_of(date);
  std::string out;
  if (language == Language::ukrainian) {
    const auto& months = parts.day.empty() ? kUkrainianMonths : kUkrainianMonthsOfDays;
    const auto month =
        joined(months[parts.month], " ", parts.year).append(kNoBreakSpace).append("р.");
    out = joined(without_zero(parts.day), kNoBreakSpace, month);
  } else {
    out =
        joined(without_zero(parts.day), " ", joined(kEnglishMonths[parts.month], " ", parts.year));
  }
  return parts.time.empty() ? out : joined(out, " ", parts.time);
}

}  // namespace tallinn
