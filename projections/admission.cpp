#include "projections/admission.h"

#include "projections/allocations.h"
#include "projections/assurance.h"
#include "projections/authority.h"
#include "projections/commitments.h"
#include "projections/corrections.h"
#include "projections/deliveries.h"
#include "projections/disputes.h"
#include "projections/exceptions.h"
#include "projections/needs.h"
#include "projections/parties.h"
#include "projections/pledges.h"

namespace tallinn {
namespace {

Result<void> check_signatures(const Hearing& hearing) {
  const Bytes message = event_message(hearing.charter.id, hearing.entry.event);
  for (const EventSignature& signature : hearing.entry.signatures)
    if (!verify_signature(signature.key, message, signature.signature))
      return refuse(Code::unauthorised,
                    "the signature of " + key_name(signature.key) + " does not hold", "signatures");
  return {};
}

/// What the aggregates say: the rules of its home, then what only admission asks.
Result<void> check_rules(const Hearing& hearing) {
  return std::visit(
      [&](const auto& body) {
        Result<void> verdict = check(hearing, body);
        if constexpr (requires { admit(hearing, body); })
          verdict = earlier(std::move(verdict), admit(hearing, body));
        return verdict;
      },
      hearing.event.body);
}

}  // namespace

std::optional<OfficeRole> home_of(ViewReader& views, const Event& event) {
  const Home home = rule_of(event.body).home;
  std::uint8_t number = static_cast<std::uint8_t>(home);
  if (home == Home::as_corrected) {
    Records records(views);
    const auto* target =
        records.find<EventRecord>(event_name(std::get<ErrorDeclared>(event.body).event));
    number = target == nullptr ? 0 : target->home;
  }
  if (number == 0) return std::nullopt;
  return static_cast<OfficeRole>(number);
}

Result<void> check_home(ViewReader& views, const Charter& charter, std::optional<OfficeNumber> here,
                        const Event& event) {
  const auto role = home_of(views, event);
  if (!role && here) return {};
  Records records(views);
  const Entry nothing{};
  const Hearing hearing{charter, event, nothing, LogIndex(0), records, {}};
  const OfficeNumber home = hearing.office_in(role.value_or(OfficeRole::front));
  if (home == here) return {};
  const std::string& name = charter.office(home)->name;
  const std::string type(type_name(event.body));
  Error error{
      .code = Code::wrong_office,
      .detail = role ? type + " is decided at the " + std::string(spell(*role)) + " office, " + name
                     : type + " is recorded at an office, for example " + name};
  error.office = name;
  return std::unexpected(error);
}

Result<void> check_admission(ViewReader& views, const Charter& charter, const Event& event,
                             const Entry& draft, LogIndex index, UnixMillis now,
                             Signatures signatures) {
  Records records(views);
  const Hearing hearing{charter, event, draft, index, records, signers_of(records, draft, index)};
  if (auto enough = check_enough_parties(hearing); !enough) return enough;
  if (signatures == Signatures::to_check)
    if (auto good = check_signatures(hearing); !good) return good;
  if (auto authority = check_authority(hearing); !authority) return authority;
  return earlier(check_rules(hearing), check_values(event, now));
}

}  // namespace tallinn
