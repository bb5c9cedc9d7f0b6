#include "projections/deliveries.h"

#include <algorithm>

#include "events/uuid.h"
#include "projections/allocations.h"
#include "projections/exceptions.h"
#include "projections/needs.h"

namespace tallinn {
namespace {

constexpr std::uint8_t kOtherUnit = 16;

FactSigners signers_in(const Hearing& hearing) {
  FactSigners out{hearing.event.author, {}};
  for (const Signer& signer : hearing.signers)
    if (signer.party) out.parties.push_back(*signer.party);
  return out;
}

std::string field_of(std::size_t line, std::string_view member) {
  return "body.lines[" + std::to_string(line) + "]." + std::string(member);
}

/// A line stands once; of a receipt, once for each condition.
template <class Line>
Result<void> check_lines(const std::vector<Line>& lines) {
  const auto same = [](const Line& a, const Line& b) {
    if constexpr (requires { a.condition; })
      return a.line == b.line && a.condition == b.condition;
    else
      return a.line == b.line;
  };
  for (std::size_t i = 1; i < lines.size(); ++i)
    for (std::size_t before = 0; before < i; ++before)
      if (same(lines[before], lines[i]))
        return refuse(Code::invalid_value,
                      "line " + std::to_string(lines[i].line.value()) + " stands twice",
                      field_of(i, "line"));
  return {};
}

Result<void> check_signers(const Hearing& hearing, const Name& name, MovementKind kind) {
  const auto* consignment = hearing.registered<ConsignmentRecord>(name);
  if (consignment == nullptr) return {};
  return fits_consignment(hearing, *consignment, kind, signers_in(hearing));
}

template <class Body>
Result<void> check_fact(const Hearing& hearing, const Body& body, MovementKind kind) {
  if (auto signers = check_signers(hearing, body.consignment, kind); !signers) return signers;
  return check_lines(body.lines);
}

template <class Line>
Result<void> check_currency(const std::vector<Line>& lines, Currency currency, Named of) {
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (lines[i].value.currency != currency)
      return expect_currency(lines[i].value, currency, of, field_of(i, "value"));
  return {};
}

/// A dispatch or a service; both name an allocation and lines with values.
template <class Body>
Result<void> check_against_allocation(const Hearing& hearing, const Body& body, MovementKind kind) {
  const auto* allocation = hearing.registered<AllocationRecord>(body.allocation);
  ConsignmentRecord draft;
  draft.allocation = body.allocation;
  if (auto fits = fits_consignment(hearing, draft, kind, signers_in(hearing)); !fits) return fits;
  if (auto lines = check_lines(body.lines); !lines) return lines;
  if (body.lines.empty()) return {};
  // One allocation, one currency: also while it is not known which.
  const Currency currency =
      allocation == nullptr ? body.lines.front().value.currency : allocation->currency;
  return check_currency(body.lines, currency, {"the allocation", body.allocation});
}

template <class Body>
Result<void> check_dispatch(const Hearing& hearing, const Body& body, MovementKind kind) {
  if (auto fits = check_against_allocation(hearing, body, kind); !fits) return fits;
  if (!hearing.registered<ConsignmentRecord>(body.consignment)) return {};
  return refuse(Code::invalid_transition,
                "the consignment " + body.consignment.value() + " is dispatched already",
                "body.consignment");
}

/// The need's line that an allocation serves, where it is known.
const NeedLineRecord* served_line(const Hearing& hearing, const Name& allocation_name) {
  const auto* allocation = hearing.registered<AllocationRecord>(allocation_name);
  const auto* need =
      allocation == nullptr ? nullptr : hearing.registered<NeedRecord>(allocation->need);
  return need == nullptr ? nullptr : line_of(*need, allocation->line);
}

template <class Line>
Result<void> check_units(const Hearing& hearing, const Name& allocation,
                         const std::vector<Line>& lines) {
  const NeedLineRecord* served = served_line(hearing, allocation);
  if (served == nullptr) return {};
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (lines[i].unit != served->line.unit)
      return refuse(
          Code::invalid_value,
          "the unit differs from that of the need's line, " + std::string(spell(served->line.unit)),
          field_of(i, "unit"));
  return {};
}

template <class Body>
void fold_dispatch(Folding& folding, const Body& body, ConsignmentKind kind) {
  const bool waited = folding.find<ConsignmentRecord>(body.consignment) != nullptr;
  const auto* allocation = folding.registered<AllocationRecord>(body.allocation);
  ConsignmentRecord& record =
      folding.records.find_or_make<ConsignmentRecord>(body.consignment.value());
  record.registered = true;
  record.event = folding.event.id;
  record.kind = kind;
  record.allocation = body.allocation;
  record.deliverer = folding.event.author;
  record.currency =
      allocation == nullptr ? body.lines.front().value.currency : allocation->currency;
  if (allocation != nullptr) {
    record.donor = allocation->donor;
    record.recipient = allocation->recipient;
  }
  Movement movement;
  movement.kind =
      kind == ConsignmentKind::service ? MovementKind::rendered : MovementKind::dispatched;
  movement.amount.currency = record.currency;
  std::int64_t value = 0;
  for (const DispatchLine& line : body.lines) {
    movement.lines.push_back(
        {line.line, line.quantity, line.unit, line.value.minor.value(), line.value.currency});
    if (line.value.currency == record.currency) value = sum(value, line.value.minor.value());
  }
  movement.amount.minor = AmountMinor(value);
  move<ConsignmentRecord>(folding, body.consignment, movement);
  Movement drawn = movement_of(MovementKind::dispatched, movement.amount,
                               aggregate_of<ConsignmentRecord>(body.consignment.value()));
  for (const DispatchLine& line : body.lines)
    drawn.lines.push_back(
        {.line = line.line, .quantity = line.quantity, .unit = {}, .minor = 0, .currency = {}});
  const bool known = allocation != nullptr;
  move<AllocationRecord>(folding, body.allocation, std::move(drawn));
  if (!known) wait_for_reference(folding, "the allocation " + body.allocation.value());
  follow_units(folding, body.consignment);
  if (waited) settle_consignment(folding, body.consignment);
  follow_quantities(folding, body.consignment);
  follow_dispatched(folding, body.allocation);
  follow_cancelled(folding, body.consignment);
}

void fold_consignment_fact(Folding& folding, const Name& name, Movement movement) {
  const bool known = folding.registered<ConsignmentRecord>(name) != nullptr;
  const MovementKind kind = movement.kind;
  move<ConsignmentRecord>(folding, name, std::move(movement));
  follow_quantities(folding, name);
  if (known) return;
  if (kind == MovementKind::received)
    folding.effect = Effect::unknown_reference;  // receipt_without_dispatch says it
  else
    wait_for_reference(folding, "the consignment " + name.value());
}

template <class Line>
Movement lines_move(MovementKind kind, const std::vector<Line>& lines) {
  Movement movement;
  movement.kind = kind;
  for (const Line& line : lines) {
    LineMove& move = movement.lines.emplace_back();
    move.line = line.line;
    move.quantity = line.quantity;
    if constexpr (requires { line.value; }) {
      move.minor = line.value.minor.value();
      move.currency = line.value.currency;
    }
  }
  return movement;
}

/// Did the recipient's side hold the goods, or were they still on their way?
bool held_by_recipient(const Folding& folding, const Name& name) {
  const PartyId& author = folding.event.author;
  const auto* consignment = folding.registered<ConsignmentRecord>(name);
  if (consignment != nullptr && consignment->recipient) {
    if (author == consignment->deliverer) return false;
    if (author == *consignment->recipient) return true;
  }
  const auto* party = folding.records.find<PartyRecord>(author.value());
  return party != nullptr &&
         (party->kind == PartyKind::recipient || party->kind == PartyKind::office);
}

}  // namespace

void follow_units(Folding& folding, const Name& name) {
  ConsignmentRecord* record = folding.registered<ConsignmentRecord>(name);
  if (record == nullptr || !record->allocation || is_corrected(folding, record->event)) return;
  std::vector<ConsignmentLine> sent;
  std::ranges::copy_if(record->lines, std::back_inserter(sent),
                       [](const ConsignmentLine& line) { return line.dispatched > 0; });
  const auto units = check_units(folding, *record->allocation, sent);
  const std::uint8_t before = record->open;
  follow_exception(folding, record->open, !units, ExceptionCode::unit_mismatch,
                   format_uuid(record->event), kOtherUnit, {record->event},
                   [&] { return units.error().detail; });
  if (record->open != before) folding.save<ConsignmentRecord>(name.value());
}

Result<void> check(const Hearing& hearing, const ConsignmentDispatched& body) {
  return check_dispatch(hearing, body, MovementKind::dispatched);
}
Result<void> check(const Hearing& hearing, const ServiceRendered& body) {
  Result<void> dates;
  if (body.to < body.from)
    dates = refuse(Code::invalid_value, "body.to is before body.from", "body.to");
  return earlier(check_dispatch(hearing, body, MovementKind::rendered), std::move(dates));
}
Result<void> check(const Hearing& hearing, const GoodsReceived& body) {
  return check_fact(hearing, body, MovementKind::received);
}
Result<void> check(const Hearing& hearing, const DeliveryAccepted& body) {
  if (auto fact = check_fact(hearing, body, MovementKind::accepted); !fact) return fact;
  const auto* consignment = hearing.registered<ConsignmentRecord>(body.consignment);
  // Its currency is certain once its allocation is known.
  if (consignment == nullptr || !consignment->donor) return {};
  return check_currency(body.lines, consignment->currency, {"the consignment", body.consignment});
}
Result<void> check(const Hearing& hearing, const DeliveryRejected& body) {
  return check_fact(hearing, body, MovementKind::rejected);
}
Result<void> check(const Hearing& hearing, const ConsignmentReturned& body) {
  return check_fact(hearing, body, MovementKind::returned);
}
Result<void> check(const Hearing& hearing, const LossReported& body) {
  return check_fact(hearing, body, MovementKind::lost);
}
Result<void> check(const Hearing& hearing, const PlacedInService& body) {
  return check_fact(hearing, body, MovementKind::placed_in_service);
}
Result<void> check(const Hearing& hearing, const EndUseChecked& body) {
  return check_fact(hearing, body, MovementKind::checked);
}
Result<void> check(const Hearing& hearing, const ValuationRecorded& body) {
  return check_signers(hearing, body.consignment, MovementKind::valued);
}

Result<void> admit(const Hearing& hearing, const ConsignmentDispatched& body) {
  return check_units(hearing, body.allocation, body.lines);
}
Result<void> admit(const Hearing& hearing, const ServiceRendered& body) {
  return check_units(hearing, body.allocation, body.lines);
}

void fold(Folding& folding, const ConsignmentDispatched& body) {
  fold_dispatch(folding, body, ConsignmentKind::goods);
}
void fold(Folding& folding, const ServiceRendered& body) {
  fold_dispatch(folding, body, ConsignmentKind::service);
}
void fold(Folding& folding, const GoodsReceived& body) {
  fold_consignment_fact(folding, body.consignment, lines_move(MovementKind::received, body.lines));
}
void fold(Folding& folding, const DeliveryAccepted& body) {
  fold_consignment_fact(folding, body.consignment, lines_move(MovementKind::accepted, body.lines));
}
void fold(Folding& folding, const DeliveryRejected& body) {
  fold_consignment_fact(folding, body.consignment, lines_move(MovementKind::rejected, body.lines));
}
void fold(Folding& folding, const ConsignmentReturned& body) {
  const bool held = held_by_recipient(folding, body.consignment);
  fold_consignment_fact(
      folding, body.consignment,
      lines_move(held ? MovementKind::returned : MovementKind::returned_in_transit, body.lines));
}
void fold(Folding& folding, const LossReported& body) {
  const bool held = held_by_recipient(folding, body.consignment);
  fold_consignment_fact(
      folding, body.consignment,
      lines_move(held ? MovementKind::lost : MovementKind::lost_in_transit, body.lines));
}
void fold(Folding& folding, const PlacedInService& body) {
  fold_consignment_fact(folding, body.consignment,
                        lines_move(MovementKind::placed_in_service, body.lines));
}
void fold(Folding& folding, const EndUseChecked& body) {
  fold_consignment_fact(folding, body.consignment, lines_move(MovementKind::checked, body.lines));
}
void fold(Folding& folding, const ValuationRecorded& body) {
  Movement movement;
  movement.kind = MovementKind::valued;
  movement.amount = body.value;
  movement.lines.push_back(
      {.line = body.line, .quantity = {}, .unit = {}, .minor = 0, .currency = {}});
  fold_consignment_fact(folding, body.consignment, std::move(movement));
  if (const auto* consignment = folding.registered<ConsignmentRecord>(body.consignment);
      consignment != nullptr && lacks_line(folding, *consignment, body.line)) {
    folding.effect = Effect::unknown_reference;
    open_exception(folding, ExceptionCode::unknown_reference,
                   lacks_line_text(body.consignment, body.line));
  }
  if (!body.evidence && folding.event.documents.empty())
    open_exception(folding, ExceptionCode::undocumented_valuation,
                   "a value of " + format_money(body.value) + " for " + body.consignment.value() +
                       " without any evidence");
}

}  // namespace tallinn
