#include "events/result.h"

#include "events/assert.h"

namespace tallinn {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::malformed: return "malformed";
    case Code::id_conflict: return "id_conflict";
    case Code::wrong_office: return "wrong_office";
    case Code::behind: return "behind";
    case Code::needs_two_parties: return "needs_two_parties";
    case Code::unauthorised: return "unauthorised";
    case Code::unknown_reference: return "unknown_reference";
    case Code::invalid_value: return "invalid_value";
    case Code::overdrawn: return "overdrawn";
    case Code::invalid_transition: return "invalid_transition";
    case Code::not_appending: return "not_appending";
    case Code::not_found: return "not_found";
    case Code::failed: return "failed";
    case Code::unavailable: return "unavailable";
  }
  TALLINN_ASSERT(!"unknown code");
  return {};
}

}  // namespace tallinn
