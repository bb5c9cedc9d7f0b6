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
  template <class Self = AllocationProposed>
  static constexpr auto fields() {
    return std::tuple{member("allocation", &Self::allocation),
                      member("commitment", &Self::commitment),
                      member("need", &Self::need),
                      member("line", &Self::line),
                      member("quantity", &Self::quantity),
                      member("value", &Self::value)};
  }
};

struct AllocationConsented {
  Name allocation;
  Side side{};
  bool operator==(const AllocationConsented&) const = default;
  template <class Self = AllocationConsented>
  static constexpr auto fields() {
    return std::tuple{member("allocation", &Self::allocation), member("side", &Self::side)};
  }
};

struct AllocationReleased {
  Name allocation;
  std::optional<Money> value;
  std::string reason;
  bool operator==(const AllocationReleased&) const = default;
  template <class Self = AllocationReleased>
  static constexpr auto fields() {
    return std::tuple{member("allocation", &Self::allocation), member("value", &Self::value),
                      member("reason", &Self::reason, kLong)};
  }
};

struct AllocationCancelled {
  Name allocation;
  std::optional<Money> value;
  std::string reason;
  bool operator==(const AllocationCancelled&) const = default;
  template <class Self = AllocationCancelled>
  static constexpr auto fields() {
    return std::tuple{member("allocation", &Self::allocation), member("value", &Self::value),
                      member("reason", &Self::reason, kLong)};
  }
};

}  // namespace tallinn
