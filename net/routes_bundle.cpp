// The trail bundle of a party.
#include "net/problem.h"
#include "net/routes_table.h"
#include "net/stored_bundle.h"

namespace tallinn {

HttpResponse answer_bundle(const RouteCall& call) {
  auto bundle = make_stored_bundle(*call.head, call.charter(), PartyId(call.args[0]));
  if (!bundle) return fault_response(bundle.error());
  if (!*bundle) return problem(bundle->error());
  HttpResponse response{.content_type = "application/json", .body = std::move(**bundle)};
  response.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"" + call.args[0] + ".trail.json\"");
  return response;
}

}  // namespace tallinn
