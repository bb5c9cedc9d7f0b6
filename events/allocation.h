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
    return std::tuple{field("allocation", &AllocationProposed::allocation),
                      field("commitment", &AllocationProposed::commitment),
                      field("need", &AllocationProposed::need),
                      field("line", &AllocationProposed::line),
                      field("quantity", &AllocationProposed::quantity),
                      field("value", &AllocationProposed::value)};
  }
};

struct AllocationConsented {
  Name allocation;
  Side side{};
  bool operator==(const AllocationConsented&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("allocation", &AllocationConsented::allocation),
                      field("side", &AllocationConsented::side)};
  }
};

struct AllocationReleased {
  Name allocation;
  std::optional<Money> value;
  std::string reason;
  bool operator==(const AllocationReleased&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("allocation", &AllocationReleased::allocation),
                      field("value", &AllocationReleased::value),
                      field("reason", &AllocationReleased::reason, kLong)};
  }
};

struct AllocationCancelled {
  Name allocation;
  std::optional<Money> value;
  std::string reason;
  bool operator==(const AllocationCancelled&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("allocation", &AllocationCancelled::allocation),
                      field("value", &AllocationCancelled::value),
                      field("reason", &AllocationCancelled::reason, kLong)};
  }
};

}  // namespace tallinn
