#include "projections/fold.h"

#include <cstdio>

#include "events/assert.h"
#include "events/uuid.h"
#include "ledger/merkle.h"
#include "ledger/sha256.h"
#include "projections/allocations.h"
#include "projections/assurance.h"
#include "projections/authority.h"
#include "projections/commitments.h"
#include "projections/conservation.h"
#include "projections/corrections.h"
#include "projections/deliveries.h"
#include "projections/disputes.h"
#include "projections/exceptions.h"
#include "projections/needs.h"
#include "projections/parties.h"
#include "projections/pledges.h"
#include "projections/references.h"
#include "projections/registered_name.h"
#include "projections/roster.h"
#include "projections/signing_marks.h"
#include "projections/trails.h"

namespace tallinn {
namespace {

/// The event that registered a name before, when this one registers it again.
struct Registered {
  std::string aggregate;
  Uuid event;
};

std::optional<Registered> name_taken(const Hearing& hearing) {
  std::optional<Registered> taken;
  if_registers(hearing.event.body, [&]<class R>(const Name& name) {
    if (const R* found = hearing.registered<R>(name))
      taken = {aggregate_of<R>(name.value()), found->event};
  });
  return taken;
}

void set_aside(Folding& folding, Effect effect, ExceptionCode code, std::string sentence) {
  folding.effect = effect;
  open_exception(folding, code, std::move(sentence));
}

/// A log of a later epoch is there once it is opened, at the latest by its own first entry.
Result<void> check_log(const Folding& folding) {
  const LogId log = folding.entry.log;
  if (log.epoch == Epoch(1) || folding.records.find<LogRecord>(log_name_key(log)) != nullptr ||
      opens_its_own_log(folding.charter, {log, folding.index}, &folding.event) != nullptr)
    return {};
  return refuse(Code::unauthorised, "the log that it stands in was never opened");
}

/// May it count at all: log, keys, parties, bounds?
Result<void> admissible(const Folding& folding) {
  if (auto opened = check_log(folding); !opened) return opened;
  if (auto enough = check_enough_parties(folding); !enough) return enough;
  if (auto authority = check_authority(folding); !authority) return authority;
  return check_values(folding.event, folding.entry.recorded);
}

void refuse_by_rule(Folding& folding, const Error& error) {
  const bool fact = folding.home == 0;
  if (fact && (error.code == Code::unauthorised || error.code == Code::needs_two_parties))
    set_aside(folding, Effect::wrong_counterparty, ExceptionCode::wrong_counterparty, error.detail);
  else if (fact && error.field.ends_with(".currency"))
    set_aside(folding, Effect::unit_mismatch, ExceptionCode::unit_mismatch, error.detail);
  else if (error.code == Code::unknown_reference)
    set_aside(folding, Effect::unknown_reference, ExceptionCode::unknown_reference, error.detail);
  else
    set_aside(folding, Effect::not_admissible, ExceptionCode::not_admissible, error.detail);
}

std::uint8_t home_in_fold(const Hearing& hearing) {
  const Home home = rule_of(hearing.event.body).home;
  if (home != Home::as_corrected) return static_cast<std::uint8_t>(home);
  const auto* target = hearing.records.find<EventRecord>(
      event_name(std::get<ErrorDeclared>(hearing.event.body).event));
  return target == nullptr ? 0 : target->home;
}

/// Applies the event, or says in `effect` and an exception why not.
void fold_event_at_hand(Folding& folding) {
  if (auto verdict = admissible(folding); !verdict) {
    set_aside(folding, Effect::not_admissible, ExceptionCode::not_admissible,
              verdict.error().detail);
    return;
  }
  folding.home = home_in_fold(folding);
  if (const auto taken = name_taken(folding)) {
    folding.effect = Effect::duplicate_name;
    folding.touched.push_back(std::string(ExceptionRecord::kPrefix) +
                              std::string(spell(ExceptionCode::duplicate_name)) + "/" +
                              taken->aggregate);
    open_exception(folding, ExceptionCode::duplicate_name, taken->aggregate,
                   {taken->event, folding.event.id},
                   taken->aggregate + " was registered before; the first one counts");
    return;
  }
  std::visit(
      [&](const auto& body) {
        if (auto may = check(static_cast<const Hearing&>(folding), body); !may)
          refuse_by_rule(folding, may.error());
        else
          fold(folding, body);
      },
      folding.event.body);
}

/// Why an earlier event may not have declared this one wrong; empty: it may.
std::string refusal_of(const Folding& folding, const Uuid& by) {
  const PartyId& author = folding.records.find<EventRecord>(event_name(by))->author;
  if (author != folding.event.author)
    return "declared wrong by " + author.value() + ", who is not its author";
  const LogId log = folding.records.find<EventRecord>(event_name(by))->position.place.log;
  if (folding.home != 0 && log.office != folding.office_in(static_cast<OfficeRole>(folding.home)))
    return "a decision is declared wrong at its home";
  if (std::holds_alternative<ErrorDeclared>(folding.event.body))
    return "a correction is declared wrong only after it was recorded";
  return {};
}

bool claims_its_id(const EventRecord* record) {
  if (record == nullptr || record->effect == Effect::not_admissible) return false;
  return record->type != 0 || record->effect == Effect::unknown_type;
}

void finish_governance(Folding& folding) {
  if (folding.effect != Effect::applied || !rule_of(folding.event.body).governance) return;
  folding.views.put_new(
      governance_key(folding.position),
      encode_record(GovernanceRecord{.event = folding.event.id,
                                     .leaf = folding.leaf,
                                     .recorded = folding.entry.recorded,
                                     .signers = keys_that_signed(folding.entry)}));
}

void finish(Folding& folding) {
  mark_signers(folding);
  const bool is_void = folding.effect == Effect::not_admissible;
  const auto parties = is_void ? std::vector{folding.event.author} : parties_concerned(folding);
  const std::string name = event_name(folding.event.id);
  const EventRecord* before = folding.records.find<EventRecord>(name);
  // A governance event is judged by itself, and takes no id from another one.
  if (claims_its_id(before) && before->bytes != sha256(folding.entry.event)) {
    write_trails(folding, parties);
    return finish_governance(folding);
  }
  const bool awaited = before != nullptr && before->type == 0;
  const bool was_void = !is_void && before != nullptr && before->effect == Effect::not_admissible;
  std::vector<Uuid> early;
  if (awaited || was_void) early = corrections_waiting(folding);
  std::erase_if(early, [&](const Uuid& by) {
    const std::string refusal = refusal_of(folding, by);
    if (!refusal.empty()) refuse_early_correction(folding, by, refusal);
    return !refusal.empty();
  });
  write_event(folding, parties);
  for (const Uuid& by : early) correct_late_arrival(folding, by);
  if (awaited || was_void) settle_awaited_event(folding);
  finish_governance(folding);
}

/// An event of a newer schema: its id is all that can be told.
void fold_unknown(Views& views, const Charter& charter, Records& records,
                  const OrderedEntry& next) {
  const auto header = decode_event_header(next.entry.event);
  if (!header) return;
  Event event;
  event.id = header->id;
  Folding folding{{charter, event, next.entry, next.position.place.index, records, {}},
                  views,
                  next.position,
                  next.leaf};
  open_exception(
      folding, ExceptionCode::unknown_type,
      "an event of schema " + std::to_string(header->schema) + ", which this build does not know");
  const std::string name = event_name(event.id);
  EventRecord& record = records.find_or_make<EventRecord>(name);
  if (record.type != 0 || record.effect == Effect::unknown_type) return;
  record.position = next.position;
  record.bytes = sha256(next.entry.event);
  record.effect = Effect::unknown_type;
  folding.save<EventRecord>(name);
}

/// The same event once more: a key is enrolled or revoked for whoever has seen it at either place.
void stand_here_too(Folding& folding) {
  folding.signers = signers_of(folding.records, folding.entry, folding.index);
  if (!admissible(folding)) return;
  if (const auto* enrolled = std::get_if<KeyEnrolled>(&folding.event.body))
    fold(folding, *enrolled);
  if (const auto* revoked = std::get_if<KeyRevoked>(&folding.event.body)) revoke(folding, *revoked);
}

/// What an event changed adds up, or this build's fold is wrong and must sign nothing more.
void stop_if_unbalanced(const Records& records, const Event& event) {
  const Imbalance found = imbalance_of_changes(records);
  if (found)
    std::fprintf(stderr, "tallinn: after event %s %s\n", format_uuid(event.id).c_str(),
                 found->c_str());
  TALLINN_ASSERT(!found);
}

template <class R>
void put_record(Views& views, std::string_view name, const R& record) {
  views.put(Records::key_of<R>(name), encode_record(record));
}

}  // namespace

Result<OrderedEntry> make_ordered(BytesView entry_bytes, LogIndex index) {
  auto entry = decode_entry(entry_bytes);
  if (!entry) return std::unexpected(entry.error());
  OrderedEntry out{.position = {entry->lamport, {entry->log, index}},
                   .entry = {},
                   .leaf = leaf_hash(entry_bytes),
                   .event = {}};
  const auto header = decode_event_header(entry->event);
  if (!header) return std::unexpected(header.error());
  if (header->schema <= kSchema) {
    auto event = decode_event(entry->event);
    if (!event) return std::unexpected(event.error());
    out.event = *std::move(event);
  }
  out.entry = *std::move(entry);
  return out;
}

void fold_genesis(Views& views, const Charter& charter) {
  for (const CharterCoordinator& coordinator : charter.coordinators) {
    const KeyRecord key{.owner = coordinator.party,
                        .enrolments = {{std::nullopt, {Role::govern}, std::nullopt}},
                        .revocations = {}};
    put_record(views, key_name(coordinator.key), key);
  }
  for (std::size_t i = 0; i < charter.offices.size(); ++i) {
    const CharterOffice& office = charter.offices[i];
    const LogId log{OfficeNumber(static_cast<std::uint16_t>(i)), Epoch(1)};
    put_record(views, office_name_key(log.office),
               OfficeRecord{office.name, office.role, log, true});
    put_record(views, log_name_key(log),
               LogRecord{.log = office.log.key,
                         .witness = office.witness.key,
                         .state = office.state.key,
                         .transport = office.transport,
                         .after = {},
                         .opened_at = {},
                         .sealed = std::nullopt,
                         .sealed_at = {},
                         .depended_on = {}});
  }
}

void fold_entry(Views& views, const Charter& charter, const OrderedEntry& next) {
  Records records(views);
  if (!next.event) return fold_unknown(views, charter, records, next);
  const Event& event = *next.event;
  const LogIndex index = next.position.place.index;
  const EventRecord* known = records.find<EventRecord>(event_name(event.id));
  Folding folding{
      {charter, event, next.entry, index, records, {}}, views, next.position, next.leaf};
  const bool governance = rule_of(event.body).governance;
  const bool same = known != nullptr && known->bytes == sha256(next.entry.event);
  // Whoever may write into some log can copy an event's id or bytes there, to a place before it.
  // What keys and logs hold must not depend on that.
  if (governance && same && known->effect == Effect::applied) return stand_here_too(folding);
  if (claims_its_id(known)) {
    if (same && !governance) return;
    if (!same)
      open_exception(folding, ExceptionCode::duplicate_id,
                     governance ? "another event has this id; each is judged by itself"
                                : "two different events have this id; the first one counts");
    if (!governance) {
      folding.effect = Effect::duplicate_id;
      return write_trails(folding, {event.author});
    }
  }
  folding.signers = signers_of(records, next.entry, index);
  fold_event_at_hand(folding);
  finish(folding);
  stop_if_unbalanced(records, event);
}

}  // namespace tallinn
