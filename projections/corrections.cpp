#include "projections/corrections.h"

#include <algorithm>

#include "events/assert.h"
#include "events/limits.h"
#include "events/uuid.h"
#include "projections/allocations.h"
#include "projections/assurance.h"
#include "projections/commitments.h"
#include "projections/correction_check.h"
#include "projections/correction_reach.h"
#include "projections/deliveries.h"
#include "projections/event_rules.h"
#include "projections/exceptions.h"
#include "projections/needs.h"
#include "projections/parties.h"
#include "projections/pledges.h"
#include "projections/references.h"
#include "projections/touched.h"
#include "projections/trails.h"

namespace tallinn {
namespace {

/// Corrections of corrections of an event end here: it is recorded anew instead.
constexpr std::uint8_t kDeepest = 8;

/// A sum of movements; other records are told which event stands no more.
template <class R>
concept Summed = requires(R record) { reset_sums(record); };

std::string about(const Uuid& id) {
  return "the event " + format_uuid(id);
}

void set_standing(DisputeRecord& dispute, const Uuid& event, Stands stands) {
  if (dispute.resolved_by == event)
    dispute.resolved = stands == Stands::yes;
  else if (dispute.raised_by == event)
    dispute.raised = stands == Stands::yes;
}

/// Takes an event's movement out of the sums of one aggregate, or puts it back.
template <Summed R>
void change_sums(Folding& folding, const std::string& name, const Position& position,
                 Stands stands) {
  const Bytes key = movement_key(aggregate_of<R>(name), position);
  const auto bytes = folding.views.get(key);
  if (!bytes) return;
  auto movement = decode_record<Movement>(*bytes);
  const bool back = stands == Stands::yes;
  const bool corrected = movement.standing == MovementStanding::corrected;
  const bool may_count = movement.standing == MovementStanding::counts ||
                         movement.standing == MovementStanding::awaits_payment;
  if (back ? !corrected : !may_count) return;
  movement.standing = back ? MovementStanding::counts : MovementStanding::corrected;
  folding.views.put(key, encode_record(movement));
  sum_again<R>(folding, name);
  // What its payee said waits for another payment.
  if constexpr (std::same_as<R, CommitmentRecord>)
    if (!back && movement.kind == MovementKind::disbursed) settle_funds(folding, Name(name));
}

/// What was put back is judged again: meanwhile its reference may have come.
void judge_again(Folding& folding, const std::string& touched) {
  for_record(touched, [&]<class R>(const std::string& name) {
    if constexpr (std::same_as<R, CommitmentRecord>) settle_funds(folding, Name(name));
    if constexpr (std::same_as<R, ConsignmentRecord>) {
      const auto* consignment = folding.registered<ConsignmentRecord>(Name(name));
      if (consignment != nullptr && consignment->allocation &&
          folding.registered<AllocationRecord>(*consignment->allocation) != nullptr)
        settle_consignment(folding, Name(name));
    }
  });
}

void follow(Folding& folding, const std::string& touched) {
  for_record(touched, [&]<class R>(const std::string& text) {
    if constexpr (Summed<R>) {
      const Name name(text);
      if constexpr (std::same_as<R, NeedRecord>) {
        follow_coverage(folding, name);
        follow_allocations(folding, name);
        follow_goods(folding, name);
      }
      if constexpr (std::same_as<R, CommitmentRecord>) follow_disbursement(folding, name);
      if constexpr (std::same_as<R, AllocationRecord>) {
        follow_dispatched(folding, name);
        follow_need_state(folding, name);
        follow_consignments(folding, name);
      }
      if constexpr (std::same_as<R, ConsignmentRecord>) follow_quantities(folding, name);
    }
  });
}

/// Of a name registered twice the first and those that still stand are told; with one left,
/// nothing.
void keep_duplicate(Folding& folding, const Uuid& id, const std::string& name,
                    CorrectionRecord& correction) {
  auto* exception = folding.records.find<ExceptionRecord>(name);
  if (exception == nullptr) return;
  std::vector<Uuid>& events = exception->events;
  // A full list may lack some: it stays.
  if (std::ranges::find(events, id) == events.end() || events.size() == kMaxListed) return;
  ExceptionRecord kept = *exception;
  kept.events = {events.front(), id};
  correction.exceptions.push_back({name, std::move(kept)});
  std::erase(events, id);
  if (events.size() > 1) return folding.save<ExceptionRecord>(name);
  *exception = {};
  folding.views.erase(Records::key_of<ExceptionRecord>(name));
}

void keep_exceptions(Folding& folding, const Uuid& id, const EventRecord& target,
                     CorrectionRecord& correction) {
  for (const ExceptionCode code : kOfAnEffect) {
    const std::string name = std::string(spell(code)) + "/" + format_uuid(id);
    const auto* exception = folding.records.find<ExceptionRecord>(name);
    if (exception == nullptr || exception->events.empty()) continue;
    correction.exceptions.push_back({name, *exception});
    close_exception(folding, code, format_uuid(id));
  }
  if (target.effect != Effect::duplicate_name) return;
  for (const std::string& touched : target.touched)
    if (touched.starts_with(ExceptionRecord::kPrefix))
      keep_duplicate(folding, id, touched.substr(ExceptionRecord::kPrefix.size()), correction);
}

void give_exceptions_back(Folding& folding, CorrectionRecord& correction) {
  for (const KeptException& kept : std::exchange(correction.exceptions, {}))
    reopen_exception(folding, kept);
}

void set_correction(Folding& folding, const std::string& name, const Uuid& by, Stands in_force);

/// Takes what an event did out of every record, or puts it back.
void set_effects(Folding& folding, const Uuid& id, const std::vector<std::string>& touched,
                 const Position& position, Stands stands) {
  for (const std::string& one : touched)
    for_record(one, [&]<class R>(const std::string& name) {
      if constexpr (Summed<R>) {
        change_sums<R>(folding, name, position, stands);
      } else if constexpr (std::same_as<R, EventRecord>) {
        set_correction(folding, name, id, stands);
      } else if constexpr (std::same_as<R, ExceptionRecord>) {
        set_resolution(folding, name, id, stands);
      } else if (R* record = folding.records.find<R>(name)) {
        set_standing(*record, id, stands);
        folding.save<R>(name);
      }
    });
  if (stands == Stands::yes)
    for (const std::string& one : touched) judge_again(folding, one);
  for (const std::string& one : touched) follow(folding, one);
}

/// A correction of the event held under `name` comes into force, or does so no more.
void set_correction(Folding& folding, const std::string& name, const Uuid& by, Stands in_force) {
  auto* correction = folding.records.find<CorrectionRecord>(event_name(by));
  auto* target = folding.records.find<EventRecord>(name);
  if (correction == nullptr || target == nullptr) return;  // it was never taken
  if (!reaches(position_of(folding, by), *target)) return;
  const bool corrected = in_force == Stands::yes;
  if (corrected ? !may_correct(folding, by, *target) : target->corrected_by != by) return;
  correction->stands = corrected;
  const Uuid id = id_of(name);
  if (corrected) {
    keep_exceptions(folding, id, *target, *correction);
    target->corrected_by = by;
  } else {
    target->corrected_by.reset();
    give_exceptions_back(folding, *correction);
  }
  folding.save<EventRecord>(name);
  folding.save<CorrectionRecord>(event_name(by));
  const std::vector<std::string> touched = target->touched;
  set_effects(folding, id, touched, target->position, corrected ? Stands::no : Stands::yes);
}

/// A mistake, its correction and what replaces it are three events.
Result<void> check_names_others(const Hearing& hearing, const ErrorDeclared& body) {
  const Uuid& own = hearing.event.id;
  if (body.event == own)
    return refuse(Code::invalid_value, "an event is declared wrong by another one", "body.event");
  for (std::size_t i = 0; i < body.replaced_by.size(); ++i)
    if (body.replaced_by[i] == own || body.replaced_by[i] == body.event)
      return refuse(Code::invalid_value, "what was wrong is replaced by another event",
                    "body.replaced_by[" + std::to_string(i) + "]");
  return {};
}

}  // namespace

Result<void> check(const Hearing& hearing, const ErrorDeclared& body) {
  const auto* target = hearing.records.find<EventRecord>(event_name(body.event));
  const bool known = target != nullptr && target->type != 0;
  if (known)
    if (auto author = expect_author(hearing, {&target->author}, "the author of that event");
        !author)
      return author;
  if (auto others = check_names_others(hearing, body); !others) return others;
  if (target == nullptr) return {};
  if (target->corrected_by) return corrected_already(body.event, *target->corrected_by);
  if (!known) return {};
  if (auto may = check_effects(hearing, *target, Stands::no); !may) return may;
  if (depth_above(hearing, body.event) > kDeepest)
    return refuse(Code::invalid_transition,
                  about(body.event) + " is the last of " + std::to_string(kDeepest) +
                      " corrections of corrections; record anew what was corrected",
                  "body.event");
  return {};
}

void fold(Folding& folding, const ErrorDeclared& body) {
  const std::string name = event_name(body.event);
  EventRecord& target = folding.records.find_or_make<EventRecord>(name);
  folding.home = target.home;
  folding.records.find_or_make<CorrectionRecord>(event_name(folding.event.id)) = {
      .event = body.event,
      .reason = body.reason,
      .replaced_by = body.replaced_by,
      .stands = false,
      .depth = depth_above(folding, body.event),
      .exceptions = {}};
  folding.save<CorrectionRecord>(event_name(folding.event.id));
  folding.touched.push_back(std::string(EventRecord::kPrefix) + name);
  if (target.type == 0) wait_for_reference(folding, about(body.event));
  if (target.type == 0 || target.effect == Effect::not_admissible)
    await_corrected(folding, body.event);
  await_references(folding, NamedAs::replacing, body.replaced_by);
  set_correction(folding, name, folding.event.id, Stands::yes);
}

void correct_late_arrival(Folding& folding, const Uuid& by) {
  const std::string name = event_name(folding.event.id);
  const EventRecord& event = *folding.records.find<EventRecord>(name);
  extend_trails(folding, by, event.parties, Effect::applied);
  say_missing(folding, by);
  if (event.corrected_by == by) set_correction(folding, name, by, Stands::yes);
}

void refuse_early_correction(Folding& folding, const Uuid& by, const std::string& sentence) {
  const std::string name = event_name(folding.event.id);
  auto* at_hand = folding.records.find<EventRecord>(name);
  if (at_hand->corrected_by == by) at_hand->corrected_by.reset();
  folding.records.find<CorrectionRecord>(event_name(by))->stands = false;
  folding.save<CorrectionRecord>(event_name(by));
  // Whatever is said of it later, it touches nothing.
  auto* correction = folding.records.find<EventRecord>(event_name(by));
  std::erase(correction->touched, std::string(EventRecord::kPrefix) + name);
  folding.save<EventRecord>(event_name(by));
  close_exception(folding, ExceptionCode::unknown_reference, by);
  open_exception(folding, ExceptionCode::wrong_counterparty, by, {folding.event.id}, sentence);
  extend_trails(folding, by, {}, Effect::wrong_counterparty);
}

}  // namespace tallinn
