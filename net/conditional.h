// Conditional and range requests of RFC 9110 (sections 13 and 14), for any answer that has a strong
// ETag. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "net/http.h"

namespace tallinn {

/// RFC 9110, section 8.8.3.2. weak: `W/"a"` is `"a"` (If-None-Match). strong: it is not (If-Match).
enum class TagComparison : std::uint8_t { weak, strong };
/// Does a list of entity tags, as If-Match and If-None-Match have it, name this strong one?
bool names_tag(std::string_view list, std::string_view tag, TagComparison how);

/// Does Accept-Encoding allow this coding (lower case), named or by `*`?
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

/// Does the request make its answer depend on a tag, or want a range? Else conditional() gives the
/// answer itself.
bool has_conditions(const HttpRequest& request);

/// A complete 200 answer as the request wants it: 304 when the client has it, 412 when it wants
/// another, 206 or 416 for one range of bytes (of GET; several are answered with the whole, as a
/// server may), else the answer itself. An answer without ETag is left alone.
HttpResponse conditional(const HttpRequest& request, HttpResponse full);

}  // namespace tallinn
