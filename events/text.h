// Which strings may stand in an event: well-formed UTF-8 in NFC without control characters; and the
// patterns of names. Pure.
#pragma once

#include <string_view>

namespace tallinn {

/// UTF-8 (no surrogates, no overlong forms), normalised to NFC, no C0 or C1 controls. Linear in the
/// bytes.
bool valid_text(std::string_view text);
/// 2 to 32 of A-Z 0-9 -, first a letter.
bool valid_party_id(std::string_view text);
/// 1 to 64 of A-Z a-z 0-9 . _ -, first a letter or digit.
bool valid_name(std::string_view text);

}  // namespace tallinn
