// Need events: what Ukraine asks for, decided at the front office.
// Pure values; shapes and meanings are docs/domain.md's, field order is events/event.fbs's.
#pragma once

#include "events/parts.h"

namespace tallinn {

struct NeedRegistered {
  Name need;
  Bilingual title;
  NeedKind kind{};
  Sector sector{};
  std::vector<NeedLine> lines;
  PartyId recipient;
  std::optional<Day> needed_by;
  Urgency urgency{};
  bool operator==(const NeedRegistered&) const = default;
  template <class Self = NeedRegistered>
  static constexpr auto fields() {
    return std::tuple{member("need", &Self::need),           member("title", &Self::title),
                      member("kind", &Self::kind),           member("sector", &Self::sector),
                      member("lines", &Self::lines),         member("recipient", &Self::recipient),
                      member("needed_by", &Self::needed_by), member("urgency", &Self::urgency)};
  }
};

struct NeedRevised {
  Name need;
  std::vector<NeedLine> lines;
  std::string reason;
  bool operator==(const NeedRevised&) const = default;
  template <class Self = NeedRevised>
  static constexpr auto fields() {
    return std::tuple{member("need", &Self::need), member("lines", &Self::lines),
                      member("reason", &Self::reason, kLong)};
  }
};

struct NeedEndorsed {
  Name need;
  Priority priority;
  bool operator==(const NeedEndorsed&) const = default;
  template <class Self = NeedEndorsed>
  static constexpr auto fields() {
    return std::tuple{member("need", &Self::need), member("priority", &Self::priority)};
  }
};

struct NeedRejected {
  Name need;
  std::string reason;
  bool operator==(const NeedRejected&) const = default;
  template <class Self = NeedRejected>
  static constexpr auto fields() {
    return std::tuple{member("need", &Self::need), member("reason", &Self::reason, kLong)};
  }
};

struct NeedWithdrawn {
  Name need;
  std::string reason;
  bool operator==(const NeedWithdrawn&) const = default;
  template <class Self = NeedWithdrawn>
  static constexpr auto fields() {
    return std::tuple{member("need", &Self::need), member("reason", &Self::reason, kLong)};
  }
};

struct NeedClosed {
  Name need;
  NeedOutcome outcome{};
  std::optional<std::string> reason;
  bool operator==(const NeedClosed&) const = default;
  template <class Self = NeedClosed>
  static constexpr auto fields() {
    return std::tuple{member("need", &Self::need), member("outcome", &Self::outcome),
                      member("reason", &Self::reason, kLong)};
  }
};

}  // namespace tallinn
