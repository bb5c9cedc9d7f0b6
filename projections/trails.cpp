#include "projections/trails.h"

#include <algorithm>

#include "events/assert.h"
#include "ledger/sha256.h"
#include "projections/event_rules.h"

namespace tallinn {
namespace {

class Parties {
 public:
  Parties() { all_.reserve(6); }
  void add(const PartyId& party) {
    if (std::ranges::find(all_, party) == all_.end()) all_.push_back(party);
  }
  void add(const std::optional<PartyId>& party) {
    if (party) add(*party);
  }
  void add(const std::vector<PartyId>& parties) {
    for (const PartyId& party : parties) add(party);
  }
  std::vector<PartyId> take() { return std::move(all_); }

 private:
  std::vector<PartyId> all_;
};

void add_event(const Hearing& hearing, const Uuid& id, Parties& to) {
  if (const auto* event = hearing.records.find<EventRecord>(event_name(id))) to.add(event->parties);
}

/// The parties that stand behind what a body names.
template <class Body>
void add_descent(const Hearing& hearing, const Body& body, Parties& to) {
  if constexpr (requires { body.need; })
    if (const auto* need = hearing.registered<NeedRecord>(body.need)) to.add(need->recipient);
  if constexpr (requires { body.pledge; }) {
    const std::optional<Name> pledge = body.pledge;
    if (pledge)
      if (const auto* found = hearing.registered<PledgeRecord>(*pledge)) to.add(found->donor);
  }
  if constexpr (requires { body.commitment; })
    if (const auto* commitment = hearing.registered<CommitmentRecord>(body.commitment))
      to.add(commitment->donor);
  if constexpr (requires { body.consignment; }) {
    if (const auto* consignment = hearing.registered<ConsignmentRecord>(body.consignment)) {
      to.add(consignment->donor);
      to.add(consignment->recipient);
    }
  }
  if constexpr (requires { body.allocation; }) {
    if (const auto* allocation = hearing.registered<AllocationRecord>(body.allocation)) {
      to.add(allocation->donor);
      to.add(allocation->recipient);
    }
  }
}

template <class Body>
void add_named(const Body& body, Parties& to) {
  if constexpr (requires { body.party; }) to.add(body.party);
  if constexpr (requires { body.donor; }) to.add(body.donor);
  if constexpr (requires { body.receiver; }) to.add(body.receiver);
  if constexpr (requires { body.recipient; }) to.add(body.recipient);
  if constexpr (requires { body.payer; }) to.add(body.payer);
  if constexpr (requires { body.payee; }) to.add(body.payee);
  if constexpr (requires { body.auditee; }) to.add(body.auditee);
  if constexpr (requires { body.office; }) to.add(office_party(body.office));
}

template <class Body>
void add_events(const Hearing& hearing, const Body& body, Parties& to) {
  if constexpr (requires { body.event; }) add_event(hearing, body.event, to);
  if constexpr (requires { body.dispute; }) add_event(hearing, body.dispute, to);
  if constexpr (requires { body.events; })
    for (const Uuid& id : body.events) add_event(hearing, id, to);
  if constexpr (requires { body.finding; })
    if (const auto* finding = hearing.registered<FindingRecord>(body.finding)) {
      to.add(finding->auditor);
      to.add(finding->auditee);
    }
  if constexpr (std::same_as<Body, KeyRevoked>)
    if (const auto* key = hearing.records.find<KeyRecord>(key_name(body.key))) to.add(key->owner);
}

TrailRecord trail_record(const Folding& folding) {
  return TrailRecord{.leaf = folding.leaf,
                     .event = folding.event.id,
                     .type = type_number(folding.event.body),
                     .occurred = folding.event.occurred,
                     .recorded = folding.entry.recorded,
                     .signers = keys_that_signed(folding.entry),
                     .effect = folding.effect};
}

}  // namespace

std::vector<PublicKey> keys_that_signed(const Entry& entry) {
  std::vector<PublicKey> out;
  out.reserve(entry.signatures.size());
  for (const EventSignature& signature : entry.signatures) out.push_back(signature.key);
  return out;
}

std::vector<PartyId> parties_concerned(const Hearing& hearing) {
  Parties to;
  if (!rule_of(hearing.event.body).governance) {
    to.add(hearing.event.author);
    for (const Signer& signer : hearing.signers) to.add(signer.party);
  }
  std::visit(
      [&](const auto& body) {
        add_named(body, to);
        add_descent(hearing, body, to);
        add_events(hearing, body, to);
      },
      hearing.event.body);
  auto out = to.take();
  if (out.empty()) out.push_back(hearing.event.author);
  return out;
}

void write_trails(Folding& folding, const std::vector<PartyId>& parties) {
  const Bytes value = encode_record(trail_record(folding));
  for (const PartyId& party : parties)
    folding.views.put_new(trail_key(party, folding.position), value);
}

void write_event(Folding& folding, const std::vector<PartyId>& parties) {
  Parties all;
  all.add(parties);
  all.add(folding.more_parties);
  const std::string name = event_name(folding.event.id);
  auto& record = folding.records.find_or_make<EventRecord>(name);
  const auto corrected_by = record.corrected_by;
  record = {.position = folding.position,
            .type = type_number(folding.event.body),
            .author = folding.event.author,
            .bytes = sha256(folding.entry.event),
            .effect = folding.effect,
            .home = folding.home,
            .parties = all.take(),
            .signers = {},
            .touched = folding.touched,
            .corrected_by = corrected_by};
  for (const Signer& signer : folding.signers)
    if (signer.party) record.signers.push_back(*signer.party);
  write_trails(folding, record.parties);
  folding.save<EventRecord>(name);
}

void extend_trails(Folding& folding, const Uuid& id, const std::vector<PartyId>& parties,
                   Effect effect) {
  EventRecord* event = folding.records.find<EventRecord>(event_name(id));
  TALLINN_ASSERT(event != nullptr && !event->parties.empty());
  Parties all;
  all.add(event->parties);
  all.add(parties);
  std::vector<PartyId> now = all.take();
  if (event->effect == effect && now.size() == event->parties.size()) return;
  const auto bytes = folding.views.get(trail_key(event->parties.front(), event->position));
  TALLINN_ASSERT(bytes.has_value());
  auto record = decode_record<TrailRecord>(*bytes);
  record.effect = event->effect = effect;
  event->parties = std::move(now);
  for (const PartyId& party : event->parties)
    folding.views.put(trail_key(party, event->position), encode_record(record));
  folding.save<EventRecord>(event_name(id));
}

}  // namespace tallinn
