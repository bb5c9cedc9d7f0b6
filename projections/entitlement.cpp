#include "projections/entitlement.h"

#include <algorithm>

namespace tallinn {

KeyNow key_now(ViewReader& views, const PublicKey& key) {
  const auto record = read_record<KeyRecord>(views, key_name(key));
  if (!record) return {};
  KeyNow now{.party = record->owner, .roles = 0};
  if (!record->revocations.empty()) return now;
  for (const Enrolment& enrolment : record->enrolments)
    if (!enrolment.ended)
      for (const Role role : enrolment.roles) now.roles |= role_bit(role);
  return now;
}

Asker asker_of(ViewReader& views, const Event& event, const Entry& entry, const KeyNow& key) {
  if (!key.party) return {};
  Asker asker{.roles = key.roles};
  asker.stated = *key.party == event.author ||
                 std::ranges::any_of(entry.signatures, [&](const EventSignature& signature) {
                   return key_now(views, signature.key).party == key.party;
                 });
  const auto record = read_record<EventRecord>(views, event_name(event.id));
  asker.concerned =
      record && std::ranges::find(record->parties, *key.party) != record->parties.end();
  return asker;
}

bool may_be_shown(Tlp label, const Asker& asker) {
  if (asker.roles == 0) return false;
  if (asker.stated) return true;
  const bool audits = (asker.roles & role_bit(Role::audit)) != 0;
  const bool governs = (asker.roles & role_bit(Role::govern)) != 0;
  switch (label) {
    case Tlp::red: return false;
    case Tlp::amber_strict: return asker.concerned || audits;
    case Tlp::amber: return asker.concerned || audits || governs;
    case Tlp::green: return true;
  }
  return false;
}

}  // namespace tallinn
