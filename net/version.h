// The version of this software, as every command, report and node says it. Pure.
#pragma once

#include <string_view>

namespace tallinn {

/// "0.1.0"; CMakeLists.txt has it.
std::string_view version();

}  // namespace tallinn
