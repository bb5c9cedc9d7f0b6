// Numbers and dates as each language writes them. Pure. By CLDR: English 1,234,567.00 and
// 20 December 2023; Ukrainian 1 234 567,00 (with no-break spaces) and 20 грудня 2023 р. What is not
// such a text comes back as it was.
#pragma once

#include <string>
#include <string_view>

#include "tools/language/language.h"

namespace tallinn {

/// "1234.50", "-7", digits with one point at most.
bool is_decimal(std::string_view text);
/// "500000.00 EUR".
bool is_money(std::string_view text);
/// "2024-12", "2024-12-11", or an instant, whose first ten characters are its day.
bool is_date(std::string_view text);

std::string format_number(Language language, std::string_view decimal);
std::string format_money(Language language, std::string_view money);
/// For a table: "20 Dec 2023", "20.12.2023"; a month "Dec 2023", "12.2023". An instant keeps its
/// time and offset.
std::string format_short_date(Language language, std::string_view date);
/// For a sentence: "20 December 2023", "20 грудня 2023 р.".
std::string format_long_date(Language language, std::string_view date);

}  // namespace tallinn
