// Shares: a value divided over quantities by largest remainder, so that the parts sum to the whole
// to the minor unit. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "projections/aggregate_records.h"

namespace tallinn {

/// `quantities` are not negative. Each part is value * quantity / total, rounded down; what is left
/// goes, one minor unit each, to the largest remainders, the earlier first. All zero when the total
/// is.
std::vector<std::int64_t> shares(std::int64_t value, const std::vector<std::int64_t>& quantities);

/// Where the units of one dispatched line are; they sum to what was dispatched. Quantities beyond
/// what came before are cut off (an exception says so). Losses and returns are first what is
/// missing in transit, then what was held.
struct Whereabouts {
  std::int64_t in_service = 0;
  std::int64_t not_in_service = 0;
  std::int64_t lost_accepted = 0;  ///< after acceptance
  std::int64_t returned_accepted = 0;
  std::int64_t awaiting_acceptance = 0;
  std::int64_t rejected = 0;
  std::int64_t lost_received = 0;  ///< between receipt and acceptance
  std::int64_t returned_received = 0;
  std::int64_t in_transit = 0;
  std::int64_t lost_in_transit = 0;
  std::int64_t returned_in_transit = 0;
};
Whereabouts whereabouts(const ConsignmentLine& line);
/// The same in value: each part its share of the line's.
Whereabouts valued(const Whereabouts& quantities, std::int64_t value);

inline std::int64_t accepted_of(const Whereabouts& w) {
  return w.in_service + w.not_in_service + w.lost_accepted + w.returned_accepted;
}
inline std::int64_t received_of(const Whereabouts& w) {
  return accepted_of(w) + w.awaiting_acceptance + w.rejected + w.lost_received +
         w.returned_received;
}

}  // namespace tallinn
