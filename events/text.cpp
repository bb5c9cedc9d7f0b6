#include "events/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "events/limits.h"

namespace tallinn {
namespace {

bool upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool digit(char c) {
  return c >= '0' && c <= '9';
}

/// Non-ASCII text: decode every code point, then compare with its own NFC.
bool valid_unicode(std::string_view text) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto length = static_cast<utf8proc_ssize_t>(text.size());
  for (utf8proc_ssize_t at = 0; at < length;) {
    utf8proc_int32_t point = -1;
    const utf8proc_ssize_t used = utf8proc_iterate(bytes + at, length - at, &point);
    if (used <= 0 || point < 0x20 || (point >= 0x7f && point < 0xa0)) return false;
    at += used;
  }
  utf8proc_uint8_t* normal = nullptr;
  const utf8proc_ssize_t size = utf8proc_map(
      bytes, length, &normal, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(normal, &std::free);
  return size == length && std::memcmp(normal, bytes, text.size()) == 0;
}

}  // namespace

bool valid_text(std::string_view text) {
  const bool ascii = std::ranges::all_of(
      text, [](char c) { return static_cast<signed char>(c) >= 0x20 && c != 0x7f; });
  return ascii || valid_unicode(text);
}

bool valid_party_id(std::string_view text) {
  return text.size() >= 2 && text.size() <= 32 && upper(text[0]) &&
         std::ranges::all_of(text, [](char c) { return upper(c) || digit(c) || c == '-'; });
}

bool valid_name(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes &&
         (upper(text[0]) || lower(text[0]) || digit(text[0])) &&
         std::ranges::all_of(text, [](char c) {
           return upper(c) || lower(c) || digit(c) || c == '.' || c == '_' || c == '-';
         });
}

}  // namespace tallinn
