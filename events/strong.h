// Strong types for every number or name with a meaning, so that an index is never passed as a size.
// Pure; all values copy. Explicit in, `.value()` out.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

namespace tallinn {

template <class Tag, class Rep>
class Strong {
 public:
  using rep = Rep;
  constexpr Strong() = default;
  constexpr explicit Strong(Rep value) : value_(std::move(value)) {}
  constexpr const Rep& value() const { return value_; }
  auto operator<=>(const Strong&) const = default;
  bool operator==(const Strong&) const = default;

 private:
  Rep value_{};
};

using LogIndex =
    Strong<struct LogIndexTag, std::uint64_t>;             ///< 0-based place of an entry in its log
using LogSize = Strong<struct LogSizeTag, std::uint64_t>;  ///< count of entries of a log's prefix
using Lamport =
    Strong<struct LamportTag, std::uint64_t>;          ///< exact Lamport time, first entry has 1
using Epoch = Strong<struct EpochTag, std::uint32_t>;  ///< 1-based life of an office's log
using OfficeNumber =
    Strong<struct OfficeNumberTag, std::uint16_t>;  ///< 0-based order of the charter's office lines
using UnixMillis =
    Strong<struct UnixMillisTag, std::int64_t>;  ///< milliseconds since 1970-01-01T00:00Z
using AmountMinor =
    Strong<struct AmountMinorTag, std::int64_t>;  ///< minor units of a currency (cents for EUR)
using Quantity = Strong<struct QuantityTag, std::int64_t>;  ///< whole count of a line's unit

using PartyId = Strong<struct PartyIdTag, std::string>;  ///< 2 to 32 of A-Z 0-9 -, first a letter
using Name = Strong<struct NameTag, std::string>;        ///< 1 to 64 of A-Z a-z 0-9 . _ -, first
                                                         ///< alphanumeric: a need, pledge...

/// One office's log of one epoch.
struct LogId {
  OfficeNumber office;
  Epoch epoch;
  auto operator<=>(const LogId&) const = default;
};

/// An entry's place: which log, and where in it.
struct Place {
  LogId log;
  LogIndex index;
  auto operator<=>(const Place&) const = default;
};

/// An entry's place in the one total order (docs/architecture.md): by Lamport time, then office,
/// epoch, index.
struct Position {
  Lamport lamport;
  Place place;
  auto operator<=>(const Position&) const = default;
};

}  // namespace tallinn
