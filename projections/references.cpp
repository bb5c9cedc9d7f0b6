#include "projections/references.h"

#include <algorithm>

#include "events/assert.h"
#include "events/uuid.h"
#include "projections/exceptions.h"
#include "projections/trails.h"

namespace tallinn {
namespace {

std::string awaited(const Uuid& event) {
  return std::string(EventRecord::kPrefix) + event_name(event);
}
std::string awaited(const PartyId& party) {
  return std::string(PartyRecord::kPrefix) + party.value();
}

bool is_known(const Hearing& hearing, const Uuid& id) {
  const auto* event = hearing.records.find<EventRecord>(event_name(id));
  return event != nullptr && event->type != 0;
}

bool is_known(const Hearing& hearing, const PartyId& party) {
  return hearing.records.find<PartyRecord>(party.value()) != nullptr ||
         hearing.is_coordinator(party) ||
         std::ranges::any_of(hearing.charter.offices, [&](const CharterOffice& office) {
           return office_party(office.name) == party;
         });
}

std::string missing_text(const WaitingRecord& waiting) {
  const std::string what = waiting.events.empty()
                               ? "the party " + waiting.party->value()
                               : "the event " + format_uuid(waiting.events.front());
  switch (waiting.as) {
    case NamedAs::disputed: return what + ", which is disputed, is not known";
    case NamedAs::audited: return what + ", which the finding is about, is not known";
    case NamedAs::replacing: return what + ", which replaces what was wrong, is not known";
  }
  return what;
}

bool is_complete(const WaitingRecord& waiting) {
  return waiting.events.empty() && !waiting.party;
}

void say(Folding& folding, const Uuid& event, const WaitingRecord& waiting) {
  if (is_complete(waiting))
    close_exception(folding, ExceptionCode::unknown_reference, event);
  else
    open_exception(folding, ExceptionCode::unknown_reference, event, {}, missing_text(waiting));
}

void save_waiting(Folding& folding, const Uuid& event, const WaitingRecord& waiting) {
  const Bytes key = Records::key_of<WaitingRecord>(event_name(event));
  if (is_complete(waiting))
    folding.views.erase(key);
  else
    folding.views.put(key, encode_record(waiting));
}

/// Into the trails of whoever the disputed or audited event concerns, and what resolved the
/// dispute with it.
void reach(Folding& folding, const Uuid& event, NamedAs as, const std::vector<PartyId>& parties) {
  const auto extend = [&](const Uuid& id) {
    const auto* record = folding.records.find<EventRecord>(event_name(id));
    TALLINN_ASSERT(record != nullptr);
    extend_trails(folding, id, parties, record->effect);
  };
  if (as == NamedAs::replacing) return;
  extend(event);
  const auto* dispute = folding.records.find<DisputeRecord>(event_name(event));
  if (dispute != nullptr && dispute->resolved_by) extend(*dispute->resolved_by);
}

bool is_correction_of(const Folding& folding, const Uuid& event, const Uuid& corrected) {
  const auto* correction = folding.records.find<CorrectionRecord>(event_name(event));
  return correction != nullptr && correction->event == corrected;
}
bool is_correction_of(const Folding&, const Uuid&, const PartyId&) {
  return false;
}

/// Each with the key of its record.
template <class Named>
std::vector<std::pair<Bytes, Uuid>> waiting_for(const Folding& folding, const Named& named) {
  std::vector<std::pair<Bytes, Uuid>> found;
  const Bytes prefix = awaited_prefix(awaited(named));
  folding.views.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
    found.emplace_back(Bytes(key), decode_record<AwaitedRecord>(value).by);
    return ViewReader::Next::go_on;
  });
  return found;
}

/// Whoever records it finds this, and looks for what waits.
void wait_for(Folding& folding, const std::string& what) {
  folding.views.put_new(awaited_key(what, folding.position),
                        encode_record(AwaitedRecord{folding.event.id}));
}

template <class Arrived>
void settle(Folding& folding, const Arrived& arrived, const std::vector<PartyId>& parties) {
  for (const auto& [key, event] : waiting_for(folding, arrived)) {
    folding.views.erase(key);
    if (is_correction_of(folding, event, arrived)) continue;
    auto waiting = read_record<WaitingRecord>(folding.views, event_name(event));
    TALLINN_ASSERT(waiting.has_value());
    if constexpr (std::same_as<Arrived, Uuid>)
      std::erase(waiting->events, arrived);
    else
      waiting->party.reset();
    save_waiting(folding, event, *waiting);
    if (folding.records.find<EventRecord>(event_name(event))->effect == Effect::applied)
      say(folding, event, *waiting);
    if (!parties.empty()) reach(folding, event, waiting->as, parties);
  }
}

}  // namespace

void await_references(Folding& folding, NamedAs as, const std::vector<Uuid>& events,
                      const std::optional<PartyId>& party) {
  WaitingRecord waiting{.as = as, .events = {}, .party = {}};
  for (const Uuid& id : events)
    if (!is_known(folding, id) && std::ranges::find(waiting.events, id) == waiting.events.end())
      waiting.events.push_back(id);
  if (party && !is_known(folding, *party)) waiting.party = party;
  if (is_complete(waiting)) return;
  for (const Uuid& id : waiting.events) {
    folding.records.find_or_make<EventRecord>(event_name(id));
    folding.save<EventRecord>(event_name(id));
    wait_for(folding, awaited(id));
  }
  if (waiting.party) wait_for(folding, awaited(*waiting.party));
  save_waiting(folding, folding.event.id, waiting);
  if (folding.effect == Effect::applied)
    open_exception(folding, ExceptionCode::unknown_reference, missing_text(waiting));
}

void await_corrected(Folding& folding, const Uuid& event) {
  wait_for(folding, awaited(event));
}

std::vector<Uuid> corrections_waiting(const Folding& folding) {
  std::vector<Uuid> out;
  for (const auto& [key, event] : waiting_for(folding, folding.event.id))
    if (is_correction_of(folding, event, folding.event.id)) out.push_back(event);
  return out;
}

void say_missing(Folding& folding, const Uuid& event) {
  const auto waiting = read_record<WaitingRecord>(folding.views, event_name(event));
  say(folding, event, waiting.value_or(WaitingRecord{}));
}

void settle_awaited_event(Folding& folding) {
  const Uuid& id = folding.event.id;
  settle(folding, id, folding.records.find<EventRecord>(event_name(id))->parties);
}

void settle_awaited_party(Folding& folding, const PartyId& party) {
  settle(folding, party, {});
}

}  // namespace tallinn
