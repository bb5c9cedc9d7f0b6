#include "projections/descent.h"

#include <doctest/doctest.h>

#include "projections/fold.h"
#include "projections/ladder.h"
#include "tests/projections/scribe.h"
#include "tests/support/random_history.h"

using namespace tallinn;
using namespace tallinn::test;

namespace {

using Lines = std::vector<std::string>;

std::string sums_of(const AllocationRecord& record) {
  std::string out;
  for (const std::int64_t sum : {record.value, record.released, record.dispatched})
    out += std::to_string(sum) + " ";
  for (const bool is : {record.consented_donor, record.consented_recipient, record.cancelled})
    out += is ? "yes " : "no ";
  return out;
}
template <class R>
std::string text_of(const R& record) {
  if constexpr (std::same_as<R, AllocationRecord>)
    return sums_of(record);
  else
    return to_hex(encode_record(record));
}

void tell_movements(const std::vector<PlacedMovement>& movements, Lines& into) {
  for (const PlacedMovement& placed : movements)
    into.push_back(to_hex(position_bytes(placed.position) + encode_record(placed.movement)));
}

/// One record and one aggregate's movements after the other, depth first.
template <class R>
void tell_one_by_one(ViewReader& views, const std::string& name, Movements told, Lines& into) {
  const auto record = read_record<R>(views, name);
  into.push_back(aggregate_of<R>(name) + " " + (record ? text_of(*record) : "not known"));
  if (!record || !record->registered) return;
  const auto movements = movements_of(views, aggregate_of<R>(name));
  if (told == Movements::read) tell_movements(movements, into);
  if constexpr (requires { typename RecordBelow<R>::type; })
    for (const PlacedMovement& placed : movements) {
      using Below = typename RecordBelow<R>::type;
      const std::string& child = placed.movement.child;
      if (child.starts_with(Below::kPrefix))
        tell_one_by_one<Below>(views, child.substr(Below::kPrefix.size()), told, into);
    }
}
Lines one_by_one(ViewReader& views, const PartyId& party, Movements told) {
  Lines out;
  for (const PlacedMovement& placed : movements_of(views, "party/" + party.value())) {
    const std::string& child = placed.movement.child;
    const std::string name = child.substr(child.find('/') + 1);
    if (child.starts_with(PledgeRecord::kPrefix))
      tell_one_by_one<PledgeRecord>(views, name, told, out);
    if (child.starts_with(CommitmentRecord::kPrefix))
      tell_one_by_one<CommitmentRecord>(views, name, told, out);
  }
  return out;
}

template <class R>
void tell(const Descendant<R>& one, Lines& into) {
  into.push_back(aggregate_of<R>(one.name) + " " +
                 (one.record ? text_of(*one.record) : "not known"));
  tell_movements(one.movements, into);
  if constexpr (requires { one.below; })
    for (const auto& below : one.below) tell(below, into);
}
Lines all_at_once(ViewReader& views, const PartyId& party, Movements told) {
  Lines out;
  for (const auto& root : read_descent(views, party, told))
    std::visit([&](const auto& one) { tell(one, out); }, root);
  return out;
}

std::vector<PartyId> parties_of(ViewReader& views) {
  std::vector<PartyId> out;
  const Bytes prefix(PartyRecord::kPrefix);
  views.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView) {
    out.emplace_back(std::string(key.substr(prefix.size())));
    return ViewReader::Next::go_on;
  });
  return out;
}

std::size_t check_descents(ViewReader& views) {
  std::size_t lines = 0;
  for (const PartyId& party : parties_of(views))
    for (const Movements told : {Movements::read, Movements::left_out}) {
      CAPTURE(party.value());
      const Lines expected = one_by_one(views, party, told);
      CHECK(all_at_once(views, party, told) == expected);
      lines += expected.size();
    }
  return lines;
}

}  // namespace

TEST_CASE("what descends from a party is read level by level as it is one by one, in one order") {
  Scribe scribe;
  scribe.record_all(public_record());
  EmptyViews nothing;
  Views views(nothing);
  scribe.fold_into(views);
  CHECK(check_descents(views) > 40);
  std::size_t lines = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const RandomHistory history({.seed = seed, .offices = 2 + seed % 2, .events = 120});
    Views random(nothing);
    fold_genesis(random, history.charter());
    for (std::size_t n = 0; n < history.offices(); ++n)
      for (std::size_t i = 0; i < history.log(n).size(); ++i)
        fold_entry(random, history.charter(), make_ordered(history.log(n)[i], LogIndex(i)).value());
    lines += check_descents(random);
  }
  CHECK(lines > 200);
}

TEST_CASE("a glance at a movement sees what decoding it reads") {
  Scribe scribe;
  scribe.record_all(public_record());
  EmptyViews nothing;
  Views views(nothing);
  scribe.fold_into(views);
  std::size_t children = 0;
  views.scan("move/", after_prefix("move/"), [&](BytesView, BytesView value) {
    const auto movement = decode_record<Movement>(value);
    const MovementGlance seen = glance_at(value);
    CHECK(seen.kind == movement.kind);
    CHECK(seen.standing == movement.standing);
    CHECK(seen.amount == movement.amount);
    CHECK(seen.child == movement.child);
    children += seen.child.empty() ? 0 : 1;
    return ViewReader::Next::go_on;
  });
  CHECK(children > 10);
}
