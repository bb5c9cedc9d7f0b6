#include "projections/descent.h"

#include "events/assert.h"
#include "projections/allocations.h"

namespace tallinn {
namespace {

template <class R>
using Level = std::vector<Descendant<R>*>;

template <class R>
bool has_prefix_of(std::string_view child) {
  return child.starts_with(R::kPrefix);
}
template <class R>
Descendant<R> named(std::string_view child) {
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
    WireReader in(value);
    record_codec::get(in, level[which]->record.emplace());  // without a copy: there are many
    TALLINN_ASSERT(in.done());
  });
}

template <class R>
bool is_followed(const Descendant<R>& one, Movements movements) {
  if constexpr (std::same_as<R, ConsignmentRecord>)
    return one.record && one.record->registered && movements == Movements::read;
  else
    return one.record && one.record->registered;
}
/// Whether it is known, its movements say.
bool is_followed(const Descendant<AllocationRecord>&, Movements) {
  return true;
}

void add_to_record(Descendant<AllocationRecord>& one, const MovementGlance& movement) {
  if (!one.record) one.record.emplace();
  if (movement.standing == MovementStanding::counts)
    apply(*one.record, movement_of(movement.kind, movement.amount));
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
    if constexpr (requires { one.below; }) {
      using Below = typename RecordBelow<R>::type;
      const MovementGlance seen = glance_at(value);
      if (has_prefix_of<Below>(seen.child)) one.below.push_back(named<Below>(seen.child));
      if constexpr (std::same_as<R, AllocationRecord>) add_to_record(one, seen);
    }
    if (movements == Movements::read) one.movements.push_back(placed_movement(key, value));
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
  if constexpr (!std::same_as<R, AllocationRecord>) read_records(views, level);
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
