#include "projections/hearing.h"

#include <algorithm>
#include <limits>

namespace tallinn {

std::vector<Signer> signers_of(Records& records, const Entry& entry, LogIndex index) {
  std::vector<Signer> out;
  out.reserve(entry.signatures.size());
  for (const EventSignature& signature : entry.signatures) {
    Signer& signer = out.emplace_back();
    signer.key = signature.key;
    const KeyRecord* key = records.find<KeyRecord>(key_name(signature.key));
    if (key == nullptr) continue;
    for (const Enrolment& enrolment : key->enrolments) {
      const bool ended = enrolment.ended && in_causal_past(*enrolment.ended, entry, index);
      if (enrolment.ended && !ended) signer.revoked_aside = true;
      if (enrolment.place && !in_causal_past(*enrolment.place, entry, index)) continue;
      signer.party = key->owner;
      if (ended) {
        signer.withdrawn = signer.roles == 0;
        continue;
      }
      for (Role role : enrolment.roles) signer.roles |= role_bit(role);
      signer.withdrawn = false;
    }
    for (const Revocation& revocation : key->revocations) {
      if (in_causal_past(revocation.place, entry, index))
        signer.revoked = true;
      else
        signer.revoked_aside = true;
      if (revocation.compromised_since && revocation.compromised_since->millis <= entry.recorded)
        signer.compromised = true;
    }
  }
  return out;
}

bool Hearing::signed_by(const PartyId& party, RoleSet roles) const {
  return std::ranges::any_of(signers, [&](const Signer& signer) {
    return signer.party == party && (signer.roles & roles) != 0;
  });
}

bool Hearing::is_coordinator(const PartyId& party) const {
  return std::ranges::any_of(charter.coordinators,
                             [&](const CharterCoordinator& c) { return c.party == party; });
}

bool Hearing::party_known(const PartyId& party) const {
  const PartyRecord* record = records.find<PartyRecord>(party.value());
  return record != nullptr ? !record->withdrawn : is_coordinator(party);
}

OfficeNumber Hearing::office_in(OfficeRole role) const {
  for (std::size_t i = 0; i < charter.offices.size(); ++i) {
    const OfficeNumber number(static_cast<std::uint16_t>(i));
    const OfficeRecord* office = records.find<OfficeRecord>(office_name_key(number));
    if (office != nullptr && office->role == role) return number;
  }
  return charter.office_in_role(role);
}

PartyId Hearing::office_party_in(OfficeRole role) const {
  return office_party(charter.office(office_in(role))->name);
}

bool is_corrected(const Hearing& hearing, const Uuid& registration) {
  const auto* event = hearing.records.find<EventRecord>(event_name(registration));
  return event != nullptr && event->corrected_by.has_value();
}

std::int64_t sum(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  if (!__builtin_add_overflow(a, b, &out)) return out;
  using Limits = std::numeric_limits<std::int64_t>;
  return a > 0 ? Limits::max() : -Limits::max();
}

Result<void> earlier(Result<void> a, Result<void> b) {
  if (a) return b;
  if (b) return a;
  return b.error().code < a.error().code ? b : a;
}

std::string Named::text() const {
  std::string out(what);
  if (!name.empty()) out.append(" ").append(name);
  return out;
}

Result<void> expect_author(const Hearing& hearing, std::initializer_list<const PartyId*> expected,
                           Named who) {
  for (const PartyId* party : expected)
    if (*party == hearing.event.author) return {};
  return refuse(Code::unauthorised,
                "this is for " + who.text() + " to sign, not for " + hearing.event.author.value(),
                "author");
}

std::unexpected<Error> unknown_reference(const std::string& what, std::string field) {
  return refuse(Code::unknown_reference, what + " is not known here", std::move(field));
}

Result<void> expect_currency(const Money& money, Currency currency, Named of,
                             std::string_view field) {
  if (money.currency == currency) return {};
  return refuse(Code::invalid_value, "the currency differs from that of " + of.text(),
                std::string(field) + ".currency");
}

Result<void> expect_bounded(std::int64_t balance, Named of, std::string_view field) {
  if (balance <= kMaxBalanceMinor) return {};
  return refuse(Code::invalid_value, of.text() + " would hold more than the largest balance",
                std::string(field));
}

std::string money_text(std::int64_t minor, Currency currency) {
  return format_money({AmountMinor(minor), currency});
}

}  // namespace tallinn
