#include "projections/ladder.h"

#include <algorithm>
#include <map>

#include "projections/allocations.h"
#include "projections/descent.h"
#include "projections/shares.h"

namespace tallinn {
namespace {

class LadderMaker {
 public:
  explicit LadderMaker(Parts parts) : told_(parts == Parts::told) {}

  Ladder make(const Descent& descent);

 private:
  /// Where everything below one pledge or commitment is counted.
  struct Into {
    Year year;
    LadderRow& row;
  };
  Into into(Year year, Currency currency);
  /// One event's part of a figure, if it counts.
  void part(Into to, LadderFigure figure, std::int64_t minor, const PlacedMovement& by);
  /// The whole of a figure is the first event of that kind's.
  void whole(Into to, LadderFigure figure, std::int64_t minor, MovementKind kind,
             const std::vector<PlacedMovement>& movements);
  void give_back(Into to, std::int64_t released, const Descendant<CommitmentRecord>& commitment);

  void pledge(const Descendant<PledgeRecord>& pledge);
  void commitment(Into to, const Descendant<CommitmentRecord>& commitment);
  void lone_commitment(const Descendant<CommitmentRecord>& commitment);
  void allocations(Into to, const Descendant<CommitmentRecord>& commitment, std::int64_t base);
  void dispatches(Into to, const Descendant<AllocationRecord>& allocation);
  std::int64_t consignment(Into to, const Descendant<ConsignmentRecord>& consignment);
  void line(Into to, const ConsignmentLine& line, const std::vector<PlacedMovement>& movements);
  void split(Into to, LadderFigure figure, std::int64_t value, LineNumber line,
             std::initializer_list<MovementKind> kinds,
             const std::vector<PlacedMovement>& movements);

