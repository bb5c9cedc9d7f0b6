// The closed lists of the domain and their spellings (docs/domain.md). Values start at 1: 0 means
// "not said". Pure. Append only: numbers stand in signed bytes for ever.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tallinn {

enum class PartyKind : std::uint8_t {
  donor = 1,
  recipient,
  office,
  observer,
  implementer,
  auditor,
  partner
};
enum class Role : std::uint8_t {
  govern = 1,
  need,
  pledge,
  allocate,
  deliver,
  accept,
  monitor,
  audit
};
enum class OfficeRole : std::uint8_t { front = 1, back };
enum class NeedKind : std::uint8_t {
  hardware = 1,
  software,
  licence,
  training,
  service,
  connectivity,
  incident_response,
  assessment,
  other
};
enum class Sector : std::uint8_t {
  energy = 1,
  transport,
  finance,
  health,
  water,
  digital_infrastructure,
  government,
  space,
  other
};
enum class Urgency : std::uint8_t { low = 1, medium, high, critical };
enum class NeedOutcome : std::uint8_t { met = 1, partially_met, not_met };
enum class Mode : std::uint8_t { cash = 1, in_kind };
enum class Side : std::uint8_t { donor = 1, recipient };
enum class Unit : std::uint8_t { C62 = 1, H87, SET, IE, HUR, DAY, MON, LS };
enum class Condition : std::uint8_t { good = 1, damaged, incomplete };
enum class CheckMethod : std::uint8_t { self_report = 1, remote, third_party, on_site };
enum class ValuationBasis : std::uint8_t { invoice = 1, declared, market, replacement, net_book };
enum class ErrorReason : std::uint8_t {
  did_not_occur = 1,
  incorrect_data,
  duplicate,
  wrong_party,
  unauthorised
};
enum class Severity : std::uint8_t { low = 1, medium, high };
enum class Tlp : std::uint8_t { green = 1, amber, amber_strict, red };
enum class Rung : std::uint8_t {
  pledged = 1,
  committed,
  disbursed,
  allocated,
  dispatched,
  received,
  accepted,
  in_service
};

/// The spellings of E, in order of its values from 1.
template <class E>
struct Spelling;

#define TALLINN_SPELLING(Enum, ...)                                                \
  template <>                                                                      \
  struct Spelling<Enum> {                                                          \
    static constexpr auto kNames = std::to_array<std::string_view>({__VA_ARGS__}); \
  }

TALLINN_SPELLING(PartyKind, "donor", "recipient", "office", "observer", "implementer", "auditor",
                 "partner");
TALLINN_SPELLING(Role, "govern", "need", "pledge", "allocate", "deliver", "accept", "monitor",
                 "audit");
TALLINN_SPELLING(OfficeRole, "front", "back");
TALLINN_SPELLING(NeedKind, "hardware", "software", "licence", "training", "service", "connectivity",
                 "incident_response", "assessment", "other");
TALLINN_SPELLING(Sector, "energy", "transport", "finance", "health", "water",
                 "digital_infrastructure", "government", "space", "other");
TALLINN_SPELLING(Urgency, "low", "medium", "high", "critical");
TALLINN_SPELLING(NeedOutcome, "met", "partially_met", "not_met");
TALLINN_SPELLING(Mode, "cash", "in_kind");
TALLINN_SPELLING(Side, "donor", "recipient");
TALLINN_SPELLING(Unit, "C62", "H87", "SET", "IE", "HUR", "DAY", "MON", "LS");
TALLINN_SPELLING(Condition, "good", "damaged", "incomplete");
TALLINN_SPELLING(CheckMethod, "self_report", "remote", "third_party", "on_site");
TALLINN_SPELLING(ValuationBasis, "invoice", "declared", "market", "replacement", "net_book");
TALLINN_SPELLING(ErrorReason, "did_not_occur", "incorrect_data", "duplicate", "wrong_party",
                 "unauthorised");
TALLINN_SPELLING(Severity, "low", "medium", "high");
TALLINN_SPELLING(Tlp, "GREEN", "AMBER", "AMBER+STRICT", "RED");
TALLINN_SPELLING(Rung, "pledged", "committed", "disbursed", "allocated", "dispatched", "received",
                 "accepted", "in_service");
#undef TALLINN_SPELLING

template <class E>
concept Spelled = requires { Spelling<E>::kNames; };

template <Spelled E>
constexpr bool known(E value) {
  const auto number = static_cast<std::size_t>(value);
  return number >= 1 && number <= Spelling<E>::kNames.size();
}

/// "?" for a value that is not in the list.
template <Spelled E>
constexpr std::string_view spell(E value) {
  return known(value) ? Spelling<E>::kNames[static_cast<std::size_t>(value) - 1] : "?";
}

template <Spelled E>
constexpr std::optional<E> unspell(std::string_view text) {
  for (std::size_t i = 0; i < Spelling<E>::kNames.size(); ++i)
    if (Spelling<E>::kNames[i] == text) return static_cast<E>(i + 1);
  return std::nullopt;
}

}  // namespace tallinn
