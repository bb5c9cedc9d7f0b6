#include "projections/authority.h"

#include <algorithm>
#include <set>

namespace tallinn {
namespace {

std::unexpected<Error> unauthorised(std::string detail) {
  return refuse(Code::unauthorised, std::move(detail), "signatures");
}

/// Distinct parties; an unknown key counts for one of its own.
std::size_t parties_signed(const Hearing& hearing) {
  if (hearing.signers.size() == 1) return 1;
  std::set<std::string> parties;
  for (const Signer& signer : hearing.signers)
    parties.insert(signer.party ? signer.party->value() : key_name(signer.key));
  return parties.size();
}

bool revokes_itself(const Hearing& hearing) {
  const auto* revoked = std::get_if<KeyRevoked>(&hearing.event.body);
  return revoked != nullptr && std::ranges::any_of(hearing.signers, [&](const Signer& signer) {
           return signer.key == revoked->key;
         });
}

Result<void> check_author_signed(const Hearing& hearing) {
  if (hearing.signed_by(hearing.event.author, 0xffff)) return {};
  return unauthorised(hearing.event.author.value() + ", its author, has not signed");
}

Result<void> check_quorum(const Hearing& hearing) {
  std::set<PartyId> coordinators;
  for (const Signer& signer : hearing.signers)
    if (signer.party && (signer.roles & role_bit(Role::govern)) != 0 &&
        hearing.is_coordinator(*signer.party))
      coordinators.insert(*signer.party);
  if (coordinators.size() >= hearing.charter.quorum) return check_author_signed(hearing);
  return unauthorised(std::to_string(coordinators.size()) +
                      " coordinators signed, the charter asks for " +
                      std::to_string(hearing.charter.quorum));
}

Result<void> check_author(const Hearing& hearing, RoleSet roles) {
  if (hearing.signed_by(hearing.event.author, roles)) return {};
  if (auto has_signed = check_author_signed(hearing); !has_signed) return has_signed;
  return unauthorised("no key of " + hearing.event.author.value() +
                      " that signed holds the role that " +
                      std::string(type_name(hearing.event.body)) + " needs");
}

/// One party by a key of `first`, another one by a key of `second`.
Result<void> check_two(const Hearing& hearing, RoleSet first, RoleSet second,
                       const std::string& who) {
  for (const Signer& a : hearing.signers)
    for (const Signer& b : hearing.signers)
      if (a.party != b.party && (a.roles & first) != 0 && (b.roles & second) != 0)
        return hearing.signed_by(hearing.event.author, first | second)
                   ? Result<void>{}
                   : unauthorised(hearing.event.author.value() + ", its author, has not signed");
  return unauthorised("this needs the signatures of " + who);
}

Result<void> check_both_offices(const Hearing& hearing) {
  for (const CharterOffice& office : hearing.charter.offices)
    if (!hearing.signed_by(office_party(office.name), role_bit(Role::allocate)))
      return unauthorised(office_party(office.name).value() + " has not signed");
  return check_author_signed(hearing);
}

}  // namespace

Result<void> check_enough_parties(const Hearing& hearing) {
  std::size_t needed = 1;
  switch (rule_of(hearing.event.body).signing) {
    case Signing::author:
    case Signing::coordinator: return {};
    case Signing::quorum: needed = hearing.charter.quorum; break;
    case Signing::quorum_or_key:
      needed = revokes_itself(hearing) ? 1 : hearing.charter.quorum;
      break;
    case Signing::recipient_and_deliverer:
    case Signing::recipient_and_front:
    case Signing::both_offices: needed = 2; break;
  }
  const std::size_t signed_by = parties_signed(hearing);
  if (signed_by >= needed) return {};
  return refuse(Code::needs_two_parties,
                std::string(type_name(hearing.event.body)) + " needs the signatures of " +
                    std::to_string(needed) + " parties, " + std::to_string(signed_by) + " signed",
                "signatures");
}

Result<void> check_authority(const Hearing& hearing) {
  for (const Signer& signer : hearing.signers) {
    if (!signer.party) return unauthorised("the key " + key_name(signer.key) + " is not enrolled");
    if (signer.revoked)
      return unauthorised("the key " + key_name(signer.key) + " of " + signer.party->value() +
                          " is revoked");
    if (signer.withdrawn)
      return unauthorised(signer.party->value() + " has withdrawn, and its key " +
                          key_name(signer.key) + " was not enrolled again");
  }
  const EventRule& rule = rule_of(hearing.event.body);
  switch (rule.signing) {
    case Signing::author: return check_author(hearing, rule.roles);
    case Signing::coordinator:
      if (!hearing.is_coordinator(hearing.event.author))
        return unauthorised(hearing.event.author.value() + " is not a coordinator");
      return check_author(hearing, rule.roles);
    case Signing::quorum: return check_quorum(hearing);
    case Signing::quorum_or_key:
      return revokes_itself(hearing) ? check_author_signed(hearing) : check_quorum(hearing);
    case Signing::recipient_and_deliverer:
      return check_two(hearing, role_bit(Role::accept), role_bit(Role::deliver),
                       "the recipient and the deliverer");
    case Signing::recipient_and_front:
      return check_two(hearing, role_bit(Role::need), role_bit(Role::allocate),
                       "the recipient and the front office");
    case Signing::both_offices: return check_both_offices(hearing);
  }
  return {};
}

}  // namespace tallinn
