#include "projections/descent.h"

#include "events/assert.h"

namespace tallinn {
namespace {

template <class R>
using Level = std::vector<Descendant<R>*>;

template <class R>
bool has_prefix_of(const std::string& child) {
  return child.starts_with(R::kPrefix);
}
template <class R>
Descendant<R> named(const std::string& child) {
  Descendant<R> made;
  made.name = child.substr(R::kPrefix.size());
  return made;
}

template <class R>
void read_records(ViewReader& views, const Level<R>& level) {
  std::vector<Bytes> keys;
  keys.reserve(level.size());
  for (const auto* one : level) keys.push_back(Records::key_of<R>(one->name));
  views.get_each(keys, [&](std::size_t which, BytesView, BytesView value) {
    level[which]->record = decode_record<R>(value);
  });
}

template <class R>
bool is_followed(const Descendant<R>& one, Movements movements) {
  if constexpr (std::same_as<R, AllocationRecord>)
    // What is dispatched is the sum of the consignments (conservation.h): of nothing they have
    // nothing.
    return one.record && (movements == Movements::read || one.record->dispatched != 0);
  else if constexpr (std::same_as<R, ConsignmentRecord>)
    return one.record && one.record->registered && movements == Movements::read;
  else
    return one.record && one.record->registered;
}

template <class R>
void read_movements(ViewReader& views, const Level<R>& level, Movements movements) {
  Level<R> followed;
  std::vector<ViewReader::Range> ranges;
  for (auto* one : level) {
    if (!is_followed(*one, movements)) continue;
    followed.push_back(one);
    Bytes prefix = movement_prefix(aggregate_of<R>(one->name));
    Bytes end = after_prefix(prefix);
    ranges.push_back({std::move(prefix), std::move(end)});
  }
  views.scan_each(ranges, [&](std::size_t which, BytesView key, BytesView value) {
    Descendant<R>& one = *followed[which];
    const auto position = position_of_key(key);
    TALLINN_ASSERT(position.has_value());
    auto movement = decode_record<Movement>(value);
    if constexpr (requires { one.below; }) {
      using Below = typename RecordBelow<R>::type;
      if (has_prefix_of<Below>(movement.child))
        one.below.push_back(named<Below>(movement.child));
    }
    if (movements == Movements::read) one.movements.push_back({*position, std::move(movement)});
  });
}

template <class R>
auto below(const Level<R>& level) {
  Level<typename RecordBelow<R>::type> out;
  for (auto* one : level)
    for (auto& child : one->below) out.push_back(&child);
  return out;
}

template <class R>
void read_level(ViewReader& views, const Level<R>& level, Movements movements) {
  read_records(views, level);
  read_movements(views, level, movements);
}

}  // namespace

Descent read_descent(ViewReader& views, const PartyId& party, Movements movements) {
  Descent out;
  for (const PlacedMovement& placed : movements_of(views, "party/" + party.value())) {
    const std::string& child = placed.movement.child;
    if (has_prefix_of<PledgeRecord>(child)) out.emplace_back(named<PledgeRecord>(child));
    if (has_prefix_of<CommitmentRecord>(child)) out.emplace_back(named<CommitmentRecord>(child));
  }
  Level<PledgeRecord> pledges;
  for (auto& root : out)
    if (auto* pledge = std::get_if<Descendant<PledgeRecord>>(&root)) pledges.push_back(pledge);
  read_level(views, pledges, movements);
  auto commitments = below(pledges);
  for (auto& root : out)
    if (auto* lone = std::get_if<Descendant<CommitmentRecord>>(&root)) commitments.push_back(lone);
  read_level(views, commitments, movements);
  const auto allocations = below(commitments);
  read_level(views, allocations, movements);
  read_level(views, below(allocations), movements);
  return out;
}

}  // namespace tallinn
