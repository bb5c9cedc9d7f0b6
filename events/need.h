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
  static constexpr auto fields() {
    return std::tuple{member("need", &NeedRegistered::need),
                      member("title", &NeedRegistered::title),
                      member("kind", &NeedRegistered::kind),
                      member("sector", &NeedRegistered::sector),
                      member("lines", &NeedRegistered::lines),
                      member("recipient", &NeedRegistered::recipient),
                      member("needed_by", &NeedRegistered::needed_by),
                      member("urgency", &NeedRegistered::urgency)};
  }
};

struct NeedRevised {
  Name need;
  std::vector<NeedLine> lines;
  std::string reason;
  bool operator==(const NeedRevised&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("need", &NeedRevised::need), member("lines", &NeedRevised::lines),
                      member("reason", &NeedRevised::reason, kLong)};
  }
};

struct NeedEndorsed {
  Name need;
  Priority priority;
  bool operator==(const NeedEndorsed&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("need", &NeedEndorsed::need),
                      member("priority", &NeedEndorsed::priority)};
  }
};

struct NeedRejected {
  Name need;
  std::string reason;
  bool operator==(const NeedRejected&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("need", &NeedRejected::need),
                      member("reason", &NeedRejected::reason, kLong)};
  }
};

struct NeedWithdrawn {
  Name need;
  std::string reason;
  bool operator==(const NeedWithdrawn&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("need", &NeedWithdrawn::need),
                      member("reason", &NeedWithdrawn::reason, kLong)};
  }
};

struct NeedClosed {
  Name need;
  NeedOutcome outcome{};
  std::optional<std::string> reason;
  bool operator==(const NeedClosed&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("need", &NeedClosed::need), member("outcome", &NeedClosed::outcome),
                      member("reason", &NeedClosed::reason, kLong)};
  }
};

}  // namespace tallinn
