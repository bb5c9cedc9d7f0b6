#include "projections/movements.h"

#include "events/assert.h"
#include "events/uuid.h"
#include "projections/exceptions.h"
#include "projections/trails.h"

namespace tallinn {

namespace {

/// What is said of a fact that does not count.
struct Refusal {
  Effect effect;
  ExceptionCode code;
};
Refusal refusal_of(MovementStanding standing) {
  switch (standing) {
    case MovementStanding::wrong_counterparty:
      return {Effect::wrong_counterparty, ExceptionCode::wrong_counterparty};
    case MovementStanding::awaits_payment:
      return {Effect::unknown_reference, ExceptionCode::unknown_reference};
    default: return {Effect::unit_mismatch, ExceptionCode::unit_mismatch};
  }
}

}  // namespace

PlacedMovement placed_movement(BytesView key, BytesView value) {
  const auto position = position_of_key(key);
  TALLINN_ASSERT(position.has_value());
  return {*position, decode_record<Movement>(value)};
}

MovementGlance glance_at(BytesView movement) {
  WireReader in(movement);
  MovementGlance out;
  Uuid event;
  record_codec::get(in, event);
  record_codec::get(in, out.kind);
  record_codec::get(in, out.standing);
  record_codec::get(in, out.amount);
  out.child = in.framed16();
  TALLINN_ASSERT(in.ok());
  return out;
}

std::vector<PlacedMovement> movements_of(ViewReader& views, std::string_view aggregate) {
  std::vector<PlacedMovement> out;
  const Bytes prefix = movement_prefix(aggregate);
  views.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
    out.push_back(placed_movement(key, value));
    return ViewReader::Next::go_on;
  });
  return out;
}

Movement movement_of(MovementKind kind, Money amount, std::string child) {
  return {.event = {},
          .kind = kind,
          .standing = MovementStanding::counts,
          .amount = amount,
          .child = std::move(child),
          .lines = {}};
}

void put_movement(Folding& folding, std::string aggregate, const Movement& movement) {
  folding.views.put_new(movement_key(aggregate, folding.position), encode_record(movement));
  folding.touched.push_back(std::move(aggregate));
}

void index_under_party(Folding& folding, const PartyId& party, std::string child) {
  Movement index = movement_of(MovementKind::registered, {}, std::move(child));
  index.event = folding.event.id;
  folding.views.put_new(movement_key("party/" + party.value(), folding.position),
                        encode_record(index));
}

void settle_waiting(Folding& folding, std::string_view aggregate,
                    const std::vector<PartyId>& parties,
                    const std::function<Verdict(const EventRecord&, const Movement&)>& judge) {
  for (PlacedMovement& placed : movements_of(folding.views, aggregate)) {
    if (placed.position == folding.position) continue;
    const Uuid& id = placed.movement.event;
    EventRecord* event = folding.records.find<EventRecord>(event_name(id));
    TALLINN_ASSERT(event != nullptr);
    const MovementStanding before = placed.movement.standing;
    const bool judged =
        before == MovementStanding::counts || before == MovementStanding::awaits_payment;
    const Verdict verdict = judged ? judge(*event, placed.movement) : Verdict{before};
    if (verdict.standing != MovementStanding::awaits_payment)
      close_exception(folding, ExceptionCode::unknown_reference, id);
    Effect effect = event->effect == Effect::unknown_reference ? Effect::applied : event->effect;
    if (judged && verdict.standing != MovementStanding::counts) {
      const Refusal refusal = refusal_of(verdict.standing);
      effect = refusal.effect;
      open_exception(folding, refusal.code, id, {}, verdict.sentence);
    }
    if (verdict.standing != before) {
      placed.movement.standing = verdict.standing;
      folding.views.put(movement_key(aggregate, placed.position), encode_record(placed.movement));
    }
    extend_trails(folding, id, parties, effect);
  }
}

void wait_for_reference(Folding& folding, const std::string& what) {
  folding.effect = Effect::unknown_reference;
  open_exception(folding, ExceptionCode::unknown_reference,
                 what + " is not known yet; this waits for it");
}

}  // namespace tallinn
