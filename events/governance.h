// Governance events: parties, keys, logs, rates. Signed by the charter's quorum but for ExchangeRateRecorded.
// Pure values; shapes and meanings are docs/domain.md's, field order is events/event.fbs's.
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
    return std::tuple{field("party", &PartyAdmitted::party), field("kind", &PartyAdmitted::kind),
                      field("name", &PartyAdmitted::name),
                      field("country", &PartyAdmitted::country),
                      field("identifiers", &PartyAdmitted::identifiers, kMayBeEmpty)};
  }
};

struct PartyWithdrawn {
  PartyId party;
  std::string reason;
  bool operator==(const PartyWithdrawn&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("party", &PartyWithdrawn::party),
                      field("reason", &PartyWithdrawn::reason, kLong)};
  }
};

struct KeyEnrolled {
  PartyId party;
  PublicKey key;
  std::vector<Role> roles;
  bool operator==(const KeyEnrolled&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("party", &KeyEnrolled::party), field("key", &KeyEnrolled::key),
                      field("roles", &KeyEnrolled::roles)};
  }
};

struct KeyRevoked {
  PublicKey key;
  std::string reason;
  std::optional<When> compromised_since;
  bool operator==(const KeyRevoked&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("key", &KeyRevoked::key),
                      field("reason", &KeyRevoked::reason, kLong),
                      field("compromised_since", &KeyRevoked::compromised_since)};
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
    return std::tuple{field("office", &LogSealed::office), field("epoch", &LogSealed::epoch),
                      field("size", &LogSealed::size), field("root", &LogSealed::root),
                      field("reason", &LogSealed::reason, kLong)};
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
    return std::tuple{field("office", &LogOpened::office), field("role", &LogOpened::role),
                      field("epoch", &LogOpened::epoch), field("log", &LogOpened::log),
                      field("witness", &LogOpened::witness), field("state", &LogOpened::state),
                      field("transport", &LogOpened::transport),
                      field("previous", &LogOpened::previous),
                      field("after", &LogOpened::after)};
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
    return std::tuple{field("base", &ExchangeRateRecorded::base),
                      field("quote", &ExchangeRateRecorded::quote),
                      field("rate", &ExchangeRateRecorded::rate),
                      field("date", &ExchangeRateRecorded::date),
                      field("source", &ExchangeRateRecorded::source)};
  }
};

}  // namespace tallinn
