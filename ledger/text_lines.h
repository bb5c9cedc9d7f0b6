// Small strict pieces that the text formats share: lines, words, decimals.
// Pure. Formats additionally re-encode what they parsed and compare, so these need not be clever.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/bytes.h"

namespace tallinn {

/// Of the text of a promise or a state note. Two such notes with all the signatures that a note may
/// have, or one with a checkpoint, an entry and a proof, fit evidence (kMaxEvidenceBytes).
inline constexpr std::size_t kMaxStatementBytes = 96 * 1024;

/// Digits only, no leading zero, fits 64 bits.
std::optional<std::uint64_t> parse_decimal(std::string_view text);
/// The next line without its \n, removed from `text`; nothing when there is no complete line.
std::optional<std::string_view> take_line(std::string_view& text);
/// The rest of `line` after `keyword` and one space; nothing when it does not start so.
std::optional<std::string_view> after_keyword(std::string_view line, std::string_view keyword);
/// The rest of the next line after its keyword, the line removed from `text`.
std::optional<std::string_view> take_value(std::string_view& text, std::string_view keyword);
/// The words between single spaces; "a  b" has an empty word.
std::vector<std::string_view> split_words(std::string_view line);

}  // namespace tallinn
