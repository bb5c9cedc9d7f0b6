// The tables of docs/domain.md that the code itself can tell: events, refusals, exceptions, states
// and closed lists, as Markdown. Pure.
#pragma once

#include <string>
#include <string_view>

namespace tallinn::scenarios {

inline constexpr std::string_view kTablesBegin = "<!-- made from the code: begin -->\n";
inline constexpr std::string_view kTablesEnd = "<!-- made from the code: end -->\n";

std::string domain_tables();

}  // namespace tallinn::scenarios