  const bool told_;
  std::map<std::pair<std::uint16_t, std::string>, LadderRow> rows_;
  std::vector<LadderPart> parts_;
};

void grow(std::int64_t& total, std::int64_t by) {
  total = sum(total, by);
}

bool counts(const PlacedMovement& placed) {
  return placed.movement.standing == MovementStanding::counts;
}

LadderMaker::Into LadderMaker::into(Year year, Currency currency) {
  LadderRow& row = rows_[{year.value(), std::string(currency_code(currency))}];
  row.year = year;
  row.currency = currency;
  return {year, row};
}

void LadderMaker::part(Into to, LadderFigure figure, std::int64_t minor, const PlacedMovement& by) {
  if (!told_ || !counts(by)) return;
  parts_.push_back({to.year, to.row.currency, figure, minor, by.movement.event, by.position});
}

void LadderMaker::whole(Into to, LadderFigure figure, std::int64_t minor, MovementKind kind,
                        const std::vector<PlacedMovement>& movements) {
  grow(to.row.at(figure), minor);
  const auto first = std::ranges::find_if(movements, [&](const PlacedMovement& placed) {
    return counts(placed) && placed.movement.kind == kind;
  });
  if (first != movements.end()) part(to, figure, minor, *first);
}

void LadderMaker::pledge(const Descendant<PledgeRecord>& pledge) {
  const auto& record = pledge.record;
  if (!record || !record->registered) return;
  const Into to = into(record->year, record->currency);
  grow(to.row.at(Rung::pledged), record->pledged);
  for (const PlacedMovement& placed : pledge.movements) {
    const MovementKind kind = placed.movement.kind;
    if (kind == MovementKind::registered || kind == MovementKind::amended)
      part(to, Rung::pledged, placed.movement.amount.minor.value(), placed);
  }
  for (const auto& below : pledge.below) commitment(to, below);
  const std::int64_t rest = sum(record->pledged, -record->committed);
  if (record->state == PledgeState::withdrawn)
    whole(to, Loss::withdrawn, rest, MovementKind::withdrawn, pledge.movements);
  else if (record->state == PledgeState::lapsed)
    whole(to, Loss::lapsed, rest, MovementKind::lapsed, pledge.movements);
  else
    grow(to.row.at(Loss::uncommitted), rest);
}

void LadderMaker::lone_commitment(const Descendant<CommitmentRecord>& lone) {
  const auto& record = lone.record;
  if (!record || !record->registered) return;
  const Into to = into(record->year, record->currency);
  commitment(to, lone);
  grow(to.row.at(Loss::unpledged), -record->committed);
}

void LadderMaker::commitment(Into to, const Descendant<CommitmentRecord>& commitment) {
  const auto& record = commitment.record;
  if (!record || !record->registered) return;
  const bool cash = record->mode == Mode::cash;
  grow(to.row.at(Rung::committed), record->committed);
  for (const PlacedMovement& placed : commitment.movements) {
    const std::int64_t minor = placed.movement.amount.minor.value();
    switch (placed.movement.kind) {
      case MovementKind::committed:
      case MovementKind::amended: part(to, Rung::committed, minor, placed); break;
      case MovementKind::disbursed:
        if (cash) part(to, Rung::disbursed, minor, placed);
        break;
      case MovementKind::refunded:
        if (cash) part(to, Rung::disbursed, -minor, placed);
        if (cash) part(to, Loss::refunded, minor, placed);
        break;
      default: break;
    }
  }
  if (cash) {
    grow(to.row.at(Rung::disbursed), sum(record->disbursed, -record->refunded));
    grow(to.row.at(Loss::refunded), record->refunded);
    const std::int64_t left = sum(record->committed, -record->disbursed);
    if (record->terminated)
      whole(to, Loss::terminated, left, MovementKind::terminated, commitment.movements);
    else
      grow(to.row.at(Loss::undisbursed), left);
  }
  allocations(to, commitment, cash ? sum(record->disbursed, -record->refunded) : record->committed);
}

void LadderMaker::allocations(Into to, const Descendant<CommitmentRecord>& commitment,
                              std::int64_t base) {
  std::int64_t allocated = 0, released = 0;
  for (const auto& allocation : commitment.below) {
    if (!allocation.record) continue;
    if (is_confirmed(*allocation.record)) {
      grow(allocated, balance_of(*allocation.record).has);
      grow(released, allocation.record->released);
    }
    dispatches(to, allocation);
  }
  grow(to.row.at(Rung::allocated), allocated);
  const std::int64_t left = sum(base, -allocated);
  const std::int64_t given_back =
      std::clamp<std::int64_t>(released, 0, std::max<std::int64_t>(left, 0));
  give_back(to, given_back, commitment);
  const std::int64_t rest = sum(left, -given_back);
  if (commitment.record->terminated && commitment.record->mode == Mode::in_kind)
    whole(to, Loss::terminated, rest, MovementKind::terminated, commitment.movements);
  else
    grow(to.row.at(Loss::unallocated), rest);
}

void LadderMaker::give_back(Into to, std::int64_t released,
                            const Descendant<CommitmentRecord>& commitment) {
  grow(to.row.at(Loss::released), released);
  std::vector<const PlacedMovement*> by;
  std::vector<std::int64_t> amounts;
  for (const auto& allocation : commitment.below)
    for (const PlacedMovement& placed : allocation.movements) {
      if (placed.movement.kind != MovementKind::released || !counts(placed) || !allocation.record ||
          !is_confirmed(*allocation.record))
        continue;
      by.push_back(&placed);
      amounts.push_back(placed.movement.amount.minor.value());
    }
  const auto parts = shares(released, amounts);
  for (std::size_t i = 0; i < by.size(); ++i) part(to, Loss::released, parts[i], *by[i]);
}

void LadderMaker::dispatches(Into to, const Descendant<AllocationRecord>& allocation) {
  const bool confirmed = is_confirmed(*allocation.record);
  for (const PlacedMovement& placed : allocation.movements) {
    const std::int64_t minor = placed.movement.amount.minor.value();
    if (confirmed && placed.movement.kind == MovementKind::registered)
      part(to, Rung::allocated, minor, placed);
    if (confirmed && placed.movement.kind == MovementKind::released)
      part(to, Rung::allocated, -minor, placed);
  }
  std::int64_t dispatched = 0;
  for (const auto& below : allocation.below) grow(dispatched, consignment(to, below));
  grow(to.row.at(Loss::undispatched),
       sum(confirmed ? balance_of(*allocation.record).has : 0, -dispatched));
}

std::int64_t LadderMaker::consignment(Into to, const Descendant<ConsignmentRecord>& consignment) {
  if (!consignment.record || !consignment.record->registered) return 0;
  std::int64_t dispatched = 0;
  for (const ConsignmentLine& one : consignment.record->lines) {
    if (one.dispatched == 0) continue;
    line(to, one, consignment.movements);
    grow(dispatched, one.value);
  }
  return dispatched;
}

void LadderMaker::line(Into to, const ConsignmentLine& line,
                       const std::vector<PlacedMovement>& movements) {
  const Whereabouts value = valued(whereabouts(line), line.value);
  using enum MovementKind;
  split(to, Rung::dispatched, line.value, line.line, {dispatched, rendered}, movements);
  split(to, Rung::received, received_of(value), line.line, {received, rendered}, movements);
  split(to, Rung::accepted, accepted_of(value), line.line, {accepted}, movements);
  split(to, Rung::in_service, value.in_service, line.line, {placed_in_service}, movements);
  grow(to.row.at(Loss::in_transit), value.in_transit);
  split(to, Loss::lost, value.lost_in_transit + value.lost_received + value.lost_accepted,
        line.line, {lost_in_transit, lost}, movements);
  split(to, Loss::returned,
        value.returned_in_transit + value.returned_received + value.returned_accepted, line.line,
        {returned_in_transit, returned}, movements);
  split(to, Loss::rejected, value.rejected, line.line, {rejected}, movements);
  grow(to.row.at(Loss::awaiting_acceptance), value.awaiting_acceptance);
  grow(to.row.at(Loss::not_in_service), value.not_in_service);
}

void LadderMaker::split(Into to, LadderFigure figure, std::int64_t value, LineNumber line,
                        std::initializer_list<MovementKind> kinds,
                        const std::vector<PlacedMovement>& movements) {
  grow(to.row.at(figure), value);
  if (!told_) return;
  std::vector<const PlacedMovement*> by;
  std::vector<std::int64_t> quantities;
  for (const PlacedMovement& placed : movements) {
    if (!counts(placed) || std::ranges::find(kinds, placed.movement.kind) == kinds.end()) continue;
    std::int64_t quantity = 0;
    for (const LineMove& move : placed.movement.lines)
      if (move.line == line) quantity += move.quantity.value();
    if (quantity == 0) continue;
    by.push_back(&placed);
    quantities.push_back(quantity);
  }
  const auto parts = shares(value, quantities);
  for (std::size_t i = 0; i < by.size(); ++i) part(to, figure, parts[i], *by[i]);
}

Ladder LadderMaker::make(const Descent& descent) {
  for (const auto& root : descent) {
    if (const auto* of = std::get_if<Descendant<PledgeRecord>>(&root)) pledge(*of);
    if (const auto* of = std::get_if<Descendant<CommitmentRecord>>(&root)) lone_commitment(*of);
  }
  Ladder out;
  const auto is_zero = [](std::int64_t minor) { return minor == 0; };
  for (auto& [key, row] : rows_)
    if (!std::ranges::all_of(row.rungs, is_zero) || !std::ranges::all_of(row.losses, is_zero))
      out.rows.push_back(row);
  out.parts = std::move(parts_);
  std::ranges::stable_sort(out.parts, {}, [](const LadderPart& part) {
    return std::tuple(part.year, currency_code(part.currency), part.figure, part.position);
  });
  return out;
}

}  // namespace

std::string_view spell(const LadderFigure& figure) {
  return std::visit([](auto of) { return spell(of); }, figure);
}

const std::vector<LadderFigure>& figures_with_events() {
  static const std::vector<LadderFigure> all = [] {
    std::vector<LadderFigure> figures;
    for (std::size_t i = 1; i <= Spelling<Rung>::kNames.size(); ++i)
      figures.emplace_back(static_cast<Rung>(i));
    for (const Loss loss : {Loss::withdrawn, Loss::lapsed, Loss::terminated, Loss::refunded,
                            Loss::released, Loss::lost, Loss::returned, Loss::rejected})
      figures.emplace_back(loss);
    return figures;
  }();
  return all;
}

Ladder make_ladder(ViewReader& views, const PartyId& party, Parts parts) {
  const Movements movements = parts == Parts::told ? Movements::read : Movements::left_out;
  return LadderMaker(parts).make(read_descent(views, party, movements));
}

}  // namespace tallinn
