#include "tools/language/plural.h"

namespace tallinn {

std::size_t plural_forms(Language language) {
  return language == Language::ukrainian ? 3 : 2;
}

std::size_t plural_form(Language language, std::uint64_t count) {
  if (language == Language::english) return count == 1 ? 0 : 1;
  const std::uint64_t last = count % 10;
  const std::uint64_t last_two = count % 100;
  if (last == 1 && last_two != 11) return 0;
  return last >= 2 && last <= 4 && (last_two < 12 || last_two > 14) ? 1 : 2;
}

}  // namespace tallinn
