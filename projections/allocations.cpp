#include "projections/allocations.h"

#include <algorithm>

#include "events/uuid.h"
#include "projections/commitments.h"
#include "projections/deliveries.h"
#include "projections/exceptions.h"
#include "projections/needs.h"
#include "projections/trails.h"

namespace tallinn {
namespace {

constexpr std::uint8_t kNeedIsOver = 2;

std::unexpected<Error> wrong_state(const Hearing& hearing, const AllocationRecord& allocation,
                                   const Name& name) {
  const std::string_view state =
      is_corrected(hearing, allocation.event) ? "corrected" : state_of(allocation);
  return refuse(Code::invalid_transition,
                "the allocation " + name.value() + " is " + std::string(state), "body.allocation");
}

/// Neither cancelled nor declared wrong.
Result<void> check_stands(const Hearing& hearing, const AllocationRecord& allocation,
                          const Name& name) {
  if (!allocation.cancelled && !is_corrected(hearing, allocation.event)) return {};
  return wrong_state(hearing, allocation, name);
}

Result<AllocationRecord*> find_by_office(const Hearing& hearing, const Name& name) {
  AllocationRecord* allocation = hearing.registered<AllocationRecord>(name);
  if (allocation == nullptr)
    return unknown_reference("the allocation " + name.value(), "body.allocation");
  const PartyId office = hearing.office_party_in(OfficeRole::back);
  if (auto author = expect_author(hearing, {&office}, "the back office"); !author)
    return std::unexpected(author.error());
  return allocation;
}

std::int64_t rest_of(const AllocationRecord& allocation) {
  return sum(allocation.value, -allocation.released);
}
std::int64_t undispatched(const AllocationRecord& allocation) {
  return std::max<std::int64_t>(0, sum(rest_of(allocation), -allocation.dispatched));
}

/// Keeps the need's line in step with what the allocation covers of it.
void follow_cover(Folding& folding, const Name& name, AllocationRecord& allocation) {
  const std::int64_t change = sum(covered_by(allocation), -allocation.covers);
  if (change == 0) return;
  allocation.covers = sum(allocation.covers, change);
  folding.save<AllocationRecord>(name.value());
  cover_line(folding, allocation.need, allocation.line, change);
}

/// Consignments that were dispatched before the allocation was known.
void settle_consignments(Folding& folding, const Name& name) {
  for (const PlacedMovement& placed :
       movements_of(folding.views, aggregate_of<AllocationRecord>(name.value())))
    if (placed.movement.child.starts_with(ConsignmentRecord::kPrefix))
      settle_consignment(folding,
                         Name(placed.movement.child.substr(ConsignmentRecord::kPrefix.size())));
  sum_again<AllocationRecord>(folding, name.value());
}

}  // namespace

bool is_confirmed(const AllocationRecord& allocation) {
  return allocation.consented_donor && allocation.consented_recipient && !allocation.cancelled;
}

std::string_view state_of(const AllocationRecord& allocation) {
  if (allocation.cancelled) return "cancelled";
  if (allocation.dispatched > 0) return "in_delivery";
  if (is_confirmed(allocation)) return "confirmed";
  return "proposed";
}

void apply(AllocationRecord& allocation, const Movement& movement) {
  const std::int64_t minor = movement.amount.minor.value();
  switch (movement.kind) {
    case MovementKind::registered: allocation.value = minor; break;
    case MovementKind::consented_donor: allocation.consented_donor = true; break;
    case MovementKind::consented_recipient: allocation.consented_recipient = true; break;
    case MovementKind::released: allocation.released = sum(allocation.released, minor); break;
    case MovementKind::cancelled: allocation.cancelled = true; break;
    case MovementKind::dispatched:
      allocation.dispatched = sum(allocation.dispatched, minor);
      for (const LineMove& line : movement.lines)
        allocation.dispatched_quantity = sum(allocation.dispatched_quantity, line.quantity.value());
      break;
    default: break;
  }
}

void reset_sums(AllocationRecord& allocation) {
  allocation.value = allocation.released = 0;
  allocation.dispatched = allocation.dispatched_quantity = 0;
  allocation.consented_donor = allocation.consented_recipient = allocation.cancelled = false;
}

void follow_dispatched(Folding& folding, const Name& name) {
  AllocationRecord* record = folding.registered<AllocationRecord>(name);
  if (record == nullptr) return;
  follow_cover(folding, name, *record);
  const std::int64_t limit = rest_of(*record);
  const std::uint8_t before = record->open;
  follow_exception(
      folding, record->open, over_dispatched(*record), ExceptionCode::dispatched_exceeds_allocated,
      name.value(), kOverDispatched, {record->event, folding.event.id}, [&] {
        const std::string value = money_text(record->dispatched, record->currency);
        if (record->dispatched > limit)
          return value + " is dispatched of " + money_text(limit, record->currency) +
                 " allocated by " + name.value();
        if (!record->cancelled && !is_confirmed(*record))
          return value + " is dispatched under the allocation " + name.value() +
                 ", to which not both sides have consented";
        return std::to_string(record->dispatched_quantity) + " are dispatched of " +
               std::to_string(record->quantity->value()) + " allocated by " + name.value();
      });
  if (record->open != before) folding.save<AllocationRecord>(name.value());
}

void follow_consignments(Folding& folding, const Name& name) {
  const AllocationRecord* record = folding.find<AllocationRecord>(name);
  if (record == nullptr || record->dispatched == 0) return;
  for (const PlacedMovement& placed :
       movements_of(folding.views, aggregate_of<AllocationRecord>(name.value())))
    if (placed.movement.child.starts_with(ConsignmentRecord::kPrefix)) {
      const Name consignment(placed.movement.child.substr(ConsignmentRecord::kPrefix.size()));
      follow_cancelled(folding, consignment);
      follow_units(folding, consignment);
    }
}

void follow_need_state(Folding& folding, const Name& name) {
  AllocationRecord* record = folding.registered<AllocationRecord>(name);
  const NeedRecord* need =
      record == nullptr ? nullptr : folding.registered<NeedRecord>(record->need);
  if (need == nullptr) return;
  const bool corrected = is_corrected(folding, need->event);
  const bool over = corrected || (need_is_over(*need) && need->state != NeedState::closed);
  const bool holds = over && !record->cancelled && !is_corrected(folding, record->event);
  const std::uint8_t before = record->open;
  follow_exception(folding, record->open, holds, ExceptionCode::allocation_on_withdrawn_need,
                   name.value(), kNeedIsOver, {record->event, folding.event.id}, [&] {
                     return "the allocation " + name.value() + " serves need " +
                            record->need.value() + ", which is " +
                            std::string(corrected ? "corrected" : spell(need->state));
                   });
  if (record->open != before) folding.save<AllocationRecord>(name.value());
}

void give_recipient(Folding& folding, const Name& name, const PartyId& recipient) {
  AllocationRecord* record = folding.registered<AllocationRecord>(name);
  if (record == nullptr || record->recipient) return;
  record->recipient = recipient;
  folding.save<AllocationRecord>(name.value());
  close_exception(folding, ExceptionCode::unknown_reference, record->event);
  extend_trails(folding, record->event, {recipient}, Effect::applied);
  settle_consignments(folding, name);
}

Result<void> check(const Hearing& hearing, const AllocationProposed& body) {
  const PartyId office = hearing.office_party_in(OfficeRole::back);
  if (auto author = expect_author(hearing, {&office}, "the back office"); !author) return author;
  const auto* commitment = hearing.registered<CommitmentRecord>(body.commitment);
  if (commitment == nullptr)
    return unknown_reference("the commitment " + body.commitment.value(), "body.commitment");
  const Named of("the commitment", body.commitment);
  if (auto same = expect_currency(body.value, commitment->currency, of, "body.value"); !same)
    return same;
  if (auto draw = check_draw(hearing, *commitment, body.commitment, body.value.minor.value());
      !draw)
    return draw;
  if (const auto* known = hearing.registered<AllocationRecord>(body.allocation))
    return wrong_state(hearing, *known, body.allocation);
  return {};
}

Result<void> admit(const Hearing& hearing, const AllocationProposed& body) {
  const auto* need = hearing.registered<NeedRecord>(body.need);
  if (need == nullptr) return unknown_reference("the need " + body.need.value(), "body.need");
  if (line_of(*need, body.line) == nullptr)
    return unknown_reference(
        "line " + std::to_string(body.line.value()) + " of need " + body.need.value(), "body.line");
  if (need_is_over(*need))
    return refuse(Code::invalid_transition,
                  "the need " + body.need.value() + " is " + std::string(spell(need->state)),
                  "body.need");
  return {};
}

void fold(Folding& folding, const AllocationProposed& body) {
  const bool waited = folding.find<AllocationRecord>(body.allocation) != nullptr;
  const CommitmentRecord& commitment = *folding.find<CommitmentRecord>(body.commitment);
  const NeedRecord* need = folding.registered<NeedRecord>(body.need);
  AllocationRecord& record =
      folding.records.find_or_make<AllocationRecord>(body.allocation.value());
  record.registered = true;
  record.event = folding.event.id;
  record.commitment = body.commitment;
  record.need = body.need;
  record.line = body.line;
  record.quantity = body.quantity;
  record.donor = commitment.donor;
  record.implementer = commitment.receiver;
  record.recipient = need == nullptr ? std::nullopt : std::optional(need->recipient);
  record.mode = commitment.mode;
  record.currency = body.value.currency;
  const std::string child = aggregate_of<AllocationRecord>(body.allocation.value());
  move<AllocationRecord>(folding, body.allocation,
                         movement_of(MovementKind::registered, body.value));
  move<CommitmentRecord>(folding, body.commitment,
                         movement_of(MovementKind::drawn, body.value, child));
  if (need == nullptr)
    open_exception(folding, ExceptionCode::unknown_reference,
                   "the need " + body.need.value() + " is not known yet");
  move<NeedRecord>(folding, body.need, movement_of(MovementKind::drawn, {}, child));
  if (waited) settle_consignments(folding, body.allocation);
  follow_dispatched(folding, body.allocation);
  follow_need_state(folding, body.allocation);
}

Result<void> check(const Hearing& hearing, const AllocationConsented& body) {
  const auto* allocation = hearing.registered<AllocationRecord>(body.allocation);
  if (allocation == nullptr)
    return unknown_reference("the allocation " + body.allocation.value(), "body.allocation");
  const bool donor = body.side == Side::donor;
  const std::optional<PartyId> expected =
      donor ? std::optional(allocation->donor) : allocation->recipient;
  const Named who(donor ? "the donor of allocation" : "the recipient of allocation",
                  body.allocation);
  if (expected)
    if (auto author = expect_author(hearing, {&*expected}, who); !author) return author;
  if (!hearing.signed_by(hearing.event.author, roles_of(donor ? Role::pledge : Role::need)))
    return refuse(Code::unauthorised,
                  "no key that signed may consent as " + std::string(spell(body.side)),
                  "signatures");
  const bool done = donor ? allocation->consented_donor : allocation->consented_recipient;
  if (done)
    return refuse(Code::invalid_transition, who.text() + " has consented already", "body.side");
  return check_stands(hearing, *allocation, body.allocation);
}

void fold(Folding& folding, const AllocationConsented& body) {
  const bool donor = body.side == Side::donor;
  move<AllocationRecord>(
      folding, body.allocation,
      movement_of(donor ? MovementKind::consented_donor : MovementKind::consented_recipient));
  follow_dispatched(folding, body.allocation);
}

Result<void> check(const Hearing& hearing, const AllocationReleased& body) {
  const auto found = find_by_office(hearing, body.allocation);
  if (!found) return std::unexpected(found.error());
  const AllocationRecord& allocation = **found;
  const Named name("the allocation", body.allocation);
  if (body.value) {
    if (auto same = expect_currency(*body.value, allocation.currency, name, "body.value"); !same)
      return same;
    if (body.value->minor.value() > rest_of(allocation))
      return refuse(Code::overdrawn,
                    "of " + name.text() + " " +
                        money_text(rest_of(allocation), allocation.currency) + " is left",
                    "body.value.amount");
  }
  return check_stands(hearing, allocation, body.allocation);
}

Result<void> admit(const Hearing& hearing, const AllocationReleased& body) {
  const auto* allocation = hearing.registered<AllocationRecord>(body.allocation);
  if (allocation == nullptr) return {};
  const std::int64_t left = undispatched(*allocation);
  const std::string sentence = "of the allocation " + body.allocation.value() + " " +
                               money_text(left, allocation->currency) + " is not dispatched";
  if (body.value && body.value->minor.value() > left)
    return refuse(Code::overdrawn, sentence, "body.value.amount");
  if (left == 0) return refuse(Code::invalid_transition, sentence, "body.allocation");
  if (allocation->dispatched == 0 && (!body.value || body.value->minor.value() == left))
    return refuse(Code::invalid_transition,
                  "nothing of the allocation " + body.allocation.value() +
                      " is dispatched: as a whole it is cancelled",
                  "body.allocation");
  return {};
}

void fold(Folding& folding, const AllocationReleased& body) {
  const AllocationRecord& record = *folding.find<AllocationRecord>(body.allocation);
  const Name commitment = record.commitment;
  const Money value =
      body.value.value_or(Money{AmountMinor(undispatched(record)), record.currency});
  move<AllocationRecord>(folding, body.allocation, movement_of(MovementKind::released, value));
  move<CommitmentRecord>(folding, commitment, movement_of(MovementKind::released, value));
  follow_dispatched(folding, body.allocation);
}

Result<void> check(const Hearing& hearing, const AllocationCancelled& body) {
  const auto found = find_by_office(hearing, body.allocation);
  if (!found) return std::unexpected(found.error());
  const AllocationRecord& allocation = **found;
  const Named name("the allocation", body.allocation);
  if (body.value) {
    if (auto same = expect_currency(*body.value, allocation.currency, name, "body.value"); !same)
      return same;
    if (body.value->minor.value() != rest_of(allocation))
      return refuse(Code::invalid_value,
                    name.text() + " is cancelled as a whole: " +
                        money_text(rest_of(allocation), allocation.currency),
                    "body.value.amount");
  }
  return check_stands(hearing, allocation, body.allocation);
}

Result<void> admit(const Hearing& hearing, const AllocationCancelled& body) {
  const auto* allocation = hearing.registered<AllocationRecord>(body.allocation);
  if (allocation != nullptr && allocation->dispatched > 0)
    return wrong_state(hearing, *allocation, body.allocation);
  return {};
}

void fold(Folding& folding, const AllocationCancelled& body) {
  const AllocationRecord& record = *folding.find<AllocationRecord>(body.allocation);
  const Name commitment = record.commitment;
  const Money rest{AmountMinor(rest_of(record)), record.currency};
  move<AllocationRecord>(folding, body.allocation, movement_of(MovementKind::cancelled, rest));
  move<CommitmentRecord>(folding, commitment, movement_of(MovementKind::cancelled, rest));
  follow_dispatched(folding, body.allocation);
  follow_need_state(folding, body.allocation);
  follow_consignments(folding, body.allocation);
}

}  // namespace tallinn
