// Messages: the words of human listings in English and Ukrainian, in one table.
// Pure. JSON output is never translated.
#pragma once

#include <string_view>

#include "tools/language/language.h"

namespace tallinn {

/// The word for a member of the listings' JSON or one of its closed values ("level", "settled");
/// the key itself when the table does not have it.
std::string_view word(Language language, std::string_view key);
/// Is it in the table?
bool is_word(std::string_view key);

}  // namespace tallinn
