#include "projections/parties.h"

#include <algorithm>

#include "events/uuid.h"
#include "projections/exceptions.h"

namespace tallinn {
namespace {

Place here(const Folding& folding) {
  return folding.position.place;
}

std::unexpected<Error> transition(std::string detail, std::string field) {
  return refuse(Code::invalid_transition, std::move(detail), std::move(field));
}

bool is_office_key(const Hearing& hearing, const PublicKey& key) {
  return std::ranges::any_of(hearing.charter.offices, [&](const CharterOffice& office) {
    return key == office.log.key || key == office.witness.key || key == office.state.key ||
           key == office.transport;
  });
}

/// What a key signed since it was compromised is marked, wherever it stands in the order.
void mark_compromised(Folding& folding, const PublicKey& key, const PartyId& owner,
                      UnixMillis since) {
  std::vector<Uuid> found;
  const Bytes prefix = trail_prefix(owner);
  folding.views.scan(prefix, after_prefix(prefix), [&](BytesView, BytesView value) {
    const auto record = decode_record<TrailRecord>(value);
    if (record.recorded >= since && std::ranges::find(record.signers, key) != record.signers.end())
      found.push_back(record.event);
    return ViewReader::Next::go_on;
  });
  for (const Uuid& id : found)
    open_exception(folding, ExceptionCode::signed_while_compromised, format_uuid(id),
                   {id, folding.event.id},
                   "signed by a key of " + owner.value() + " at a time when it was compromised");
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
}

Result<void> check(const Hearing& hearing, const KeyEnrolled& body) {
  if (!hearing.party_known(body.party))
    return unknown_reference("the party " + body.party.value(), "body.party");
  if (!valid_public_key(body.key))
    return refuse(Code::invalid_value, "body.key is not a valid Ed25519 public key", "body.key");
  if (is_office_key(hearing, body.key))
    return refuse(Code::invalid_value, "body.key is an office's own key, which signs no events",
                  "body.key");
  const KeyRecord* key = hearing.records.find<KeyRecord>(key_name(body.key));
  if (key == nullptr) return {};
  if (!key->revocations.empty()) return transition("the key is revoked", "body.key");
  if (key->owner && key->owner != body.party)
    return transition("the key is " + key->owner->value() + "'s", "body.key");
  return {};
}

void fold(Folding& folding, const KeyEnrolled& body) {
  const std::string name = key_name(body.key);
  KeyRecord& key = folding.records.find_or_make<KeyRecord>(name);
  key.owner = body.party;
  key.enrolments.push_back({.place = here(folding), .roles = body.roles});
  folding.save<KeyRecord>(name);
}

Result<void> check(const Hearing&, const KeyRevoked&) {
  return {};
}

void fold(Folding& folding, const KeyRevoked& body) {
  const std::string name = key_name(body.key);
  KeyRecord& key = folding.records.find_or_make<KeyRecord>(name);
  if (!key.owner)
    open_exception(folding, ExceptionCode::unknown_reference,
                   "the key " + name + " was never enrolled");
  key.revocations.push_back({.place = here(folding),
                             .event = folding.event.id,
                             .compromised_since = body.compromised_since});
  folding.save<KeyRecord>(name);
  if (body.compromised_since && key.owner)
    mark_compromised(folding, body.key, *key.owner, body.compromised_since->millis);
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
  return {};
}

void fold(Folding& folding, const LogSealed& body) {
  OfficeNumber number;
  OfficeRecord* office = office_named(folding, body.office, number);
  const LogId log{number, body.epoch};
  folding.records.find<LogRecord>(log_name_key(log))->sealed =
      LogPrefix{.epoch = body.epoch, .size = body.size, .root = body.root};
  folding.save<LogRecord>(log_name_key(log));
  if (office->current != log) return;
  office->in_force = false;
  folding.save<OfficeRecord>(office_name_key(number));
}

Result<void> check(const Hearing& hearing, const LogOpened& body) {
  OfficeNumber number;
  const OfficeRecord* office = office_named(hearing, body.office, number);
  if (office == nullptr) return unknown_reference("the office " + body.office, "body.office");
  for (const PublicKey* key : {&body.log, &body.witness, &body.state, &body.transport})
    if (!valid_public_key(*key))
      return refuse(Code::invalid_value, "not a valid Ed25519 public key", "body.log");
  if (office->in_force)
    return transition("the log of " + body.office + " is not sealed", "body.office");
  if (body.epoch.value() != office->current.epoch.value() + 1)
    return transition("the next epoch of " + body.office + " is " +
                          std::to_string(office->current.epoch.value() + 1),
                      "body.epoch");
  const LogRecord* last = hearing.records.find<LogRecord>(log_name_key(office->current));
  if (body.previous != last->sealed)
    return transition("`previous` differs from what was sealed", "body.previous");
  return {};
}

void fold(Folding& folding, const LogOpened& body) {
  OfficeNumber number;
  OfficeRecord* office = office_named(folding, body.office, number);
  office->current = {number, body.epoch};
  office->role = body.role;
  office->in_force = true;
  folding.save<OfficeRecord>(office_name_key(number));
  const std::string log = log_name_key(office->current);
  folding.records.find_or_make<LogRecord>(log) = {.log = body.log,
                                                  .witness = body.witness,
                                                  .state = body.state,
                                                  .transport = body.transport,
                                                  .after = body.after,
                                                  .sealed = std::nullopt};
  folding.save<LogRecord>(log);
}

Result<void> check(const Hearing& hearing, const ExchangeRateRecorded& body) {
  const PartyId office = hearing.office_party_in(OfficeRole::back);
  if (auto author = expect_author(hearing, {&office}, "the back office"); !author) return author;
  if (body.base == body.quote)
    return refuse(Code::invalid_value, "base and quote are the same currency", "body.quote");
  return {};
}

void fold(Folding& folding, const ExchangeRateRecorded& body) {
  Bytes key(RateRecord::kPrefix);
  key.append(currency_code(body.base)).append("-").append(currency_code(body.quote));
  key.append("-").append(format_day(body.date));
  folding.views.put(key, encode_record(RateRecord{
                             .event = folding.event.id, .rate = body.rate, .source = body.source}));
}

}  // namespace tallinn
