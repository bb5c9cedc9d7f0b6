#include "projections/conservation.h"

#include <algorithm>
#include <limits>

#include "projections/hearing.h"
#include "projections/ladder.h"
#include "projections/shares.h"

namespace tallinn {
namespace {

std::string sentence(std::string_view what, std::int64_t says, std::int64_t should) {
  return std::string(what) + ": " + std::to_string(says) + ", not " + std::to_string(should);
}

Imbalance negative(std::string_view what, std::initializer_list<std::int64_t> figures) {
  for (const std::int64_t figure : figures)
    if (figure < 0) return std::string(what) + ": " + std::to_string(figure);
  return std::nullopt;
}

/// An excess is named if and only if there is one.
Imbalance unnamed(std::string_view what, bool exceeds, std::uint8_t open, std::uint8_t bit) {
  if (exceeds == ((open & bit) != 0)) return std::nullopt;
  return std::string(what) + (exceeds ? ": the excess is not named" : ": an excess is named");
}

/// What an event changed in the records below equals what it changed in those above.
template <class Above, class Below>
Imbalance imbalance_between(const Records& records) {
  Imbalance found;
  records.each<Above>([&](std::string_view name, const Balance& before, const Above& now) {
    const std::int64_t drawn = balance_of(now).drawn;
    if (found || at_the_end(drawn) || at_the_end(before.drawn)) return;
    std::int64_t taken = 0;
    records.each<Below>([&](std::string_view, const Balance& was, const Below& below) {
      if (above(below) == name) taken = sum(taken, sum(balance_of(below).draws, -was.draws));
    });
    if (sum(drawn, -before.drawn) != taken)
      found = sentence("an event draws on " + std::string(Above::kPrefix).append(name),
                       sum(drawn, -before.drawn), taken);
  });
  records.each<Below>([&](std::string_view name, const Balance& was, const Below& below) {
    if (found || balance_of(below).draws == was.draws || above(below).empty()) return;
    if (!records.holds<Above>(above(below)))
      found = std::string(Below::kPrefix).append(name) + " draws on what is not touched";
  });
  return found;
}

template <class R>
Imbalance imbalance_in_any(const Records& records) {
  Imbalance found;
  records.each<R>([&](std::string_view name, const Balance&, const R& now) {
    if (found) return;
    if (auto imbalance = imbalance_in(now))
      found = std::string(R::kPrefix).append(name) + ": " + *imbalance;
  });
  return found;
}

/// Quantities alone: cheap enough for every event.
Imbalance units_imbalance(const ConsignmentLine& line) {
  if (auto found = negative("units", {line.value, line.dispatched, line.received, line.accepted,
                                      line.rejected, line.in_service, line.lost_in_transit,
                                      line.lost, line.returned_in_transit, line.returned}))
    return found;
  const Whereabouts w = whereabouts(line);
  if (auto found =
          negative("units are somewhere",
                   {w.in_service, w.not_in_service, w.lost_accepted, w.returned_accepted,
                    w.awaiting_acceptance, w.rejected, w.lost_received, w.returned_received,
                    w.in_transit, w.lost_in_transit, w.returned_in_transit}))
    return found;
  const std::int64_t all =
      received_of(w) + w.in_transit + w.lost_in_transit + w.returned_in_transit;
  if (all != line.dispatched) return sentence("units are somewhere", all, line.dispatched);
  return std::nullopt;
}

}  // namespace

std::string_view above(const CommitmentRecord& commitment) {
  return commitment.pledge ? std::string_view(commitment.pledge->value()) : std::string_view();
}
std::string_view above(const AllocationRecord& allocation) {
  return allocation.commitment.value();
}
std::string_view above(const ConsignmentRecord& consignment) {
  return consignment.allocation ? std::string_view(consignment.allocation->value())
                                : std::string_view();
}

bool at_the_end(std::int64_t figure) {
  return figure == std::numeric_limits<std::int64_t>::max();
}

Balance balance_of(const PledgeRecord& pledge) {
  return {.has = pledge.pledged, .draws = 0, .drawn = pledge.committed};
}
Balance balance_of(const CommitmentRecord& commitment) {
  return {.has = commitment.committed,
          .draws = commitment.pledge ? commitment.committed : 0,
          .drawn = commitment.drawn};
}
Balance balance_of(const AllocationRecord& allocation) {
  const std::int64_t rest = sum(allocation.value, -allocation.released);
  return {.has = rest, .draws = allocation.cancelled ? 0 : rest, .drawn = allocation.dispatched};
}
Balance balance_of(const ConsignmentRecord& consignment) {
  Balance out;
  for (const ConsignmentLine& line : consignment.lines) out.draws = sum(out.draws, line.value);
  out.has = out.draws;
  return out;
}

bool over_allocated(const NeedLineRecord& line) {
  return line.allocated_quantity > line.line.quantity.value();
}
bool over_disbursed(const CommitmentRecord& commitment) {
  return sum(commitment.disbursed, -commitment.refunded) > commitment.committed;
}
bool over_paid(const CommitmentRecord& commitment) {
  return commitment.received > commitment.disbursed || commitment.refunded > commitment.disbursed;
}
bool over_dispatched(const AllocationRecord& allocation) {
  const Balance balance = balance_of(allocation);
  const bool agreed =
      allocation.cancelled || (allocation.consented_donor && allocation.consented_recipient);
  if (!agreed) return balance.drawn > 0;
  return balance.drawn > balance.has ||
         (allocation.quantity && allocation.dispatched_quantity > allocation.quantity->value());
}
std::int64_t covered_by(const AllocationRecord& allocation) {
  if (!allocation.quantity || allocation.cancelled || allocation.value <= 0) return 0;
  const std::int64_t all = allocation.quantity->value();
  if (allocation.released == 0) return all;
  const std::int64_t sent = std::clamp<std::int64_t>(allocation.dispatched_quantity, 0, all);
  const std::int64_t left = sum(allocation.value, -allocation.released);
  if (allocation.dispatched >= left) return sent;
  __extension__ typedef __int128 Product;
  const Product given_back = Product{all} * allocation.released / allocation.value;
  return std::max(sent, all - static_cast<std::int64_t>(given_back));
}
std::int64_t arrived_or_gone(const ConsignmentLine& line) {
  return sum(line.received, sum(line.lost_in_transit, line.returned_in_transit));
}
bool over_received(const ConsignmentLine& line) {
  return arrived_or_gone(line) > line.dispatched;
}
bool over_accepted(const ConsignmentLine& line) {
  return sum(line.accepted, line.rejected) > line.received;
}
bool over_held(const ConsignmentLine& line) {
  return line.in_service > line.accepted || sum(line.lost, line.returned) > line.received;
}

Imbalance imbalance_in(const NeedRecord& need) {
  for (const NeedLineRecord& line : need.lines)
    if (auto found = negative("allocated", {line.allocated_quantity})) return found;
  return unnamed("over_allocated_need",
                 need.registered && std::ranges::any_of(need.lines, over_allocated), need.open,
                 kOverAllocated);
}

Imbalance imbalance_in(const PledgeRecord& pledge) {
  return negative("pledged, committed, uncommitted",
                  {pledge.pledged, pledge.committed, sum(pledge.pledged, -pledge.committed)});
}

Imbalance imbalance_in(const CommitmentRecord& commitment) {
  if (auto found = negative("disbursed, received, refunded",
                            {commitment.disbursed, commitment.received, commitment.refunded}))
    return found;
  if (auto found = negative(
          "committed, drawn, unallocated",
          {commitment.committed, commitment.drawn, sum(commitment.committed, -commitment.drawn)}))
    return found;
  if (auto found = unnamed("exceeds_balance", commitment.registered && over_paid(commitment),
                           commitment.open, kOverPaid))
    return found;
  return unnamed("disbursed_exceeds_committed", commitment.registered && over_disbursed(commitment),
                 commitment.open, kOverDisbursed);
}

Imbalance imbalance_in(const AllocationRecord& allocation) {
  if (auto found = negative("value, released, dispatched, left",
                            {allocation.value, allocation.released, allocation.dispatched,
                             sum(allocation.value, -allocation.released)}))
    return found;
  if (allocation.registered && allocation.covers != covered_by(allocation))
    return sentence("covers", allocation.covers, covered_by(allocation));
  return unnamed("dispatched_exceeds_allocated",
                 allocation.registered && over_dispatched(allocation), allocation.open,
                 kOverDispatched);
}

Imbalance imbalance_in(const ConsignmentRecord& consignment) {
  for (const ConsignmentLine& line : consignment.lines)
    if (auto found = units_imbalance(line)) return found;
  if (auto found =
          unnamed("received_exceeds_dispatched",
                  consignment.registered && std::ranges::any_of(consignment.lines, over_received),
                  consignment.open, kOverReceived))
    return found;
  if (auto found =
          unnamed("exceeds_balance",
                  consignment.registered && std::ranges::any_of(consignment.lines, over_held),
                  consignment.open, kOverHeld))
    return found;
  return unnamed("accepted_exceeds_received",
                 consignment.registered && std::ranges::any_of(consignment.lines, over_accepted),
                 consignment.open, kOverAccepted);
}

Imbalance imbalance_in(const ConsignmentLine& line) {
  if (auto found = units_imbalance(line)) return found;
  const Whereabouts w = valued(whereabouts(line), line.value);
  const std::int64_t all =
      received_of(w) + w.in_transit + w.lost_in_transit + w.returned_in_transit;
  if (all != line.value) return sentence("value is somewhere", all, line.value);
  return std::nullopt;
}

Imbalance imbalance_in(const LadderRow& row) {
  using enum Rung;
  using enum Loss;
  const auto closes = [](std::string_view rung, std::int64_t from,
                         std::initializer_list<std::int64_t> to) -> Imbalance {
    std::int64_t all = 0;
    for (const std::int64_t part : to) all = sum(all, part);
    return all == from ? std::nullopt : Imbalance(sentence(rung, from, all));
  };
  if (auto found = closes("pledged", row.at(pledged),
                          {row.at(committed), row.at(withdrawn), row.at(lapsed),
                           row.at(uncommitted), row.at(unpledged)}))
    return found;
  // Over cash, which is disbursed first, and kind, which is not, in one.
  if (auto found = closes("committed", row.at(committed),
                          {row.at(allocated), row.at(terminated), row.at(undisbursed),
                           row.at(refunded), row.at(unallocated), row.at(released)}))
    return found;
  if (auto found =
          closes("allocated", row.at(allocated), {row.at(dispatched), row.at(undispatched)}))
    return found;
  if (auto found =
          closes("dispatched", row.at(dispatched),
                 {row.at(in_transit), row.at(lost), row.at(returned), row.at(rejected),
                  row.at(awaiting_acceptance), row.at(not_in_service), row.at(in_service)}))
    return found;
  return negative("lost or returned in transit, after receipt, after acceptance",
                  {sum(row.at(dispatched), -sum(row.at(received), row.at(in_transit))),
                   sum(row.at(received),
                       -sum(row.at(accepted), sum(row.at(rejected), row.at(awaiting_acceptance)))),
                   sum(row.at(accepted), -sum(row.at(in_service), row.at(not_in_service)))});
}

Imbalance imbalance_of_changes(const Records& records) {
  if (auto found = imbalance_in_any<NeedRecord>(records)) return found;
  if (auto found = imbalance_in_any<PledgeRecord>(records)) return found;
  if (auto found = imbalance_in_any<CommitmentRecord>(records)) return found;
  if (auto found = imbalance_in_any<AllocationRecord>(records)) return found;
  if (auto found = imbalance_in_any<ConsignmentRecord>(records)) return found;
  if (auto found = imbalance_between<PledgeRecord, CommitmentRecord>(records)) return found;
  if (auto found = imbalance_between<CommitmentRecord, AllocationRecord>(records)) return found;
  return imbalance_between<AllocationRecord, ConsignmentRecord>(records);
}

}  // namespace tallinn
