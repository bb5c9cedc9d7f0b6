// Conditional and range requests of RFC 9110 (sections 13 and 14), for any answer that has a strong
// ETag. Pure.
#pragma once

#include <string_view>

#include "net/http.h"

namespace tallinn {

/// Does a list of entity tags, as If-None-Match has it, name this one? Weak comparison.
bool names_tag(std::string_view list, std::string_view tag);

/// Does Accept-Encoding allow this coding (lower case), named or by `*`?
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

/// A complete 200 answer as the request wants it: 304 when the client has it, 412 when it wants
/// another, 206 or 416 for one range of bytes (of GET; several are answered with the whole, as a
/// server may), else the answer itself. An answer without ETag is left alone.
HttpResponse conditional(const HttpRequest& request, HttpResponse full);

}  // namespace tallinn
