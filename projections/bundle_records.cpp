#include "projections/bundle_records.h"

#include "ledger/sha256.h"
#include "projections/hearing.h"
#include "projections/registered_name.h"

namespace tallinn {

std::set<Bytes> records_beside(const OrderedEntry& entry, Effect effect) {
  std::set<Bytes> keys;
  for (const EventSignature& signature : entry.entry.signatures)
    keys.insert(Records::key_of<KeyRecord>(key_name(signature.key)));
  if (!entry.event) return keys;
  if (const auto* proposed = std::get_if<AllocationProposed>(&entry.event->body))
    keys.insert(Records::key_of<NeedRecord>(proposed->need.value()));
  if (effect == Effect::duplicate_id)
    keys.insert(Records::key_of<EventRecord>(event_name(entry.event->id)));
  if (effect == Effect::duplicate_name)
    if_registers(entry.event->body,
                 [&]<class R>(const Name& name) { keys.insert(Records::key_of<R>(name.value())); });
  return keys;
}

bool is_taken(const OrderedEntry& entry, Effect effect,
              const std::function<std::optional<Bytes>(const Bytes& key)>& record) {
  if (!entry.event) return false;
  if (effect == Effect::duplicate_id) {
    const auto bytes = record(Records::key_of<EventRecord>(event_name(entry.event->id)));
    const auto first = bytes ? try_decode_record<EventRecord>(*bytes) : std::nullopt;
    return first && first->bytes != sha256(entry.entry.event);
  }
  bool taken = false;
  if (effect == Effect::duplicate_name)
    if_registers(entry.event->body, [&]<class R>(const Name& name) {
      const auto bytes = record(Records::key_of<R>(name.value()));
      const auto first = bytes ? try_decode_record<R>(*bytes) : std::nullopt;
      taken = first && first->registered && first->event != entry.event->id;
    });
  return taken;
}

}  // namespace tallinn
