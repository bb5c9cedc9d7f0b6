#include "projections/correction_check.h"

#include <algorithm>

#include "events/uuid.h"
#include "projections/allocations.h"
#include "projections/commitments.h"
#include "projections/correction_reach.h"
#include "projections/movements.h"
#include "projections/pledges.h"
#include "projections/touched.h"

namespace tallinn {
namespace {

/// What is put back and draws on a pledge or a commitment does so as if it were new.
template <class R>
Result<void> check_state_for(const Hearing& hearing, const R& record, const std::string& name,
                             const Movement& movement) {
  constexpr MovementKind kDraws =
      std::same_as<R, PledgeRecord> ? MovementKind::committed : MovementKind::drawn;
  const std::int64_t minor = movement.amount.minor.value();
  if (movement.kind != kDraws || minor <= 0) return {};
  auto may = check_draw(hearing, record, Name(name), minor);
  if (!may) may.error().field = "body.event";
  return may;
}

/// A decision may not be taken back while others draw on it, nor put back when nothing is left.
template <class R>
Result<void> check_balance(const Hearing& hearing, const std::string& name,
                           const Position& position, Stands stands) {
  const R* record = hearing.records.find<R>(name);
  const auto bytes = hearing.records.views().get(movement_key(aggregate_of<R>(name), position));
  if (record == nullptr || !bytes) return {};
  auto movement = decode_record<Movement>(*bytes);
  const bool back = stands == Stands::yes;
  if (movement.standing != (back ? MovementStanding::corrected : MovementStanding::counts))
    return {};
  if (!back) movement.amount.minor = AmountMinor(-movement.amount.minor.value());
  R then = *record;
  apply(then, movement);
  const Balance with = balance_of(then);
  if (auto bounded = expect_bounded(with.has, {"", Name(name)}, "body.event"); !bounded)
    return bounded;
  if (with.has >= with.drawn)
    return back ? check_state_for(hearing, *record, name, movement) : Result<void>{};
  const Balance now = balance_of(*record);
  const std::string sentence =
      back
          ? "of " + name + " " + money_text(sum(now.has, -now.drawn), record->currency) + " is left"
      : with.has < 0
          ? "what amendments took of " + name + " would be more than it has"
          : "of " + name + " " + money_text(with.drawn, record->currency) + " is drawn already";
  return refuse(Code::overdrawn, sentence, "body.event");
}

/// What the office gave back of an allocation must have been there, and of one that is cancelled
/// nothing changes any more: first the later decision is declared wrong, then the earlier one.
Result<void> check_given_back(const Hearing& hearing, const std::string& name,
                              const Position& position, Stands stands) {
  const auto* record = hearing.records.find<AllocationRecord>(name);
  const auto bytes =
      hearing.records.views().get(movement_key(aggregate_of<AllocationRecord>(name), position));
  if (record == nullptr || !bytes) return {};
  const auto movement = decode_record<Movement>(*bytes);
  const bool back = stands == Stands::yes;
  if (movement.standing != (back ? MovementStanding::corrected : MovementStanding::counts))
    return {};
  const std::int64_t minor = movement.amount.minor.value();
  AllocationRecord then = *record;
  bool cancelled = record->cancelled;
  switch (movement.kind) {
    case MovementKind::registered: then.value = back ? minor : 0; break;
    case MovementKind::released: then.released = sum(then.released, back ? minor : -minor); break;
    case MovementKind::cancelled:
      if (!back) return {};
      cancelled = cancelled || sum(then.value, -then.released) != minor;
      break;
    default: return {};
  }
  if (cancelled)
    return refuse(Code::invalid_transition,
                  record->cancelled ? "the allocation " + name + " is cancelled"
                                    : "the allocation " + name + " has changed",
                  "body.event");
  if (then.value >= then.released) return {};
  return refuse(
      Code::overdrawn,
      "of " + name + " " + money_text(record->released, record->currency) + " is released already",
      "body.event");
}

}  // namespace

std::unexpected<Error> corrected_already(const Uuid& event, const Uuid& by) {
  return refuse(Code::invalid_transition,
                "the event " + format_uuid(event) + " is corrected already by " + format_uuid(by),
                "body.event");
}

Result<void> check_effects(const Hearing& hearing, const EventRecord& event, Stands stands) {
  Result<void> verdict;
  for (const std::string& one : event.touched)
    for_record(one, [&]<class R>(const std::string& name) {
      if (!verdict) return;
      if constexpr (std::same_as<R, PledgeRecord> || std::same_as<R, CommitmentRecord>)
        verdict = check_balance<R>(hearing, name, event.position, stands);
      if constexpr (std::same_as<R, AllocationRecord>)
        verdict = check_given_back(hearing, name, event.position, stands);
      if constexpr (std::same_as<R, EventRecord>) {
        const EventRecord* corrected = hearing.records.find<EventRecord>(name);
        if (corrected == nullptr || !reaches(event.position, *corrected)) return;
        if (stands == Stands::yes && corrected->corrected_by)
          verdict = corrected_already(id_of(name), *corrected->corrected_by);
        else
          verdict =
              check_effects(hearing, *corrected, stands == Stands::yes ? Stands::no : Stands::yes);
      }
    });
  return verdict;
}

std::uint8_t depth_above(const Hearing& hearing, const Uuid& event) {
  const auto* correction = hearing.records.find<CorrectionRecord>(event_name(event));
  return correction == nullptr ? 1 : static_cast<std::uint8_t>(correction->depth + 1);
}

}  // namespace tallinn
