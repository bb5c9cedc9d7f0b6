// Durations as a person writes them: "90s", "30m", "24h", "7d". Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tallinn {

/// A whole number with one of s, m, h, d; at most ten years.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);
/// The two greatest parts, rounded down: "3 h 20 min", "12 s".
std::string format_duration(std::chrono::seconds duration);

}  // namespace tallinn
