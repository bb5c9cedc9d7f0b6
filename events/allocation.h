// Allocation events: which commitment serves which need, decided at the back office.
// Pure values; shapes and meanings are docs/domain.md's, field order is events/event.fbs's.
#pragma once

#include "events/parts.h"

namespace tallinn {

struct AllocationProposed {
  Name allocation;
  Name commitment;
  Name need;
  LineNumber line;
  std::optional<Quantity> quantity;
  Money value;
  bool operator==(const AllocationProposed&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("allocation", &AllocationProposed::allocation),
                      member("commitment", &AllocationProposed::commitment),
                      member("need", &AllocationProposed::need),
                      member("line", &AllocationProposed::line),
                      member("quantity", &AllocationProposed::quantity),
                      member("value", &AllocationProposed::value)};
  }
};

struct AllocationConsented {
  Name allocation;
  Side side{};
  bool operator==(const AllocationConsented&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("allocation", &AllocationConsented::allocation),
                      member("side", &AllocationConsented::side)};
  }
};

struct AllocationReleased {
  Name allocation;
  std::optional<Money> value;
  std::string reason;
  bool operator==(const AllocationReleased&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("allocation", &AllocationReleased::allocation),
                      member("value", &AllocationReleased::value),
                      member("reason", &AllocationReleased::reason, kLong)};
  }
};

struct AllocationCancelled {
  Name allocation;
  std::optional<Money> value;
  std::string reason;
  bool operator==(const AllocationCancelled&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("allocation", &AllocationCancelled::allocation),
                      member("value", &AllocationCancelled::value),
                      member("reason", &AllocationCancelled::reason, kLong)};
  }
};

}  // namespace tallinn
