// Conservation: what went in equals what is where, to the unit and the minor unit (docs/domain.md,
// sections 5 and 6). Pure. Each equation stands here once. The fold asserts them of the records
// that an event touched: one that does not hold is our own mistake, never input. Facts may run
// ahead of what came before them; then the excess is named, by an exception that the record's
// `open` remembers, and that it is named belongs to the equations.
//   pledge:       pledged = committed + uncommitted (or withdrawn, lapsed), none negative
//                 committed = the sum of its commitments
//   commitment:   committed = drawn + unallocated, none negative
//                 drawn = the sum of its allocations (value - released; cancelled: 0)
//                 disbursed - refunded <= committed, or disbursed_exceeds_committed
//                 received <= disbursed, refunded <= disbursed, or exceeds_balance
//   allocation:   value = released + what is left, none negative
//                 dispatched = the sum of its consignments' lines
//                 dispatched <= what is left (until both sides have consented: nothing), in value
//                 and in quantity, or dispatched_exceeds_allocated
//   need's line:  allocated = the sum of what its allocations cover
//                 allocated <= asked for, or over_allocated_need
//   consignment's line: dispatched = in transit + received + lost + returned (shares.h); in value
//                 the same, by largest remainder
//                 received, lost and returned on the way <= dispatched, accepted and rejected <=
//                 received, or the exception of that name; in service <= accepted, lost and
//                 returned after receipt <= received, or exceeds_balance
//   ladder's row: docs/domain.md, section 6, and ladder.h
#pragma once

#include "projections/aggregate_records.h"

namespace tallinn {

class Records;
class ViewReader;
struct LadderRow;

/// The most that a pledge or commitment may hold: far from where sums stop (hearing.h), so that
/// what is drawn on it is exact.
inline constexpr std::int64_t kMaxBalanceMinor = 1'000'000'000'000'000'000;

/// The name of the record above, as one below says it; empty: none.
std::string_view above(const CommitmentRecord& commitment);
std::string_view above(const AllocationRecord& allocation);
std::string_view above(const ConsignmentRecord& consignment);

/// Sums stop there, and say nothing any more.
bool at_the_end(std::int64_t figure);

/// What a record says that its neighbours must say too.
struct Balance {
  std::int64_t has = 0;    ///< may be drawn on it
  std::int64_t draws = 0;  ///< it takes of the record above it
  std::int64_t drawn = 0;  ///< the records below take of it
  bool operator==(const Balance&) const = default;
};
Balance balance_of(const PledgeRecord& pledge);
Balance balance_of(const CommitmentRecord& commitment);
Balance balance_of(const AllocationRecord& allocation);
Balance balance_of(const ConsignmentRecord& consignment);

/// Bits of `open`: which excess is named.
inline constexpr std::uint8_t kOverAllocated = 1;   ///< of a need
inline constexpr std::uint8_t kOverDisbursed = 1;   ///< of a commitment
inline constexpr std::uint8_t kOverDispatched = 1;  ///< of an allocation
inline constexpr std::uint8_t kOverReceived = 2;    ///< of a consignment
inline constexpr std::uint8_t kOverAccepted = 4;    ///< of a consignment
inline constexpr std::uint8_t kOverHeld = 32;       ///< of a consignment
inline constexpr std::uint8_t kOverPaid = 2;        ///< of a commitment
bool over_allocated(const NeedLineRecord& line);
bool over_disbursed(const CommitmentRecord& commitment);
/// More was received or refunded than was disbursed.
bool over_paid(const CommitmentRecord& commitment);
bool over_dispatched(const AllocationRecord& allocation);
/// What an allocation covers of its need's line: all of its quantity; of one that gave value back,
/// the share of what is left, what was dispatched where that is more, and only that once nothing
/// more is to come. Nothing of one that is cancelled or that was declared wrong.
std::int64_t covered_by(const AllocationRecord& allocation);
/// Received, or lost or returned on the way.
std::int64_t arrived_or_gone(const ConsignmentLine& line);
bool over_received(const ConsignmentLine& line);
bool over_accepted(const ConsignmentLine& line);
/// In service without acceptance, or lost or returned without receipt.
bool over_held(const ConsignmentLine& line);

/// A sentence about the first equation that does not hold; nothing: all hold.
using Imbalance = std::optional<std::string>;
Imbalance imbalance_in(const NeedRecord& need);
Imbalance imbalance_in(const PledgeRecord& pledge);
Imbalance imbalance_in(const CommitmentRecord& commitment);
Imbalance imbalance_in(const AllocationRecord& allocation);
Imbalance imbalance_in(const ConsignmentRecord& consignment);
/// Units are where they are; in value too.
Imbalance imbalance_in(const ConsignmentLine& line);
Imbalance imbalance_in(const LadderRow& row);

/// Of one event: the records that it read and changed, each by itself and against its neighbours.
/// Cost: a few comparisons for each record.
Imbalance imbalance_of_changes(const Records& records);
/// Of all records there are. Cost: reads every need, pledge, commitment, allocation and
/// consignment.
std::vector<std::string> imbalances(ViewReader& views);

}  // namespace tallinn
