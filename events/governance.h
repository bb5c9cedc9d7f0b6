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
  template <class Self = PartyAdmitted>
  static constexpr auto fields() {
    return std::tuple{member("party", &Self::party), member("kind", &Self::kind),
                      member("name", &Self::name), member("country", &Self::country),
                      member("identifiers", &Self::identifiers, kMayBeEmpty)};
  }
};

struct PartyWithdrawn {
  PartyId party;
  std::string reason;
  bool operator==(const PartyWithdrawn&) const = default;
  template <class Self = PartyWithdrawn>
  static constexpr auto fields() {
    return std::tuple{member("party", &Self::party), member("reason", &Self::reason, kLong)};
  }
};

struct KeyEnrolled {
  PartyId party;
  PublicKey key;
  std::vector<Role> roles;
  bool operator==(const KeyEnrolled&) const = default;
  template <class Self = KeyEnrolled>
  static constexpr auto fields() {
    return std::tuple{member("party", &Self::party), member("key", &Self::key),
                      member("roles", &Self::roles)};
  }
};

struct KeyRevoked {
  PublicKey key;
  std::string reason;
  std::optional<When> compromised_since;
  bool operator==(const KeyRevoked&) const = default;
  template <class Self = KeyRevoked>
  static constexpr auto fields() {
    return std::tuple{member("key", &Self::key), member("reason", &Self::reason, kLong),
                      member("compromised_since", &Self::compromised_since)};
  }
};

struct LogSealed {
  std::string office;
  Epoch epoch;
  LogSize size;
  Digest root;
  std::string reason;
  bool operator==(const LogSealed&) const = default;
  template <class Self = LogSealed>
  static constexpr auto fields() {
    return std::tuple{member("office", &Self::office), member("epoch", &Self::epoch),
                      member("size", &Self::size), member("root", &Self::root),
                      member("reason", &Self::reason, kLong)};
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
  template <class Self = LogOpened>
  static constexpr auto fields() {
    return std::tuple{member("office", &Self::office),       member("role", &Self::role),
                      member("epoch", &Self::epoch),         member("log", &Self::log),
                      member("witness", &Self::witness),     member("state", &Self::state),
                      member("transport", &Self::transport), member("previous", &Self::previous),
                      member("after", &Self::after)};
  }
};

struct ExchangeRateRecorded {
  Currency base;
  Currency quote;
  DecimalRate rate;
  Day date;
  std::string source;
  bool operator==(const ExchangeRateRecorded&) const = default;
  template <class Self = ExchangeRateRecorded>
  static constexpr auto fields() {
    return std::tuple{member("base", &Self::base), member("quote", &Self::quote),
                      member("rate", &Self::rate), member("date", &Self::date),
                      member("source", &Self::source)};
  }
};

}  // namespace tallinn
