#include "net/event_facts.h"

#include "projections/event_records.h"
#include "projections/party_records.h"
#include "projections/record_keys.h"

namespace tallinn {

std::optional<EventFacts> event_facts(ViewReader& views, const Uuid& id) {
  const auto bytes = views.get(std::string(EventRecord::kPrefix) + event_name(id));
  if (!bytes) return std::nullopt;
  const auto record = decode_record<EventRecord>(*bytes);
  if (record.type == 0 && record.effect != Effect::unknown_type) return std::nullopt;
  return EventFacts{.effect = std::string(spell(record.effect)),
                    .place = record.position.place,
                    .corrected_by = record.corrected_by};
}

std::optional<PartyId> owner_of_key(ViewReader& views, const PublicKey& key) {
  const auto bytes = views.get(std::string(KeyRecord::kPrefix) + key_name(key));
  return bytes ? decode_record<KeyRecord>(*bytes).owner : std::nullopt;
}

}  // namespace tallinn
