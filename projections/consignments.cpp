#include <algorithm>

#include "events/assert.h"
#include "events/uuid.h"
#include "projections/allocations.h"
#include "projections/deliveries.h"
#include "projections/exceptions.h"
#include "projections/trails.h"

namespace tallinn {
namespace {

constexpr std::uint8_t kNoDispatch = 1;
constexpr std::uint8_t kCancelled = 8;  // 16: follow_units

ConsignmentLine& line_of(ConsignmentRecord& consignment, LineNumber number) {
  auto place = std::ranges::lower_bound(consignment.lines, number, {}, &ConsignmentLine::line);
  if (place == consignment.lines.end() || place->line != number) {
    place = consignment.lines.insert(place, ConsignmentLine{});
    place->line = number;
  }
  return *place;
}

void add(std::int64_t& to, const LineMove& move) {
  to = sum(to, move.quantity.value());
}

void apply_line(ConsignmentRecord& consignment, MovementKind kind, const LineMove& move) {
  ConsignmentLine& line = line_of(consignment, move.line);
  switch (kind) {
    case MovementKind::rendered: add(line.received, move); [[fallthrough]];
    case MovementKind::dispatched:
      add(line.dispatched, move);
      line.unit = move.unit;
      if (move.currency == consignment.currency) line.value = sum(line.value, move.minor);
      break;
    case MovementKind::received: add(line.received, move); break;
    case MovementKind::accepted: add(line.accepted, move); break;
    case MovementKind::rejected: add(line.rejected, move); break;
    case MovementKind::returned_in_transit: add(line.returned_in_transit, move); break;
    case MovementKind::returned: add(line.returned, move); break;
    case MovementKind::lost_in_transit: add(line.lost_in_transit, move); break;
    case MovementKind::lost: add(line.lost, move); break;
    case MovementKind::placed_in_service: add(line.in_service, move); break;
    case MovementKind::checked: add(line.checked, move); break;
    default: break;
  }
}

Result<void> one_of(const FactSigners& signers, std::initializer_list<const PartyId*> expected,
                    Named who) {
  for (const PartyId* party : expected)
    if (*party == signers.author) return {};
  return refuse(Code::unauthorised,
                "this is for " + who.text() + " to sign, not for " + signers.author.value(),
                "author");
}

/// Parties that a consignment may not know yet are not asked for.
Result<void> fits_dispatch(const Hearing& hearing, const ConsignmentRecord& consignment,
                           MovementKind kind, const FactSigners& signers) {
  if (!consignment.allocation) return {};
  const auto* allocation = hearing.registered<AllocationRecord>(*consignment.allocation);
  if (allocation == nullptr) return {};
  if (kind == MovementKind::rendered)
    return one_of(signers, {&allocation->implementer},
                  {"the implementer of allocation", *consignment.allocation});
  return one_of(signers, {&allocation->implementer, &allocation->donor},
                {"the implementer or donor of allocation", *consignment.allocation});
}

Result<void> fits_acceptance(const ConsignmentRecord& consignment, const FactSigners& signers) {
  if (consignment.recipient == consignment.deliverer)
    return refuse(Code::needs_two_parties,
                  "the deliverer and the recipient are one: " + consignment.deliverer.value(),
                  "signatures");
  const auto has = [&](const PartyId& party) {
    return std::ranges::find(signers.parties, party) != signers.parties.end();
  };
  if (has(*consignment.recipient) && has(consignment.deliverer)) return {};
  return refuse(Code::unauthorised,
                "this is for the recipient " + consignment.recipient->value() +
                    " and the deliverer " + consignment.deliverer.value() + " to sign",
                "signatures");
}

/// A valuation that waited may turn out to be of a line that was never sent.
void judge_valuation(Folding& folding, const Name& name, const ConsignmentRecord& consignment,
                     const Movement& movement) {
  const LineNumber line = movement.lines.front().line;
  if (!lacks_line(folding, consignment, line)) return;
  open_exception(folding, ExceptionCode::unknown_reference, movement.event, {},
                 lacks_line_text(name, line));
  extend_trails(folding, movement.event, {}, Effect::unknown_reference);
}

/// A dispatch that turns out not to count is taken out of its allocation too. Was it?
bool exclude_from_allocation(Folding& folding, const ConsignmentRecord& consignment,
                             const PlacedMovement& placed) {
  if (placed.movement.kind != MovementKind::dispatched &&
      placed.movement.kind != MovementKind::rendered)
    return false;
  const Bytes key = movement_key(aggregate_of<AllocationRecord>(consignment.allocation->value()),
                                 placed.position);
  const auto bytes = folding.views.get(key);
  if (!bytes) return false;
  auto movement = decode_record<Movement>(*bytes);
  if (movement.standing == placed.movement.standing) return false;
  movement.standing = placed.movement.standing;
  folding.views.put(key, encode_record(movement));
  return true;
}

}  // namespace

void apply(ConsignmentRecord& consignment, const Movement& movement) {
  if (movement.kind == MovementKind::valued) return;
  for (const LineMove& move : movement.lines) apply_line(consignment, movement.kind, move);
}

bool lacks_line(const Hearing& hearing, const ConsignmentRecord& consignment, LineNumber line) {
  return !is_corrected(hearing, consignment.event) &&
         std::ranges::none_of(consignment.lines, [&](const ConsignmentLine& one) {
           return one.line == line && one.dispatched > 0;
         });
}

std::string lacks_line_text(const Name& consignment, LineNumber line) {
  return consignment.value() + " has no line " + std::to_string(line.value());
}

void reset_sums(ConsignmentRecord& consignment) {
  consignment.lines.clear();
}

Result<void> fits_consignment(const Hearing& hearing, const ConsignmentRecord& consignment,
                              MovementKind kind, const FactSigners& signers) {
  if (kind == MovementKind::dispatched || kind == MovementKind::rendered)
    return fits_dispatch(hearing, consignment, kind, signers);
  if (!consignment.recipient || !consignment.donor || kind == MovementKind::checked) return {};
  switch (kind) {
    case MovementKind::received: {
      const PartyId front = hearing.office_party_in(OfficeRole::front);
      return one_of(signers, {&*consignment.recipient, &front},
                    "the recipient or the front office");
    }
    case MovementKind::accepted: return fits_acceptance(consignment, signers);
    case MovementKind::rejected:
    case MovementKind::placed_in_service:
      return one_of(signers, {&*consignment.recipient}, "the recipient");
    case MovementKind::valued:
      return one_of(signers, {&*consignment.donor, &consignment.deliverer},
                    "the donor or the implementer");
    default: {
      const PartyId front = hearing.office_party_in(OfficeRole::front);
      return one_of(signers,
                    {&consignment.deliverer, &*consignment.donor, &*consignment.recipient, &front},
                    "the holder");
    }
  }
}

void settle_consignment(Folding& folding, const Name& name) {
  ConsignmentRecord* consignment = folding.registered<ConsignmentRecord>(name);
  if (consignment == nullptr || !consignment->allocation) return;
  std::vector<PartyId> parties;
  if (const auto* allocation = folding.registered<AllocationRecord>(*consignment->allocation)) {
    consignment->donor = allocation->donor;
    consignment->recipient = allocation->recipient;
    consignment->currency = allocation->currency;
    parties.push_back(allocation->donor);
    if (allocation->recipient) parties.push_back(*allocation->recipient);
  }
  const auto judge = [&](const EventRecord& event, const Movement& movement) -> Verdict {
    if (auto fits =
            fits_consignment(folding, *consignment, movement.kind, {event.author, event.signers});
        !fits)
      return {MovementStanding::wrong_counterparty, fits.error().detail};
    const bool dispatch =
        movement.kind == MovementKind::dispatched || movement.kind == MovementKind::rendered;
    const bool act = movement.kind == MovementKind::accepted && consignment->donor.has_value();
    for (const LineMove& line : movement.lines)
      if ((dispatch || act) && line.currency != consignment->currency)
        return {MovementStanding::unit_mismatch,
                "the currency differs from that of " +
                    (act ? "the consignment " + name.value()
                         : "the allocation " + consignment->allocation->value())};
    return {};
  };
  const std::string aggregate = aggregate_of<ConsignmentRecord>(name.value());
  settle_waiting(folding, aggregate, parties, judge);
  bool excluded = false;
  const auto movements = movements_of(folding.views, aggregate);
  for (const PlacedMovement& placed : movements)
    if (placed.movement.standing != MovementStanding::counts &&
        exclude_from_allocation(folding, *consignment, placed))
      excluded = true;
  if (excluded) {
    sum_again<AllocationRecord>(folding, consignment->allocation->value());
    follow_dispatched(folding, *consignment->allocation);
  }
  sum_again<ConsignmentRecord>(folding, name.value());
  for (const PlacedMovement& placed : movements)
    if (placed.movement.kind == MovementKind::valued &&
        placed.movement.standing == MovementStanding::counts)
      judge_valuation(folding, name, *consignment, placed.movement);
  follow_units(folding, name);
  follow_quantities(folding, name);
  follow_cancelled(folding, name);
}

void follow_quantities(Folding& folding, const Name& name) {
  ConsignmentRecord* record = folding.find<ConsignmentRecord>(name);
  const std::uint8_t before = record->open;
  const auto first = [&](auto holds) {
    const auto found = std::ranges::find_if(record->lines, holds);
    return found == record->lines.end() ? nullptr : &*found;
  };
  const auto* received = first([](const ConsignmentLine& line) { return line.received > 0; });
  const auto* excess_received = first(over_received);
  const auto* excess_accepted = first(over_accepted);
  const auto* excess_held = first(over_held);
  const auto say = [&](const ConsignmentLine& line, std::int64_t more, const char* what,
                       std::int64_t less, const char* of) {
    return "line " + std::to_string(line.line.value()) + " of " + name.value() + ": " +
           std::to_string(more) + " " + what + ", " + std::to_string(less) + " " + of;
  };
  std::vector<Uuid> events;
  if (record->registered) events.push_back(record->event);
  if (!record->registered || record->event != folding.event.id) events.push_back(folding.event.id);
  const auto follow = [&](bool holds, ExceptionCode code, std::uint8_t bit, auto sentence) {
    follow_exception(folding, record->open, holds, code, name.value(), bit, events, sentence);
  };
  follow(!record->registered && received != nullptr, ExceptionCode::receipt_without_dispatch,
         kNoDispatch, [&] {
           return "goods of " + name.value() + " were received, no dispatch of them is recorded";
         });
  follow(record->registered && excess_received != nullptr,
         ExceptionCode::received_exceeds_dispatched, kOverReceived, [&] {
           const ConsignmentLine& line = *excess_received;
           const bool alone = line.received > line.dispatched;
           return say(line, alone ? line.received : arrived_or_gone(line),
                      alone ? "received" : "received, lost or returned on the way", line.dispatched,
                      "dispatched");
         });
  follow(record->registered && excess_accepted != nullptr, ExceptionCode::accepted_exceeds_received,
         kOverAccepted, [&] {
           const ConsignmentLine& line = *excess_accepted;
           const bool alone = line.accepted > line.received;
           return say(line, alone ? line.accepted : sum(line.accepted, line.rejected),
                      alone ? "accepted" : "accepted or rejected", line.received, "received");
         });
  follow_exception(folding, record->open, record->registered && excess_held != nullptr,
                   ExceptionCode::exceeds_balance, aggregate_of<ConsignmentRecord>(name.value()),
                   kOverHeld, events, [&] {
                     const ConsignmentLine& line = *excess_held;
                     if (line.in_service > line.accepted)
                       return say(line, line.in_service, "in service", line.accepted, "accepted");
                     return say(line, sum(line.lost, line.returned),
                                "lost or returned after receipt", line.received, "received");
                   });
  if (record->open != before) folding.save<ConsignmentRecord>(name.value());
}

void follow_cancelled(Folding& folding, const Name& name) {
  ConsignmentRecord* record = folding.registered<ConsignmentRecord>(name);
  if (record == nullptr || !record->allocation) return;
  const auto* allocation = folding.registered<AllocationRecord>(*record->allocation);
  if (allocation == nullptr) return;
  const std::uint8_t before = record->open;
  follow_exception(folding, record->open, allocation->cancelled,
                   ExceptionCode::dispatch_on_cancelled_allocation, name.value(), kCancelled,
                   {record->event, folding.event.id}, [&] {
                     return name.value() + " was dispatched under the allocation " +
                            record->allocation->value() + ", which is cancelled";
                   });
  if (record->open != before) folding.save<ConsignmentRecord>(name.value());
}

}  // namespace tallinn
