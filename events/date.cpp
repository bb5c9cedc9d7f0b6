#include "events/date.h"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>

namespace tallinn {
namespace {

constexpr std::int64_t kDayMillis = 86'400'000;
constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2199;

/// Exactly `count` digits at the front of `text`, taken off.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take_char(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int32_t> days_of(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || year < kFirstYear || year > kLastYear) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::string date_text(std::int64_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", int(date.year()), unsigned(date.month()),
                unsigned(date.day()));
  return text;
}

/// Milliseconds of the day and the offset, from "T09:30:00[.000](Z|+02:00)".
struct TimeOfDay {
  std::int64_t millis;
  std::int16_t offset_minutes;
};
std::optional<TimeOfDay> take_time(std::string_view& text) {
  if (!take_char(text, 'T')) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || !take_char(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || !take_char(text, ':')) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  std::int64_t millis = ((*hour * 60 + *minute) * 60 + *second) * std::int64_t{1000};
  if (take_char(text, '.')) {
    const auto fraction = take_digits(text, 3);
    if (!fraction) return std::nullopt;
    millis += *fraction;
  }
  if (take_char(text, 'Z')) return TimeOfDay{millis, 0};
  const int sign = text.starts_with('-') ? -1 : 1;
  if (!take_char(text, '+') && !take_char(text, '-')) return std::nullopt;
  const auto offset_hour = take_digits(text, 2);
  if (!offset_hour || !take_char(text, ':')) return std::nullopt;
  const auto offset_minute = take_digits(text, 2);
  if (!offset_minute || *offset_hour > 14 || *offset_minute > 59) return std::nullopt;
  return TimeOfDay{millis, static_cast<std::int16_t>(sign * (*offset_hour * 60 + *offset_minute))};
}

std::string instant_text(std::int64_t local_millis) {
  const std::int64_t days =
      local_millis >= 0 ? local_millis / kDayMillis : (local_millis - kDayMillis + 1) / kDayMillis;
  const std::int64_t in_day = local_millis - days * kDayMillis;
  char text[32];
  std::snprintf(text, sizeof text, "T%02d:%02d:%02d", int(in_day / 3'600'000),
                int(in_day / 60'000 % 60), int(in_day / 1000 % 60));
  std::string out = date_text(days) + text;
  if (in_day % 1000 != 0) {
    std::snprintf(text, sizeof text, ".%03d", int(in_day % 1000));
    out += text;
  }
  return out;
}

std::unexpected<Error> not_a_date(std::string_view text) {
  return refuse(Code::malformed,
                "\"" + std::string(text.substr(0, 40)) + "\" is not an ISO 8601 date");
}

}  // namespace

Result<Day> parse_day(std::string_view text) {
  auto when = parse_when(text);
  if (!when || when->precision != Precision::day) return not_a_date(text);
  return Day(static_cast<std::int32_t>(when->millis.value() / kDayMillis));
}

std::string format_day(Day day) {
  return date_text(day.value());
}

UnixMillis start_of(Day day) {
  return UnixMillis(day.value() * kDayMillis);
}

UnixMillis end_of(const When& when) {
  if (when.precision == Precision::instant) return UnixMillis(when.millis.value() + 1);
  if (when.precision == Precision::day) return UnixMillis(when.millis.value() + kDayMillis);
  const std::chrono::year_month_day first{
      std::chrono::sys_days(std::chrono::days(when.millis.value() / kDayMillis))};
  const std::chrono::sys_days next{first + std::chrono::months(1)};
  return UnixMillis(next.time_since_epoch().count() * kDayMillis);
}

Result<When> parse_when(std::string_view text) {
  std::string_view rest = text;
  const auto year = take_digits(rest, 4);
  if (!year || !take_char(rest, '-')) return not_a_date(text);
  const auto month = take_digits(rest, 2);
  if (!month) return not_a_date(text);
  const bool has_day = !rest.empty();
  if (has_day && !take_char(rest, '-')) return not_a_date(text);
  const auto day = has_day ? take_digits(rest, 2) : std::optional(1);
  if (!day) return not_a_date(text);
  const auto days = days_of(*year, *month, *day);
  if (!days) return not_a_date(text);
  When when{UnixMillis(*days * kDayMillis), 0, has_day ? Precision::day : Precision::month};
  if (has_day && !rest.empty()) {
    const auto time = take_time(rest);
    if (!time) return not_a_date(text);
    when = {UnixMillis(when.millis.value() + time->millis - time->offset_minutes * 60'000),
            time->offset_minutes, Precision::instant};
  }
  if (!rest.empty() || format_when(when) != text) return not_a_date(text);
  return when;
}

std::string format_when(const When& when) {
  if (when.precision == Precision::month)
    return date_text(when.millis.value() / kDayMillis).substr(0, 7);
  if (when.precision == Precision::day) return date_text(when.millis.value() / kDayMillis);
  std::string out = instant_text(when.millis.value() + when.offset_minutes * std::int64_t{60'000});
  if (when.offset_minutes == 0) return out + "Z";
  const int minutes = std::abs(when.offset_minutes);
  char text[16];
  std::snprintf(text, sizeof text, "%c%02d:%02d", when.offset_minutes < 0 ? '-' : '+', minutes / 60,
                minutes % 60);
  return out + text;
}

bool valid_when(const When& when) {
  const std::int64_t local = when.millis.value() + when.offset_minutes * std::int64_t{60'000};
  const std::int64_t end = *days_of(kLastYear, 12, 31) * kDayMillis + kDayMillis;
  const int offset = std::abs(int{when.offset_minutes});
  if (local < 0 || local >= end) return false;
  if (when.precision == Precision::instant) return offset < 15 * 60;
  if (when.offset_minutes != 0 || local % kDayMillis != 0) return false;
  if (when.precision == Precision::day) return true;
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(local / kDayMillis))};
  return when.precision == Precision::month && date.day() == std::chrono::day(1);
}

std::string format_instant(UnixMillis millis) {
  const std::string out = instant_text(millis.value());
  return out + (millis.value() % 1000 == 0 ? ".000Z" : "Z");
}

}  // namespace tallinn
