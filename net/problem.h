// Problem details (RFC 9457): how HTTP tells a refusal, and how a client reads it back (error_of in
// net/http_client.h). Pure. `type` is the code's name (docs/domain.md, section 3), `detail` one
// sentence, `field` what it is about; `wrong_office` adds `office` and `url`.
#pragma once

#include <string_view>

#include "events/result.h"
#include "net/http.h"

namespace tallinn {

/// 409 for id_conflict, 421 for wrong_office...
unsigned status_of(Code code);
/// 503 answers carry Retry-After.
HttpResponse problem(const Error& error);
/// For what is not about an event: 404 of a route, 405, 413...
HttpResponse problem_of_status(unsigned status, std::string_view detail);
/// "Not Found"; empty for a status without a name.
std::string_view status_text(unsigned status);

}  // namespace tallinn
