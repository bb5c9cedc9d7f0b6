// One event in full, and its receipt, by id or by place.
#include <boost/json.hpp>

#include "events/json.h"
#include "events/uuid.h"
#include "net/event_facts.h"
#include "net/problem.h"
#include "net/replica.h"
#include "net/routes_table.h"

namespace tallinn {
namespace {

/// Where the event stands that the path names; the first place in the order when there are two.
Result<Place> place_of_id(const RouteCall& call) {
  const auto id = parse_uuid(call.args[0]);
  if (!id) return refuse(Code::malformed, "this is not an event id (a UUID of version 7, lower case)", "id");
  const auto places = StoredLogs(*call.head->snapshot).places_of(*id);
  if (!places) return refuse(Code::unavailable, places.error().detail);
  if (places->empty()) return refuse(Code::not_found, "no event with this id is known here");
  StoredViews views(*call.head->snapshot);
  const auto facts = event_facts(views, *id);
  return facts && facts->place ? *facts->place : places->front().place;
}

Result<Place> place_of_path(const RouteCall& call) {
  const auto log = log_of_path(call.charter(), call.args[0], call.args[1]);
  if (!log) return std::unexpected(log.error());
  const auto index = parse_count(call.args[2]);
  if (!index || *index >= call.head->held_of(*log).value())
    return refuse(Code::not_found, "the log has no entry there, as far as this node holds it");
  return Place{.log = *log, .index = LogIndex(*index)};
}

boost::json::array signers_of(ViewReader& views, const Entry& entry) {
  boost::json::array signers;
  for (const EventSignature& signature : entry.signatures) {
    boost::json::object one{{"key", to_base64(signature.key.view())},
                            {"signature", to_base64(signature.signature.view())}};
    if (const auto owner = owner_of_key(views, signature.key)) one["party"] = owner->value();
    signers.push_back(std::move(one));
  }
  return signers;
}

boost::json::array seen_of(const RouteCall& call, const Entry& entry) {
  boost::json::array seen;
  for (const Seen& one : entry.seen)
    seen.push_back(boost::json::object{{"origin", call.charter().origin(one.log)}, {"size", one.size.value()}});
  return seen;
}

HttpResponse answer_event(const RouteCall& call, const Result<Place>& place) {
  if (!place) return problem(place.error());
  const auto bytes = StoredLogs(*call.head->snapshot).entry(*place);
  if (!bytes) return fault_response(bytes.error());
  const auto entry = decode_entry(*bytes);
  if (!entry) return fault_response({.kind = Fault::corrupt, .detail = "an entry does not decode"});
  StoredViews views(*call.head->snapshot);
  boost::json::object body{{"origin", call.charter().origin(place->log)}, {"index", place->index.value()}};
  const auto header = decode_event_header(entry->event);
  if (header) body["id"] = format_uuid(header->id);
  body["lamport"] = entry->lamport.value();
  body["recorded"] = format_instant(entry->recorded);
  body["level"] = level_name(call.head->level_of({.lamport = entry->lamport, .place = *place}));
  if (header) {
    if (const auto facts = event_facts(views, header->id)) {
      body["effect"] = facts->place == *place ? facts->effect : "repeated";
      if (facts->corrected_by) body["corrected_by"] = format_uuid(*facts->corrected_by);
    }
  }
  body["signers"] = signers_of(views, *entry);
  body["seen"] = seen_of(call, *entry);
  if (const auto event = decode_event(entry->event)) body["event"] = boost::json::parse(event_to_json(*event));
  body["leaf"] = to_base64(leaf_hash(*bytes).view());
  if (views.fault()) return fault_response(*views.fault());
  return listing(call, std::move(body));
}

HttpResponse answer_receipt(const RouteCall& call, const Result<Place>& place) {
  if (!place) return problem(place.error());
  auto receipt = make_receipt(*call.head, call.charter(), *place);
  if (!receipt) return fault_response(receipt.error());
  if (!*receipt) return problem(receipt->error());
  return {.body = std::move(**receipt)};
}

}  // namespace

HttpResponse answer_event_by_id(const RouteCall& call) { return answer_event(call, place_of_id(call)); }
HttpResponse answer_event_by_place(const RouteCall& call) { return answer_event(call, place_of_path(call)); }
HttpResponse answer_receipt_by_id(const RouteCall& call) { return answer_receipt(call, place_of_id(call)); }
HttpResponse answer_receipt_by_place(const RouteCall& call) { return answer_receipt(call, place_of_path(call)); }

}  // namespace tallinn
