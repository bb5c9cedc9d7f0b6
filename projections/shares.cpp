#include "projections/shares.h"

#include <algorithm>
#include <numeric>

#include "events/assert.h"

namespace tallinn {
namespace {

__extension__ typedef __int128 Wide;

std::int64_t cut(std::int64_t wanted, std::int64_t left) {
  return std::clamp<std::int64_t>(wanted, 0, left);
}

}  // namespace

std::vector<std::int64_t> shares(std::int64_t value, const std::vector<std::int64_t>& quantities) {
  Wide total = 0;
  for (std::int64_t quantity : quantities) total += quantity;
  std::vector<std::int64_t> parts(quantities.size(), 0);
  if (total == 0) return parts;
  std::vector<std::int64_t> remainders(quantities.size(), 0);
  std::int64_t left = value;
  for (std::size_t i = 0; i < quantities.size(); ++i) {
    const Wide product = Wide{value} * quantities[i];
    parts[i] = static_cast<std::int64_t>(product / total);
    remainders[i] = static_cast<std::int64_t>(product % total);
    left -= parts[i];
  }
  std::vector<std::size_t> order(quantities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>{}, [&](std::size_t i) { return remainders[i]; });
  TALLINN_ASSERT(left >= 0 && static_cast<std::size_t>(left) <= order.size());
  for (std::size_t i = 0; i < static_cast<std::size_t>(left); ++i) ++parts[order[i]];
  return parts;
}

Whereabouts whereabouts(const ConsignmentLine& line) {
  Whereabouts out;
  const std::int64_t received = cut(line.received, line.dispatched);
  std::int64_t left = line.dispatched - received;
  left -= out.lost_in_transit = cut(line.lost_in_transit, left);
  left -= out.returned_in_transit = cut(line.returned_in_transit, left);
  out.in_transit = left;

  const std::int64_t accepted = cut(line.accepted, received);
  left = received - accepted;
  left -= out.rejected = cut(line.rejected, left);
  const std::int64_t lost = line.lost + (line.lost_in_transit - out.lost_in_transit);
  // What was rejected is usually what is sent back: it stays named rejected.
  const std::int64_t returned =
      line.returned + (line.returned_in_transit - out.returned_in_transit) - out.rejected;
  left -= out.lost_received = cut(lost, left);
  left -= out.returned_received = cut(returned, left);
  out.awaiting_acceptance = left;

  out.in_service = cut(line.in_service, accepted);
  left = accepted - out.in_service;
  left -= out.lost_accepted = cut(lost - out.lost_received, left);
  left -= out.returned_accepted = cut(returned - out.returned_received, left);
  out.not_in_service = left;
  return out;
}

Whereabouts valued(const Whereabouts& q, std::int64_t value) {
  const auto parts =
      shares(value, {q.in_service, q.not_in_service, q.lost_accepted, q.returned_accepted,
                     q.awaiting_acceptance, q.rejected, q.lost_received, q.returned_received,
                     q.in_transit, q.lost_in_transit, q.returned_in_transit});
  return {parts[0], parts[1], parts[2], parts[3], parts[4], parts[5],
          parts[6], parts[7], parts[8], parts[9], parts[10]};
}

}  // namespace tallinn
