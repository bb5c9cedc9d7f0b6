#include "net/event_json.h"

#include <boost/json.hpp>

#include "events/json.h"
#include "events/uuid.h"
#include "net/event_facts.h"
#include "net/kept_erasures.h"

namespace tallinn {
namespace {

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

boost::json::array seen_of(const Charter& charter, const Entry& entry) {
  boost::json::array seen;
  for (const Seen& one : entry.seen)
    seen.push_back(
        boost::json::object{{"origin", charter.origin(one.log)}, {"size", one.size.value()}});
  return seen;
}

}  // namespace

Stored<Result<Place>> place_of_event(const Head& head, const Uuid& id) {
  const auto places = StoredLogs(*head.snapshot).places_of(id);
  if (!places) return std::unexpected(places.error());
  if (places->empty())
    return Result<Place>(refuse(Code::not_found, "no event with this id is known here"));
  StoredViews views(*head.snapshot);
  const auto facts = event_facts(views, id);
  if (views.fault()) return std::unexpected(*views.fault());
  return facts ? facts->place : places->front().place;
}

Stored<boost::json::object> event_json(Head& head, const Charter& charter, const Place& place) {
  const auto bytes = StoredLogs(*head.snapshot).entry(place);
  if (!bytes) return std::unexpected(bytes.error());
  const auto entry = decode_entry(*bytes);
  if (!entry) return broken(Fault::corrupt, "an entry does not decode");
  StoredViews views(*head.snapshot);
  boost::json::object body{{"origin", charter.origin(place.log)}, {"index", place.index.value()}};
  const auto header = decode_event_header(entry->event);
  if (header) body["id"] = format_uuid(header->id);
  body["lamport"] = entry->lamport.value();
  body["recorded"] = format_instant(entry->recorded);
  body["level"] = level_name(head.level_of({.lamport = entry->lamport, .place = place}));
  if (header) {
    if (const auto facts = event_facts(views, header->id)) {
      body["effect"] = facts->place == place ? facts->effect : "repeated";
      if (facts->corrected_by) body["corrected_by"] = format_uuid(*facts->corrected_by);
    }
  }
  body["signers"] = signers_of(views, *entry);
  body["seen"] = seen_of(charter, *entry);
  if (const auto event = decode_event(entry->event)) {
    body["event"] = boost::json::parse(event_to_json(*event));
    const auto erasures = erasures_of(*head.snapshot, *event);
    if (!erasures) return std::unexpected(erasures.error());
    boost::json::array erased;
    for (const KeptErasure& kept : *erasures) erased.push_back(erasure_json(kept));
    if (!erased.empty()) body["erased"] = std::move(erased);
  }
  body["leaf"] = to_base64(leaf_hash(*bytes).view());
  if (views.fault()) return std::unexpected(*views.fault());
  return body;
}

}  // namespace tallinn
