// One event in full, and its receipt, by id or by place.
#include <boost/json.hpp>

#include "events/uuid.h"
#include "net/event_json.h"
#include "net/problem.h"
#include "net/receipt.h"
#include "net/routes_table.h"

namespace tallinn {
namespace {

/// Where the event stands that the path names.
Result<Place> place_of_id(const RouteCall& call) {
  const auto id = parse_uuid(call.args[0]);
  if (!id)
    return refuse(Code::malformed, "this is not an event id (a UUID of version 7, lower case)",
                  "id");
  auto place = place_of_event(*call.head, *id);
  if (!place) return refuse(Code::unavailable, place.error().detail);
  return *std::move(place);
}

Result<Place> place_of_path(const RouteCall& call) {
  const auto log = log_of_path(call.charter(), call.args[0], call.args[1]);
  if (!log) return std::unexpected(log.error());
  const auto index = parse_count(call.args[2]);
  if (!index || *index >= call.head->held_of(*log).value())
    return refuse(Code::not_found, "the log has no entry there, as far as this node holds it");
  return Place{.log = *log, .index = LogIndex(*index)};
}

HttpResponse answer_event(const RouteCall& call, const Result<Place>& place) {
  if (!place) return problem(place.error());
  auto body = event_json(*call.head, call.charter(), *place);
  if (!body) return fault_response(body.error());
  return listing(call, *std::move(body));
}

HttpResponse answer_receipt(const RouteCall& call, const Result<Place>& place) {
  if (!place) return problem(place.error());
  auto receipt = make_receipt(*call.head, call.charter(), *place);
  if (!receipt) return fault_response(receipt.error());
  if (!*receipt) return problem(receipt->error());
  return {.body = std::move(**receipt)};
}

}  // namespace

HttpResponse answer_event_by_id(const RouteCall& call) {
  return answer_event(call, place_of_id(call));
}
HttpResponse answer_event_by_place(const RouteCall& call) {
  return answer_event(call, place_of_path(call));
}
HttpResponse answer_receipt_by_id(const RouteCall& call) {
  return answer_receipt(call, place_of_id(call));
}
HttpResponse answer_receipt_by_place(const RouteCall& call) {
  return answer_receipt(call, place_of_path(call));
}

}  // namespace tallinn
