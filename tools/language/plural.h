// Plural: which form of a noun stands beside a number. Pure. The cardinal rules of CLDR: English
// has one and other; Ukrainian one (1, 21, 101), few (2 to 4, 22) and many (0, 5 to 20, 111).
#pragma once

#include <cstddef>
#include <cstdint>

#include "tools/language/language.h"

namespace tallinn {

/// 2 in English, 3 in Ukrainian.
std::size_t plural_forms(Language language);
/// From 0, below plural_forms().
std::size_t plural_form(Language language, std::uint64_t count);

}  // namespace tallinn
