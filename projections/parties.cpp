#include "projections/parties.h"

#include <algorithm>
#include <array>
#include <set>

#include "events/json_reader.h"
#include "events/limits.h"
#include "events/uuid.h"
#include "projections/exceptions.h"
#include "projections/references.h"
#include "projections/roster.h"
#include "projections/signing_marks.h"

namespace tallinn {
namespace {

Place here(const Folding& folding) {
  return folding.position.place;
}

std::unexpected<Error> transition(std::string detail, std::string field) {
  return refuse(Code::invalid_transition, std::move(detail), std::move(field));
}

Roster roster_now(const Hearing& hearing) {
  return read_roster(hearing.records.views(), hearing.charter);
}

/// Of any epoch.
bool is_office_key(const Roster& roster, const PublicKey& key) {
  return std::ranges::any_of(roster.logs(), [&](const auto& one) {
    const RosterLog& log = one.second;
    return key == log.log.key || key == log.witness.key || key == log.state.key ||
           key == log.transport;
  });
}

/// Its keys sign no more; what the charter gave a coordinator stays.
void end_enrolments(Folding& folding, const PartyId& party) {
  std::vector<std::string> names;
  std::set<PublicKey> ended;
  const std::string_view prefix = KeyRecord::kPrefix;
  folding.views.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
    if (decode_record<KeyRecord>(value).owner == party)
      names.emplace_back(key.substr(prefix.size()));
    return ViewReader::Next::go_on;
  });
  for (const std::string& name : names) {
    for (Enrolment& enrolment : folding.records.find<KeyRecord>(name)->enrolments)
      if (enrolment.place && !enrolment.ended) {
        enrolment.ended = here(folding);
        ended.insert(*fixed_from_hex<PublicKey>(name));
      }
    folding.save<KeyRecord>(name);
  }
  const std::vector<PublicKey> keys(ended.begin(), ended.end());
  mark_earlier(folding, {.owner = party, .keys = keys});
}

void seal(Folding& folding, LogId log, const LogPrefix& prefix) {
  LogRecord* record = folding.records.find<LogRecord>(log_name_key(log));
  record->sealed = prefix;
  record->sealed_at = folding.position.lamport;
  folding.save<LogRecord>(log_name_key(log));
}

std::array<std::pair<const PublicKey*, const char*>, 4> keys_of(const LogOpened& body) {
  return {{{&body.log, "body.log"},
           {&body.witness, "body.witness"},
           {&body.state, "body.state"},
           {&body.transport, "body.transport"}}};
}

std::unexpected<Error> used_before(const char* field) {
  return refuse(Code::invalid_value, "a new epoch needs fresh keys: this one was used before",
                field);
}

std::vector<OfficeNumber> offices_in_force(const Hearing& hearing) {
  std::vector<OfficeNumber> found;
  for (std::size_t i = 0; i < hearing.charter.offices.size(); ++i) {
    const OfficeNumber number(static_cast<std::uint16_t>(i));
    const OfficeRecord* office = hearing.records.find<OfficeRecord>(office_name_key(number));
    if (office != nullptr && office->in_force) found.push_back(number);
  }
  return found;
}

/// What a change of offices or logs stands in and has seen, no seal cuts off, its own neither: so
/// whether it holds depends on nothing that stands after it.
void depend_on(Folding& folding, LogId log, LogSize size) {
  const std::string name = log_name_key(log);
  LogRecord* record = folding.records.find<LogRecord>(name);
  if (record == nullptr || record->depended_on >= size) return;
  record->depended_on = size;
  folding.save<LogRecord>(name);
}
void depend_on_past(Folding& folding) {
  depend_on(folding, folding.entry.log, LogSize(folding.index.value() + 1));
  for (const Seen& seen : folding.entry.seen) depend_on(folding, seen.log, seen.size);
}

Result<void> check_covers(const Hearing& hearing, LogId log, const LogPrefix& prefix,
                          const std::string& field) {
  LogSize least = hearing.records.find<LogRecord>(log_name_key(log))->depended_on;
  for (const Seen& seen : hearing.entry.seen)
    if (seen.log == log) least = std::max(least, seen.size);
  if (prefix.size >= least) return {};
  return refuse(Code::invalid_value,
                "a change of offices or logs has seen " + std::to_string(least.value()) +
                    " entries of that log: a seal must cover them",
                field);
}

OfficeRecord* office_named(const Hearing& hearing, const std::string& name, OfficeNumber& number) {
  const auto found = hearing.charter.office_number(name);
  if (!found) return nullptr;
  number = *found;
  return hearing.records.find<OfficeRecord>(office_name_key(number));
}

}  // namespace

