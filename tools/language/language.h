// Language: in which of the two languages a person reads. Pure.
#pragma once

#include <cstdint>

namespace tallinn {

enum class Language : std::uint8_t { english, ukrainian };

}  // namespace tallinn
