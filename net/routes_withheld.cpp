// Withheld values: shown to those entitled to them, and erased on their author's word. A value is
// in no other answer, in no log and in no cache; whoever may not see it learns nothing, not even
// whether there is one.
#include <boost/json.hpp>

#include "events/uuid.h"
#include "net/problem.h"
#include "net/routes_table.h"
#include "net/withheld_view.h"
#include "projections/entitlement.h"

namespace tallinn {
namespace {

constexpr std::int64_t kRequestGoodForSeconds = 300;  ///< before and after its own time

Result<DisclosureRequest> read_request(const RouteCall& call) {
  auto request = open_disclosure_request(call.request.body);
  if (!request) return request;
  if (request->ledger != call.charter().id)
    return refuse(Code::failed, "the request is for another ledger");
  const std::int64_t now = call.routes.options.clock().value() / 1000;
  const auto at = static_cast<std::int64_t>(request->at.value());
  if (at > now + kRequestGoodForSeconds || at < now - kRequestGoodForSeconds)
    return refuse(Code::unauthorised,
                  "the request is dated more than five minutes from this node's clock");
  return request;
}

/// What the request asks for and its key is entitled to; none: there is nothing to be said.
Stored<std::vector<Withheld>> fields_for(const DisclosureRequest& request, const RouteCall& call,
                                         const Result<WithheldView>& view) {
  StoredViews views(*call.head->snapshot);
  const KeyNow key = key_now(views, request.key);
  std::vector<Withheld> fields;
  if (view && key.party == request.party) {
    const Asker asker = asker_of(views, view->event, view->entry, key);
    for (const Withheld& withheld : view->event.withheld)
      if (may_be_shown(withheld.tlp, asker) && (!request.field || *request.field == withheld.field))
        fields.push_back(withheld);
  }
  if (views.fault()) return std::unexpected(*views.fault());
  return fields;
}

}  // namespace

HttpResponse answer_disclosure(const RouteCall& call) {
  const auto request = read_request(call);
  if (!request) return problem(request.error());
  const auto view = withheld_view(*call.head, request->event);
  if (!view) return fault_response(view.error());
  const auto fields = fields_for(*request, call, *view);
  if (!fields) return fault_response(fields.error());
  if (fields->empty())  // the one answer to everybody who is not entitled, whatever there is
    return problem(
        {.code = Code::not_found, .detail = "there is nothing here that this key is shown"});
  if (!request->field) return json_response(withheld_list(**view, *fields));
  const auto value = withheld_value(*call.head, call.charter(), **view, fields->front());
  if (!value) return fault_response(value.error());
  return *value ? json_response(**value) : problem(value->error());
}

void answer_erasure(RouteCall call, HttpRespond respond) {
  call.head.reset();  // it reads what was before
  call.routes.committer.erase(
      std::move(call.request.body), [respond = std::move(respond)](Result<Erasure> erased) {
        if (!erased) return respond(problem(erased.error()));
        HttpResponse response = json_response({{"event", format_uuid(erased->event)},
                                               {"field", erased->field.value()},
                                               {"text", erasure_text(*erased)}});
        response.headers.emplace_back("Cache-Control", "no-store");
        respond(std::move(response));
      });
}

}  // namespace tallinn
