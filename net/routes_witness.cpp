// POST /witness/add-checkpoint (c2sp.org/tlog-witness): a request goes to the committer, where the
// check and the stored cosignature are one step (net/replica_witness.cpp).
#include "net/problem.h"
#include "net/routes_table.h"
#include "net/witness.h"

namespace tallinn {
namespace {

HttpResponse response_of(const Result<WitnessAnswer>& answer) {
  if (!answer) return problem(answer.error());
  HttpResponse response{.body = answer->cosignature};
  if (answer->conflict) {
    response.status = 409;
    response.content_type = "text/x.tlog.size";
    response.body = std::to_string(answer->conflict->value()) + "\n";
  }
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

void answer_add_checkpoint(RouteCall call, HttpRespond respond) {
  auto request = parse_add_checkpoint(call.request.body);
  if (!request) return respond(problem(request.error()));
  call.routes.committer.witness(*std::move(request),
                                [respond = std::move(respond)](Result<WitnessAnswer> answer) {
                                  respond(response_of(answer));
                                });
}

}  // namespace tallinn
