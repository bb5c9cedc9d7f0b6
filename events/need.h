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
    return std::tuple{field("need", &NeedRegistered::need),
                      field("title", &NeedRegistered::title),
                      field("kind", &NeedRegistered::kind),
                      field("sector", &NeedRegistered::sector),
                      field("lines", &NeedRegistered::lines),
                      field("recipient", &NeedRegistered::recipient),
                      field("needed_by", &NeedRegistered::needed_by),
                      field("urgency", &NeedRegistered::urgency)};
  }
};

struct NeedRevised {
  Name need;
  std::vector<NeedLine> lines;
  std::string reason;
  bool operator==(const NeedRevised&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("need", &NeedRevised::need), field("lines", &NeedRevised::lines),
                      field("reason", &NeedRevised::reason, kLong)};
  }
};

struct NeedEndorsed {
  Name need;
  Priority priority;
  bool operator==(const NeedEndorsed&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("need", &NeedEndorsed::need),
                      field("priority", &NeedEndorsed::priority)};
  }
};

struct NeedRejected {
  Name need;
  std::string reason;
  bool operator==(const NeedRejected&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("need", &NeedRejected::need),
                      field("reason", &NeedRejected::reason, kLong)};
  }
};

struct NeedWithdrawn {
  Name need;
  std::string reason;
  bool operator==(const NeedWithdrawn&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("need", &NeedWithdrawn::need),
                      field("reason", &NeedWithdrawn::reason, kLong)};
  }
};

struct NeedClosed {
  Name need;
  NeedOutcome outcome{};
  std::optional<std::string> reason;
  bool operator==(const NeedClosed&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("need", &NeedClosed::need), field("outcome", &NeedClosed::outcome),
                      field("reason", &NeedClosed::reason, kLong)};
  }
};

}  // namespace tallinn
