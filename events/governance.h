// Governance events: parties, keys, logs, rates. Signed by the charter's quorum but for
// ExchangeRateRecorded. Pure values; shapes and meanings are docs/domain.md's, field order is
// events/event.fbs's.
#pragma once

#include "events/parts.h"

namespace tallinn {

struct PartyAdmitted {
  PartyId party;
  PartyKind kind{};
  Bilingual name;
  std::optional<std::string> country;
  std::vector<std::string> identifiers;
  bool operator==(const PartyAdmitted&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("party", &PartyAdmitted::party), member("kind", &PartyAdmitted::kind),
                      member("name", &PartyAdmitted::name),
                      member("country", &PartyAdmitted::country),
                      member("identifiers", &PartyAdmitted::identifiers, kMayBeEmpty)};
  }
};

struct PartyWithdrawn {
  PartyId party;
  std::string reason;
  bool operator==(const PartyWithdrawn&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("party", &PartyWithdrawn::party),
                      member("reason", &PartyWithdrawn::reason, kLong)};
  }
};

struct KeyEnrolled {
  PartyId party;
  PublicKey key;
  std::vector<Role> roles;
  bool operator==(const KeyEnrolled&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("party", &KeyEnrolled::party), member("key", &KeyEnrolled::key),
                      member("roles", &KeyEnrolled::roles)};
  }
};

struct KeyRevoked {
  PublicKey key;
  std::string reason;
  std::optional<When> compromised_since;
  bool operator==(const KeyRevoked&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("key", &KeyRevoked::key), member("reason", &KeyRevoked::reason, kLong),
                      member("compromised_since", &KeyRevoked::compromised_since)};
  }
};

struct LogSealed {
  std::string office;
  Epoch epoch;
  LogSize size;
  Digest root;
  std::string reason;
  bool operator==(const LogSealed&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("office", &LogSealed::office), member("epoch", &LogSealed::epoch),
                      member("size", &LogSealed::size), member("root", &LogSealed::root),
                      member("reason", &LogSealed::reason, kLong)};
  }
};

struct LogOpened {
  std::string office;
  OfficeRole role{};
  Epoch epoch;
  PublicKey log;
  PublicKey witness;
  PublicKey state;
  PublicKey transport;
  std::optional<LogPrefix> previous;
  Lamport after;
  bool operator==(const LogOpened&) const = default;
  static constexpr auto fields() {
    return std::tuple{
        member("office", &LogOpened::office),       member("role", &LogOpened::role),
        member("epoch", &LogOpened::epoch),         member("log", &LogOpened::log),
        member("witness", &LogOpened::witness),     member("state", &LogOpened::state),
        member("transport", &LogOpened::transport), member("previous", &LogOpened::previous),
        member("after", &LogOpened::after)};
  }
};

struct ExchangeRateRecorded {
  Currency base;
  Currency quote;
  DecimalRate rate;
  Day date;
  std::string source;
  bool operator==(const ExchangeRateRecorded&) const = default;
  static constexpr auto fields() {
    return std::tuple{
        member("base", &ExchangeRateRecorded::base), member("quote", &ExchangeRateRecorded::quote),
        member("rate", &ExchangeRateRecorded::rate), member("date", &ExchangeRateRecorded::date),
        member("source", &ExchangeRateRecorded::source)};
  }
};

}  // namespace tallinn