Result<void> check(const Hearing& hearing, const PartyAdmitted& body) {
  const PartyRecord* party = hearing.records.find<PartyRecord>(body.party.value());
  if (party != nullptr && !party->withdrawn)
    return transition(body.party.value() + " is admitted already", "body.party");
  return {};
}

void fold(Folding& folding, const PartyAdmitted& body) {
  folding.records.find_or_make<PartyRecord>(body.party.value()) = {.event = folding.event.id,
                                                                   .kind = body.kind,
                                                                   .name = body.name,
                                                                   .country = body.country,
                                                                   .identifiers = body.identifiers,
                                                                   .withdrawn = false};
  folding.save<PartyRecord>(body.party.value());
  settle_awaited_party(folding, body.party);
}

Result<void> check(const Hearing& hearing, const PartyWithdrawn& body) {
  const PartyRecord* party = hearing.records.find<PartyRecord>(body.party.value());
  if (party == nullptr) return unknown_reference("the party " + body.party.value(), "body.party");
  if (party->withdrawn)
    return transition(body.party.value() + " is withdrawn already", "body.party");
  return {};
}

void fold(Folding& folding, const PartyWithdrawn& body) {
  folding.records.find<PartyRecord>(body.party.value())->withdrawn = true;
  folding.save<PartyRecord>(body.party.value());
  end_enrolments(folding, body.party);
}

Result<void> check(const Hearing& hearing, const KeyEnrolled& body) {
  if (!hearing.party_known(body.party))
    return unknown_reference("the party " + body.party.value(), "body.party");
  if (!valid_public_key(body.key))
    return refuse(Code::invalid_value, "body.key is not a valid Ed25519 public key", "body.key");
  if (is_office_key(roster_now(hearing), body.key))
    return refuse(Code::invalid_value, "body.key is an office's own key, which signs no events",
                  "body.key");
  const KeyRecord* key = hearing.records.find<KeyRecord>(key_name(body.key));
  if (key == nullptr) return {};
  const bool revoked = std::ranges::any_of(key->revocations, [&](const Revocation& revocation) {
    return in_causal_past(revocation.place, hearing.entry, hearing.index);
  });
  if (revoked) return transition("the key is revoked", "body.key");
  if (key->owner && key->owner != body.party)
    return transition("the key is " + key->owner->value() + "'s", "body.key");
  return {};
}

void fold(Folding& folding, const KeyEnrolled& body) {
  const std::string name = key_name(body.key);
  KeyRecord& key = folding.records.find_or_make<KeyRecord>(name);
  if (!key.owner)
    for (const Revocation& revocation : key.revocations)
      close_exception(folding, ExceptionCode::unknown_reference, revocation.event);
  key.owner = body.party;
  key.enrolments.push_back({.place = here(folding), .roles = body.roles, .ended = {}});
  folding.save<KeyRecord>(name);
}

Result<void> check(const Hearing&, const KeyRevoked&) {
  return {};
}

void revoke(Folding& folding, const KeyRevoked& body) {
  const std::string name = key_name(body.key);
  KeyRecord& key = folding.records.find_or_make<KeyRecord>(name);
  key.revocations.push_back({.place = here(folding),
                             .event = folding.event.id,
                             .compromised_since = body.compromised_since});
  folding.save<KeyRecord>(name);
  if (!key.owner) return;
  Doubt doubt{.owner = *key.owner, .keys = {&body.key, 1}};
  if (body.compromised_since) doubt.compromised_since = body.compromised_since->millis;
  mark_earlier(folding, doubt);
}

void fold(Folding& folding, const KeyRevoked& body) {
  revoke(folding, body);
  if (!folding.records.find<KeyRecord>(key_name(body.key))->owner)
    open_exception(folding, ExceptionCode::unknown_reference,
                   "the key " + key_name(body.key) + " was never enrolled");
}

Result<void> check(const Hearing& hearing, const LogSealed& body) {
  OfficeNumber number;
  const OfficeRecord* office = office_named(hearing, body.office, number);
  const LogId log{number, body.epoch};
  const LogRecord* record =
      office == nullptr ? nullptr : hearing.records.find<LogRecord>(log_name_key(log));
  if (record == nullptr)
    return unknown_reference("the log " + body.office + "/" + std::to_string(body.epoch.value()),
                             "body.office");
  if (record->sealed) return transition("that log is sealed already", "body.epoch");
  if (hearing.entry.log == log)
    return transition("a log is not sealed by an entry of its own; record it at another office",
                      "body.office");
  if (auto covers = check_covers(hearing, log, {body.epoch, body.size, body.root}, "body.size");
      !covers)
    return covers;
  const bool other_in_force = std::ranges::any_of(offices_in_force(hearing),
                                                  [&](OfficeNumber one) { return one != number; });
  if (!other_in_force)
    return transition("no office would be left in force; open the next log of " + body.office +
                          " with a LogOpened as its first entry, which seals this one",
                      "body.office");
  return {};
}

