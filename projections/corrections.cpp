#include "projections/corrections.h"

#include "events/uuid.h"
#include "projections/allocations.h"
#include "projections/commitments.h"
#include "projections/deliveries.h"
#include "projections/exceptions.h"
#include "projections/needs.h"
#include "projections/pledges.h"

namespace tallinn {
namespace {

/// Calls `with.template operator()<R>(name)` for the record type that an aggregate's prefix names.
template <class With>
void for_aggregate(std::string_view aggregate, With&& with) {
  const auto consider = [&]<class R>() {
    if (aggregate.starts_with(R::kPrefix))
      with.template operator()<R>(Name(std::string(aggregate.substr(R::kPrefix.size()))));
  };
  consider.template operator()<NeedRecord>();
  consider.template operator()<PledgeRecord>();
  consider.template operator()<CommitmentRecord>();
  consider.template operator()<AllocationRecord>();
  consider.template operator()<ConsignmentRecord>();
}

void follow(Folding& folding, const std::string& aggregate) {
  for_aggregate(aggregate, [&]<class R>(const Name& name) {
    if constexpr (std::same_as<R, NeedRecord>) follow_coverage(folding, name);
    if constexpr (std::same_as<R, CommitmentRecord>) follow_disbursement(folding, name);
    if constexpr (std::same_as<R, AllocationRecord>) {
      follow_dispatched(folding, name);
      follow_need_state(folding, name);
    }
    if constexpr (std::same_as<R, ConsignmentRecord>) follow_quantities(folding, name);
  });
}

/// Takes an event's movements out of every sum.
void take_out(Folding& folding, const std::vector<std::string>& touched, const Position& position) {
  for (const std::string& aggregate : touched) {
    const Bytes key = movement_key(aggregate, position);
    const auto bytes = folding.views.get(key);
    if (!bytes) continue;
    auto movement = decode_record<Movement>(*bytes);
    movement.standing = MovementStanding::corrected;
    folding.views.put(key, encode_record(movement));
    for_aggregate(aggregate,
                  [&]<class R>(const Name& name) { sum_again<R>(folding, name.value()); });
  }
  for (const std::string& aggregate : touched) follow(folding, aggregate);
}

std::string about(const Uuid& id) {
  return "the event " + format_uuid(id);
}

struct Balance {
  std::int64_t has, drawn;
};
Balance balance_of(const PledgeRecord& pledge) {
  return {pledge.pledged, pledge.committed};
}
Balance balance_of(const CommitmentRecord& commitment) {
  return {commitment.committed, commitment.drawn};
}

/// A decision may not be taken back while others draw on it.
template <class R>
Result<void> check_still_covered(const Hearing& hearing, const Name& name,
                                 const Movement& movement) {
  if constexpr (std::same_as<R, PledgeRecord> || std::same_as<R, CommitmentRecord>) {
    const R* record = hearing.records.find<R>(name.value());
    if (record == nullptr) return {};
    R without = *record;
    Movement back = movement;
    back.amount.minor = AmountMinor(-movement.amount.minor.value());
    apply(without, back);
    const auto [has, drawn] = balance_of(without);
    if (has < drawn)
      return refuse(
          Code::overdrawn,
          "of " + name.value() + " " + money_text(drawn, record->currency) + " is drawn already",
          "body.event");
  }
  return {};
}

}  // namespace

Result<void> check(const Hearing& hearing, const ErrorDeclared& body) {
  const auto* target = hearing.records.find<EventRecord>(event_name(body.event));
  if (target == nullptr || target->type == 0) return {};
  if (auto author = expect_author(hearing, {&target->author}, "the author of that event"); !author)
    return author;
  for (const std::string& aggregate : target->touched) {
    const auto bytes = hearing.records.views().get(movement_key(aggregate, target->position));
    if (!bytes) continue;
    const auto movement = decode_record<Movement>(*bytes);
    Result<void> covered;
    if (movement.standing == MovementStanding::counts)
      for_aggregate(aggregate, [&]<class R>(const Name& name) {
        covered = check_still_covered<R>(hearing, name, movement);
      });
    if (!covered) return covered;
  }
  if (target->corrected_by)
    return refuse(
        Code::invalid_transition,
        about(body.event) + " is corrected already by " + format_uuid(*target->corrected_by),
        "body.event");
  return {};
}

void fold(Folding& folding, const ErrorDeclared& body) {
  const std::string name = event_name(body.event);
  EventRecord& target = folding.records.find_or_make<EventRecord>(name);
  folding.home = target.home;
  target.corrected_by = folding.event.id;
  const CorrectionRecord correction{
      .by = folding.event.id, .reason = body.reason, .replaced_by = body.replaced_by};
  folding.views.put(Records::key_of<CorrectionRecord>(name), encode_record(correction));
  if (target.type == 0) {
    target.author = folding.event.author;
    wait_for_reference(folding, about(body.event));
  } else {
    take_out(folding, target.touched, target.position);
  }
  folding.save<EventRecord>(name);
}

void correct_late_arrival(Folding& folding, const Uuid& by) {
  close_exception(folding, ExceptionCode::unknown_reference, format_uuid(by));
  take_out(folding, std::vector(folding.touched), folding.position);
}

Result<void> check(const Hearing&, const DisputeRaised&) {
  return {};
}

void fold(Folding& folding, const DisputeRaised& body) {
  const std::string name = event_name(folding.event.id);
  DisputeRecord& dispute = folding.records.find_or_make<DisputeRecord>(name);
  dispute.event = body.event;
  dispute.by = folding.event.author;
  dispute.text = body.text;
  folding.save<DisputeRecord>(name);
  const auto* target = folding.records.find<EventRecord>(event_name(body.event));
  if (target == nullptr || target->type == 0)
    open_exception(folding, ExceptionCode::unknown_reference,
                   about(body.event) + ", which is disputed, is not known");
}

Result<void> check(const Hearing&, const DisputeResolved&) {
  return {};
}

void fold(Folding& folding, const DisputeResolved& body) {
  const std::string name = event_name(body.dispute);
  DisputeRecord& dispute = folding.records.find_or_make<DisputeRecord>(name);
  dispute.resolved_by = folding.event.id;
  dispute.outcome = body.outcome;
  folding.save<DisputeRecord>(name);
  if (dispute.text.empty())
    open_exception(folding, ExceptionCode::unknown_reference,
                   "the dispute " + format_uuid(body.dispute) + " is not known");
}

}  // namespace tallinn
