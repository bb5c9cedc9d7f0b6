// POST /api/v1/events: a submission goes to the committer, its receipt comes back.
#include <algorithm>

#include "events/uuid.h"
#include "net/problem.h"
#include "net/receipt.h"
#include "net/routes_table.h"
#include "net/submission.h"

namespace tallinn {
namespace {

/// Checked here, on the caller's thread, so that the committer need not. A bad one is left to
/// admission: the order of refusals is its own.
Signatures check_signatures(const Submission& submission, const LedgerId& ledger) {
  const bool good =
      std::ranges::all_of(submission.signatures, [&](const EventSignature& signature) {
        return check_event_signature(signature, ledger, submission.event);
      });
  return good ? Signatures::checked_good : Signatures::to_check;
}

HttpResponse refusal(const RouteCall& call, Error error) {
  call.routes.metrics.refused(code_name(error.code));
  if (error.code == Code::wrong_office && error.url.empty())
    for (const auto& [name, url] : call.routes.options.status().office_urls)
      if (name == error.office) error.url = url;
  return problem(error);
}

HttpResponse receipt_of(const RouteCall& call, const Admitted& admitted) {
  const auto head = call.routes.heads.get();
  auto receipt = make_receipt(*head, call.charter(), admitted.place);
  if (!receipt) return fault_response(receipt.error());
  if (!*receipt) return problem(receipt->error());
  HttpResponse response{.body = std::move(**receipt)};
  response.headers.emplace_back("Tallinn-Origin", call.charter().origin(admitted.place.log));
  response.headers.emplace_back("Tallinn-Index", std::to_string(admitted.place.index.value()));
  response.headers.emplace_back("Tallinn-Event", format_uuid(admitted.id));
  if (admitted.novelty == Admitted::Novelty::known)
    response.headers.emplace_back("Tallinn-Known", "1");
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

void answer_submission(RouteCall call, HttpRespond respond) {
  const auto type = call.request.header("content-type");
  if (!type.empty() && !type.starts_with("application/octet-stream"))
    return respond(problem_of_status(415, "a submission is application/octet-stream"));
  if (const auto fault = call.routes.options.status().fault; !fault.empty())
    return respond(refusal(call, {.code = Code::not_appending, .detail = fault}));
  auto submission = decode_submission(call.request.body);
  if (!submission) return respond(refusal(call, submission.error()));
  submission->after = std::move(call.after);
  submission->checked = check_signatures(*submission, call.charter().id);
  Committer& committer = call.routes.committer;
  auto shared = std::make_shared<RouteCall>(std::move(call));
  committer.submit(
      std::move(*submission), [shared, respond = std::move(respond)](Result<Admitted> admitted) {
        Metrics& metrics = shared->routes.metrics;
        if (admitted)
          admitted->novelty == Admitted::Novelty::known ? metrics.known() : metrics.admitted();
        shared->routes.run_elsewhere([shared, respond, admitted = std::move(admitted)] {
          respond(admitted ? receipt_of(*shared, *admitted) : refusal(*shared, admitted.error()));
        });
      });
}

}  // namespace tallinn
