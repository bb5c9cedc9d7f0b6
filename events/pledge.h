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
  template <class Self = PledgeAnnounced>
  static constexpr auto fields() {
    return std::tuple{member("pledge", &Self::pledge),
                      member("donor", &Self::donor),
                      member("year", &Self::year),
                      member("value", &Self::value),
                      member("purpose", &Self::purpose, kLong),
                      member("source", &Self::source),
                      member("expires", &Self::expires)};
  }
};

struct PledgeAmended {
  Name pledge;
  Money change;
  std::string reason;
  bool operator==(const PledgeAmended&) const = default;
  template <class Self = PledgeAmended>
  static constexpr auto fields() {
    return std::tuple{member("pledge", &Self::pledge), member("change", &Self::change, kChange),
                      member("reason", &Self::reason, kLong)};
  }
};

struct PledgeWithdrawn {
  Name pledge;
  std::string reason;
  bool operator==(const PledgeWithdrawn&) const = default;
  template <class Self = PledgeWithdrawn>
  static constexpr auto fields() {
    return std::tuple{member("pledge", &Self::pledge), member("reason", &Self::reason, kLong)};
  }
};

struct PledgeLapsed {
  Name pledge;
  std::string reason;
  bool operator==(const PledgeLapsed&) const = default;
  template <class Self = PledgeLapsed>
  static constexpr auto fields() {
    return std::tuple{member("pledge", &Self::pledge), member("reason", &Self::reason, kLong)};
  }
};

}  // namespace tallinn
