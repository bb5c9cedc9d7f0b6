// Pledge events: what a donor says it will give, decided at the back office.
// Pure values; shapes and meanings are docs/domain.md's, field order is events/event.fbs's.
#pragma once

#include "events/parts.h"

namespace tallinn {

struct PledgeAnnounced {
  Name pledge;
  PartyId donor;
  Year year;
  Money value;
  std::string purpose;
  Source source;
  std::optional<Day> expires;
  bool operator==(const PledgeAnnounced&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("pledge", &PledgeAnnounced::pledge),
                      member("donor", &PledgeAnnounced::donor),
                      member("year", &PledgeAnnounced::year),
                      member("value", &PledgeAnnounced::value),
                      member("purpose", &PledgeAnnounced::purpose, kLong),
                      member("source", &PledgeAnnounced::source),
                      member("expires", &PledgeAnnounced::expires)};
  }
};

struct PledgeAmended {
  Name pledge;
  Money change;
  std::string reason;
  bool operator==(const PledgeAmended&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("pledge", &PledgeAmended::pledge),
                      member("change", &PledgeAmended::change, kChange),
                      member("reason", &PledgeAmended::reason, kLong)};
  }
};

struct PledgeWithdrawn {
  Name pledge;
  std::string reason;
  bool operator==(const PledgeWithdrawn&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("pledge", &PledgeWithdrawn::pledge),
                      member("reason", &PledgeWithdrawn::reason, kLong)};
  }
};

struct PledgeLapsed {
  Name pledge;
  std::string reason;
  bool operator==(const PledgeLapsed&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("pledge", &PledgeLapsed::pledge),
                      member("reason", &PledgeLapsed::reason, kLong)};
  }
};

}  // namespace tallinn
