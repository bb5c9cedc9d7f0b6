// The head of an answer as HTTP/1 writes it: status line and headers. Pure.
#pragma once

#include <string>

#include "net/http.h"

namespace tallinn {

/// What a head says that is not the answer's.
struct HttpHead {
  unsigned version = 11;        ///< 10 or 11: of the request
  bool method_is_head = false;  ///< no body follows, whatever length the head tells
  enum class After : std::uint8_t { keep, close } after = After::keep;
  /// In which a stream is sent: HTTP/1.0 knows no chunks, there it ends with the connection.
  bool chunked() const { return version != 10; }
  /// Does the body follow this head?
  bool body_follows(const HttpAnswer& answer) const {
    return !method_is_head && answer.response->status != 304;
  }
};

/// Appends it, with the empty line. Control characters in values become blanks: no value can begin
/// a header of its own.
void put_head(std::string& out, const HttpAnswer& answer, const HttpHead& head);

}  // namespace tallinn
