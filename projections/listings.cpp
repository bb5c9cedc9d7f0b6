#include "projections/listings.h"

#include <algorithm>
#include <map>

#include "projections/allocations.h"
#include "projections/movements.h"
#include "projections/shares.h"

namespace tallinn::listings {
namespace {

json::value money(std::int64_t minor, Currency currency) {
  return json_of(Money{AmountMinor(minor), currency});
}

/// The event that made the record, how far that fact has come, and whether it was declared wrong.
void add_event(const Lookup& lookup, json::object& to, const Uuid& id) {
  to["event"] = json_of(id);
  const auto event = read_record<EventRecord>(lookup.source.views, event_name(id));
  if (!event) return;
  add_level(lookup, to, event->position);
  if (event->corrected_by) to["state"] = "corrected";
}

json::array keys_of(const Lookup& lookup, std::string_view party) {
  json::array out;
  lookup.source.views.scan(
      KeyRecord::kPrefix, after_prefix(KeyRecord::kPrefix), [&](BytesView key, BytesView value) {
        const auto record = decode_record<KeyRecord>(value);
        if (!record.owner || record.owner->value() != party) return ViewReader::Next::go_on;
        std::vector<Role> roles;
        for (const Enrolment& enrolment : record.enrolments) {
          if (enrolment.ended) continue;
          for (Role role : enrolment.roles)
            if (std::ranges::find(roles, role) == roles.end()) roles.push_back(role);
        }
        const auto raw = fixed_from_hex<PublicKey>(key.substr(KeyRecord::kPrefix.size()));
        out.push_back(json::object{{"key", json_of(*raw)},
                                   {"roles", json_of(roles)},
                                   {"revoked", !record.revocations.empty()}});
        return ViewReader::Next::go_on;
      });
  return out;
}

struct Sent {
  std::int64_t accepted = 0;
  std::int64_t pending = 0;  ///< on its way, or not yet accepted or rejected
};

/// What became of everything that an allocation sent.
Sent sent_by(const Lookup& lookup, std::string_view allocation) {
  Sent sent;
  for (const PlacedMovement& placed :
       movements_of(lookup.source.views, aggregate_of<AllocationRecord>(allocation))) {
    if (!placed.movement.child.starts_with(ConsignmentRecord::kPrefix)) continue;
    const auto consignment = read_record<ConsignmentRecord>(
        lookup.source.views, placed.movement.child.substr(ConsignmentRecord::kPrefix.size()));
    if (!consignment) continue;
    for (const ConsignmentLine& line : consignment->lines) {
      const Whereabouts where = whereabouts(line);
      sent.accepted += accepted_of(where);
      sent.pending += where.in_transit + where.awaiting_acceptance;
    }
  }
  return sent;
}

std::string_view allocation_state(const Lookup& lookup, std::string_view name,
                                  const AllocationRecord& record) {
  const std::string_view state = state_of(record);
  const bool all_sent = record.dispatched >= sum(record.value, -record.released);
  if (state != "in_delivery" || !all_sent || sent_by(lookup, name).pending > 0) return state;
  return "completed";
}

/// By line number: accepted quantities through every allocation of the need.
std::map<LineNumber, std::int64_t> accepted_lines(const Lookup& lookup, std::string_view name) {
  std::map<LineNumber, std::int64_t> out;
  for (const PlacedMovement& placed :
       movements_of(lookup.source.views, aggregate_of<NeedRecord>(name))) {
    if (placed.movement.kind != MovementKind::drawn) continue;
    const std::string child = placed.movement.child.substr(AllocationRecord::kPrefix.size());
    if (const auto allocation = read_record<AllocationRecord>(lookup.source.views, child))
      out[allocation->line] += sent_by(lookup, child).accepted;
  }
  return out;
}

std::string need_state(const NeedRecord& record, std::int64_t requested, std::int64_t allocated,
                       std::int64_t accepted) {
  if (record.state != NeedState::endorsed) return std::string(spell(record.state));
  if (accepted > 0) return accepted >= requested ? "met" : "partly_met";
  if (allocated > 0) return allocated >= requested ? "covered" : "partly_covered";
  return "endorsed";
}

std::string pledge_state(const PledgeRecord& record) {
  if (record.state != PledgeState::announced) return std::string(spell(record.state));
  if (record.committed <= 0) return "announced";
  return record.committed >= record.pledged ? "fully_committed" : "partly_committed";
}

std::string commitment_state(const CommitmentRecord& record) {
  if (record.terminated) return "terminated";
  if (record.suspended) return "suspended";
  if (record.disbursed <= 0) return "signed";
  return record.disbursed >= record.committed ? "disbursed" : "disbursing";
}

std::string delivery_state(const ConsignmentRecord& record) {
  bool received = false, accepted = false, in_service = false;
  for (const ConsignmentLine& line : record.lines) {
    received |= line.received > 0;
    accepted |= line.accepted > 0;
    in_service |= line.in_service > 0;
  }
  if (in_service) return "in_service";
  if (accepted) return "accepted";
  if (received) return record.kind == ConsignmentKind::service ? "rendered" : "received";
  return record.registered ? "dispatched" : "unknown";
}

json::array delivery_lines(const ConsignmentRecord& record) {
  json::array out;
  for (const ConsignmentLine& line : record.lines) {
    json::object item{{"line", json_of(line.line)}};
    if (known(line.unit)) item["unit"] = json_of(line.unit);
    if (known_currency(record.currency)) item["value"] = money(line.value, record.currency);
    item["dispatched"] = line.dispatched;
    item["in_transit"] = whereabouts(line).in_transit;
    item["received"] = line.received;
    item["accepted"] = line.accepted;
    item["rejected"] = line.rejected;
    item["in_service"] = line.in_service;
    item["lost"] = line.lost + line.lost_in_transit;
    item["returned"] = line.returned + line.returned_in_transit;
    item["checked"] = line.checked;
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace

void add_place(const Lookup& lookup, json::object& to, const Position& position) {
  to["origin"] = lookup.source.charter.origin(position.place.log);
  to["index"] = json_of(position.place.index);
}

json::object party(const Lookup& lookup, std::string_view name, const PartyRecord& record) {
  json::object out{{"party", name}, {"kind", json_of(record.kind)}, {"name", json_of(record.name)}};
  if (record.country) out["country"] = *record.country;
  out["identifiers"] = json_of(record.identifiers);
  out["state"] = record.withdrawn ? "withdrawn" : "admitted";
  out["coordinator"] =
      std::ranges::any_of(lookup.source.charter.coordinators,
                          [&](const CharterCoordinator& c) { return c.party.value() == name; });
  out["keys"] = keys_of(lookup, name);
  add_event(lookup, out, record.event);
  out["state"] = record.withdrawn ? "withdrawn" : "admitted";  // corrections change no authority
  return out;
}

json::object need(const Lookup& lookup, std::string_view name, const NeedRecord& record) {
  json::object out{{"need", name},
                   {"title", json_of(record.title)},
                   {"kind", json_of(record.kind)},
                   {"sector", json_of(record.sector)},
                   {"recipient", json_of(record.recipient)}};
  if (record.needed_by) out["needed_by"] = json_of(*record.needed_by);
  out["urgency"] = json_of(record.urgency);
  const bool closed = record.state == NeedState::closed;
  if (record.priority && (closed || record.state == NeedState::endorsed))
    out["priority"] = json_of(*record.priority);
  if (record.outcome && closed) out["outcome"] = json_of(*record.outcome);
  const auto accepted = accepted_lines(lookup, name);
  std::int64_t requested = 0, allocated_all = 0, accepted_all = 0;
  json::array lines;
  for (const NeedLineRecord& line : record.lines) {
    const auto found = accepted.find(line.line.line);
    const std::int64_t here = found == accepted.end() ? 0 : found->second;
    const std::int64_t quantity = line.line.quantity.value();
    json::object item = json_of(line.line);
    item["allocated"] = line.allocated_quantity;
    item["accepted"] = here;
    item["uncovered"] = std::max<std::int64_t>(0, quantity - line.allocated_quantity);
    lines.push_back(std::move(item));
    requested += quantity;
    allocated_all += std::min(line.allocated_quantity, quantity);
    accepted_all += std::min(here, quantity);
  }
  out["state"] = need_state(record, requested, allocated_all, accepted_all);
  out["lines"] = std::move(lines);
  add_event(lookup, out, record.event);
  return out;
}

json::object pledge(const Lookup& lookup, std::string_view name, const PledgeRecord& record) {
  json::object out{{"pledge", name},
                   {"donor", json_of(record.donor)},
                   {"year", json_of(record.year)},
                   {"value", money(record.pledged, record.currency)},
                   {"committed", money(record.committed, record.currency)},
                   {"uncommitted", money(record.pledged - record.committed, record.currency)},
                   {"state", pledge_state(record)},
                   {"purpose", record.purpose},
                   {"source", json_of(record.source)}};
  if (record.expires) out["expires"] = json_of(*record.expires);
  add_event(lookup, out, record.event);
  return out;
}

json::object commitment(const Lookup& lookup, std::string_view name,
                        const CommitmentRecord& record) {
  json::object out{{"commitment", name}};
  if (record.pledge) out["pledge"] = json_of(*record.pledge);
  out["donor"] = json_of(record.donor);
  out["receiver"] = json_of(record.receiver);
  out["mode"] = json_of(record.mode);
  out["value"] = money(record.committed, record.currency);
  out["disbursed"] = money(record.disbursed, record.currency);
  out["received"] = money(record.received, record.currency);
  out["refunded"] = money(record.refunded, record.currency);
  out["allocated"] = money(record.drawn, record.currency);
  out["unallocated"] = money(record.committed - record.drawn, record.currency);
  out["state"] = commitment_state(record);
  out["agreement"] = record.reference;
  add_event(lookup, out, record.event);
  return out;
}

json::object allocation(const Lookup& lookup, std::string_view name,
                        const AllocationRecord& record) {
  json::object out{{"allocation", name},
                   {"commitment", json_of(record.commitment)},
                   {"need", json_of(record.need)},
                   {"line", json_of(record.line)}};
  if (record.quantity) out["quantity"] = json_of(*record.quantity);
  out["donor"] = json_of(record.donor);
  out["implementer"] = json_of(record.implementer);
  if (record.recipient) out["recipient"] = json_of(*record.recipient);
  out["value"] = money(record.value, record.currency);
  out["released"] = money(record.released, record.currency);
  out["dispatched"] = money(record.dispatched, record.currency);
  out["consented"] =
      json::object{{"donor", record.consented_donor}, {"recipient", record.consented_recipient}};
  out["state"] = allocation_state(lookup, name, record);
  add_event(lookup, out, record.event);
  return out;
}

json::object delivery(const Lookup& lookup, std::string_view name,
                      const ConsignmentRecord& record) {
  json::object out{{"consignment", name}, {"kind", json_of(record.kind)}};
  if (record.allocation) out["allocation"] = json_of(*record.allocation);
  if (record.registered) out["deliverer"] = json_of(record.deliverer);
  if (record.donor) out["donor"] = json_of(*record.donor);
  if (record.recipient) out["recipient"] = json_of(*record.recipient);
  out["state"] = delivery_state(record);
  out["lines"] = delivery_lines(record);
  if (record.registered) add_event(lookup, out, record.event);
  return out;
}

json::object exception(const Lookup&, std::string_view name, const ExceptionRecord& record) {
  json::object out{{"id", name},
                   {"code", name.substr(0, name.find('/'))},
                   {"events", json_of(record.events)},
                   {"state", json_of(record.state)},
                   {"text", record.text}};
  if (record.resolved_by) out["resolved_by"] = json_of(*record.resolved_by);
  if (record.outcome) out["outcome"] = *record.outcome;
  return out;
}

CorrectionTold correction(const Lookup& lookup, std::string_view name,
                          const CorrectionRecord& record) {
  CorrectionTold out;
  out.item["event"] = json_of(record.event);
  const auto target = read_record<EventRecord>(lookup.source.views, event_name(record.event));
  if (target && target->type != 0) {
    out.parties = target->parties;
    out.item["type"] = type_names()[target->type - 1u];
    out.item["author"] = json_of(target->author);
    out.item["parties"] = json_of(target->parties);
  }
  out.item["reason"] = json_of(record.reason);
  if (const auto raw = from_hex(name))
    if (const auto id = Uuid::from(*raw)) out.item["by"] = json_of(*id);
  out.item["replaced_by"] = json_of(record.replaced_by);
  const auto by = read_record<EventRecord>(lookup.source.views, name);
  if (!by) return out;
  if (!by->parties.empty())
    if (const auto trail = lookup.source.views.get(trail_key(by->parties.front(), by->position))) {
      out.recorded = decode_record<TrailRecord>(*trail).recorded;
      out.item["recorded"] = format_instant(out.recorded);
    }
  add_level(lookup, out.item, by->position);
  return out;
}

void add_level(const Lookup& lookup, json::object& to, const Position& position) {
  if (LevelReader* levels = lookup.source.levels; levels != nullptr)
    to["level"] = level_name(levels->level_of(position));
}

}  // namespace tallinn::listings