void fold(Folding& folding, const LogSealed& body) {
  OfficeNumber number;
  OfficeRecord* office = office_named(folding, body.office, number);
  seal(folding, {number, body.epoch}, {body.epoch, body.size, body.root});
  office->in_force = false;
  folding.save<OfficeRecord>(office_name_key(number));
  depend_on_past(folding);
}

Result<void> check_new_log(const Roster& roster, const LogOpened& body) {
  std::set<PublicKey> before;
  for (const auto& [key, field] : keys_of(body)) {
    if (!valid_public_key(*key))
      return refuse(Code::invalid_value, "not a valid Ed25519 public key", field);
    if (is_office_key(roster, *key) || !before.insert(*key).second) return used_before(field);
  }
  // Later entries count on from there, and JSON must be able to say it.
  if (body.after.value() > static_cast<std::uint64_t>(kMaxJsonInteger))
    return refuse(Code::invalid_value, "no Lamport time comes so far", "body.after");
  return {};
}

Result<void> check(const Hearing& hearing, const LogOpened& body) {
  OfficeNumber number;
  const OfficeRecord* office = office_named(hearing, body.office, number);
  if (office == nullptr) return unknown_reference("the office " + body.office, "body.office");
  if (auto fresh = check_new_log(roster_now(hearing), body); !fresh) return fresh;
  for (const auto& [key, field] : keys_of(body))
    if (hearing.records.find<KeyRecord>(key_name(*key)) != nullptr) return used_before(field);
  if (body.epoch.value() != office->current.epoch.value() + 1)
    return transition("the next epoch of " + body.office + " is " +
                          std::to_string(office->current.epoch.value() + 1),
                      "body.epoch");
  if (body.role != office->role)
    return transition(body.office + " is the " + std::string(spell(office->role)) + " office",
                      "body.role");
  const Place place{hearing.entry.log, hearing.index};
  if (office->in_force && opens_its_own_log(hearing.charter, place, &hearing.event) == nullptr)
    return transition("the log of " + body.office + " is not sealed", "body.office");
  const LogRecord* last = hearing.records.find<LogRecord>(log_name_key(office->current));
  const bool follows = last->sealed
                           ? body.previous == last->sealed
                           : body.previous && body.previous->epoch == office->current.epoch;
  if (!follows) return transition("`previous` differs from what was sealed", "body.previous");
  return last->sealed ? Result<void>{}
                      : check_covers(hearing, office->current, *body.previous, "body.previous");
}

LogRecord record_of(const LogOpened& body, Lamport opened_at) {
  return {.log = body.log,
          .witness = body.witness,
          .state = body.state,
          .transport = body.transport,
          .after = std::max(body.after, opened_at),
          .opened_at = opened_at,
          .sealed = std::nullopt,
          .sealed_at = {},
          .depended_on = {}};
}

void fold(Folding& folding, const LogOpened& body) {
  OfficeNumber number;
  OfficeRecord* office = office_named(folding, body.office, number);
  if (office->in_force) seal(folding, office->current, *body.previous);
  office->current = {number, body.epoch};
  office->in_force = true;
  folding.save<OfficeRecord>(office_name_key(number));
  const std::string log = log_name_key(office->current);
  folding.records.find_or_make<LogRecord>(log) = record_of(body, folding.position.lamport);
  folding.save<LogRecord>(log);
  depend_on_past(folding);
}

Result<void> check(const Hearing& hearing, const ExchangeRateRecorded& body) {
  const PartyId office = hearing.office_party_in(OfficeRole::back);
  if (auto author = expect_author(hearing, {&office}, "the back office"); !author) return author;
  if (body.base == body.quote)
    return refuse(Code::invalid_value, "base and quote are the same currency", "body.quote");
  if (start_of(body.date).value() > hearing.entry.recorded.value() + kMaxFutureMillis)
    return refuse(Code::invalid_value, "body.date is more than 24 hours in the future",
                  "body.date");
  return {};
}

void fold(Folding& folding, const ExchangeRateRecorded& body) {
  std::string name(currency_code(body.base));
  name.append("-").append(currency_code(body.quote)).append("-").append(format_day(body.date));
  RateRecord& record = folding.records.find_or_make<RateRecord>(name);
  if (record.recordings.size() == kMaxListed) record.recordings.erase(record.recordings.begin());
  record.recordings.push_back(
      {.event = folding.event.id, .rate = body.rate, .source = body.source, .stands = true});
  folding.save<RateRecord>(name);
  folding.touched.push_back(std::string(RateRecord::kPrefix) + name);
}

void set_standing(RateRecord& record, const Uuid& event, Stands stands) {
  for (RateRecording& one : record.recordings)
    if (one.event == event) one.stands = stands == Stands::yes;
}

}  // namespace tallinn
