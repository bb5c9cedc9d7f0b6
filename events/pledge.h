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
    return std::tuple{field("pledge", &PledgeAnnounced::pledge),
                      field("donor", &PledgeAnnounced::donor),
                      field("year", &PledgeAnnounced::year),
                      field("value", &PledgeAnnounced::value),
                      field("purpose", &PledgeAnnounced::purpose, kLong),
                      field("source", &PledgeAnnounced::source),
                      field("expires", &PledgeAnnounced::expires)};
  }
};

struct PledgeAmended {
  Name pledge;
  Money change;
  std::string reason;
  bool operator==(const PledgeAmended&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("pledge", &PledgeAmended::pledge),
                      field("change", &PledgeAmended::change, kChange),
                      field("reason", &PledgeAmended::reason, kLong)};
  }
};

struct PledgeWithdrawn {
  Name pledge;
  std::string reason;
  bool operator==(const PledgeWithdrawn&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("pledge", &PledgeWithdrawn::pledge),
                      field("reason", &PledgeWithdrawn::reason, kLong)};
  }
};

struct PledgeLapsed {
  Name pledge;
  std::string reason;
  bool operator==(const PledgeLapsed&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("pledge", &PledgeLapsed::pledge),
                      field("reason", &PledgeLapsed::reason, kLong)};
  }
};

}  // namespace tallinn
