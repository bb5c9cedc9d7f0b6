// JSON text as a value, or where it is none. Pure. Bytes are counted from 1.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string_view>

#include "events/result.h"

namespace tallinn {

/// The first byte that is not UTF-8 (surrogates and overlong forms are not); nothing when all is.
std::optional<std::size_t> first_byte_not_utf8(std::string_view text);
/// Error malformed: "not UTF-8 from byte 17 on", "not JSON: syntax error at byte 17".
Result<boost::json::value> parse_json(std::string_view text);

}  // namespace tallinn
