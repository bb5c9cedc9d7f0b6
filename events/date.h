// Dates with their precision, as people know them: a day, or a moment known to the month, day or
// instant. Pure. ISO 8601 text, strict: what does not print as it was read is refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/result.h"
#include "events/strong.h"

namespace tallinn {

/// Days since 1970-01-01, proleptic Gregorian.
using Day = Strong<struct DayTag, std::int32_t>;

/// "2024-12-31"; years 1970 to 2199. Error malformed otherwise.
Result<Day> parse_day(std::string_view text);
std::string format_day(Day day);
/// 00:00 UTC of the day.
UnixMillis start_of(Day day);

enum class Precision : std::uint8_t { month = 1, day = 2, instant = 3 };

/// When something occurred: "2024-12", "2024-12-11" or "2024-12-11T09:30:00+02:00" (optional
/// milliseconds, "Z" for UTC).
struct When {
  UnixMillis millis;                ///< the start of the period, UTC
  std::int16_t offset_minutes = 0;  ///< east of UTC, as written; 0 unless an instant
  Precision precision = Precision::day;
  bool operator==(const When&) const = default;
};

Result<When> parse_when(std::string_view text);
std::string format_when(const When& when);
/// The first moment that lies after the whole period.
UnixMillis end_of(const When& when);
/// Is it a moment that parse_when could have given: on its period's start, within 1970 to 2199,
/// offset within a day?
bool valid_when(const When& when);
/// "2024-12-11T09:30:00.000Z", for clocks.
std::string format_instant(UnixMillis millis);

}  // namespace tallinn
