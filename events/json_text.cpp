#include "events/json_text.h"

#include <utf8proc.h>

#include <boost/json/parser.hpp>
#include <string>

namespace tallinn {

std::optional<std::size_t> first_byte_not_utf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto length = static_cast<utf8proc_ssize_t>(text.size());
  for (utf8proc_ssize_t at = 0; at < length;) {
    utf8proc_int32_t point = -1;
    const utf8proc_ssize_t used = utf8proc_iterate(bytes + at, length - at, &point);
    if (used <= 0) return static_cast<std::size_t>(at) + 1;
    at += used;
  }
  return std::nullopt;
}

Result<boost::json::value> parse_json(std::string_view text) {
  boost::json::parser parser;
  boost::system::error_code failed;
  const std::size_t taken = parser.write_some(text.data(), text.size(), failed);
  if (!failed && taken < text.size()) failed = boost::json::error::extra_data;
  if (!failed) return parser.release();
  if (const auto byte = first_byte_not_utf8(text))
    return refuse(Code::malformed, "not UTF-8 from byte " + std::to_string(*byte) + " on");
  return refuse(Code::malformed,
                "not JSON: " + failed.message() + " at byte " + std::to_string(taken + 1));
}

}  // namespace tallinn
