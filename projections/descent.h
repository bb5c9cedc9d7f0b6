// Descent: everything that descends from a party's pledges and commitments, read level by level, so
// that all records of a level are asked for at once. Pure. Memory: all of it.
#pragma once

#include <variant>

#include "projections/movements.h"

namespace tallinn {

template <class R>
struct RecordBelow;
template <>
struct RecordBelow<PledgeRecord> {
  using type = CommitmentRecord;
};
template <>
struct RecordBelow<CommitmentRecord> {
  using type = AllocationRecord;
};
template <>
struct RecordBelow<AllocationRecord> {
  using type = ConsignmentRecord;
};

/// An aggregate and what descends from it, in the order of its movements.
template <class R>
struct Descendant {
  std::string name;
  /// Nothing: not known yet; then nothing below is read. Of an allocation only the sums of its
  /// movements, from these: they are read anyway.
  std::optional<R> record;
  std::vector<PlacedMovement> movements;  ///< unless left out
  std::vector<Descendant<typename RecordBelow<R>::type>> below;
};
template <>
struct Descendant<ConsignmentRecord> {
  std::string name;
  std::optional<ConsignmentRecord> record;
  std::vector<PlacedMovement> movements;
};

/// Pledges, and commitments without one, in the order in which they came.
using Descent = std::vector<std::variant<Descendant<PledgeRecord>, Descendant<CommitmentRecord>>>;

/// left_out: only what is below is taken from them, and of allocations their sums.
enum class Movements : std::uint8_t { read, left_out };

/// Cost: for each level one read of many records, and one of many ranges.
Descent read_descent(ViewReader& views, const PartyId& party, Movements movements);

}  // namespace tallinn
