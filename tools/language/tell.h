// Tell: a sentence in the reader's language. Pure. `tell` writes one of our own from its arguments;
// `told` takes one that came as English text (a refusal, an exception's text, a server's answer, a
// view of another node), finds the pattern that wrote it and writes that again: so what an office
// of any version says is told, and views and HTTP need no other language. docs/decisions/0024.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "tools/language/language.h"

namespace tallinn {

std::string tell_all(Language language, std::string_view english,
                     const std::vector<std::string>& arguments);
/// A text that no pattern of the catalogue wrote comes back as it is.
std::string told(Language language, std::string_view sentence);

inline std::string as_argument(std::string_view text) {
  return std::string(text);
}
std::string as_argument(std::integral auto number) {
  return std::to_string(number);
}

/// `english`: an entry of the catalogue, such as "{0:count} {0:entry|entries} in {1}".
template <class... Arguments>
std::string tell(Language language, std::string_view english, const Arguments&... arguments) {
  return tell_all(language, english, {as_argument(arguments)...});
}

}  // namespace tallinn
