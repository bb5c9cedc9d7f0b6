// Movements: what each event did to an aggregate, one record each under
// "move/<aggregate>/<position>". Pure. An aggregate's record is the sum of its movements that
// count, so that every figure can name its events and an event that is corrected, or whose
// reference came late, is taken out or in by summing again. Each aggregate's file gives
// `apply(record, movement)` and `reset_sums(record)`.
#pragma once

#include "projections/hearing.h"

namespace tallinn {

struct PlacedMovement {
  Position position;
  Movement movement;
};
/// As the record stands in the views.
PlacedMovement placed_movement(BytesView key, BytesView value);
/// Of a movement as it stands in the views what most who read many want, without a copy.
struct MovementGlance {
  MovementKind kind{};
  MovementStanding standing{};
  Money amount;
  BytesView child;  ///< lives as long as the value
};
MovementGlance glance_at(BytesView movement);
/// In total order. `aggregate`: "pledge/EE-2024".
std::vector<PlacedMovement> movements_of(ViewReader& views, std::string_view aggregate);

template <class R>
std::string aggregate_of(std::string_view name) {
  std::string out(R::kPrefix);
  return out.append(name);
}

/// A movement that counts, of no lines yet; `move` fills in its event.
Movement movement_of(MovementKind kind, Money amount = {}, std::string child = {});
/// Writes the movement only.
void put_movement(Folding& folding, std::string aggregate, const Movement& movement);
/// "move/party/<donor>/<position>": what a party's ladder starts from. Counts in no sum.
void index_under_party(Folding& folding, const PartyId& party, std::string child);

/// Of a need: the lines of its last registration or revision that counts, and what its allocations
/// cover of them (needs.cpp).
void choose_lines(ViewReader& views, std::string_view name, NeedRecord& need,
                  const std::vector<PlacedMovement>& movements);

/// Applies a movement of the event at hand to the record held under `name`, and writes both.
template <class R>
void move(Folding& folding, const Name& name, Movement movement) {
  movement.event = folding.event.id;
  apply(folding.records.find_or_make<R>(name.value()), movement);
  put_movement(folding, aggregate_of<R>(name.value()), movement);
  folding.save<R>(name.value());
}

/// Sums the movements that count anew.
template <class R>
void sum_again(Folding& folding, std::string_view name) {
  R* record = folding.records.find<R>(name);
  if (record == nullptr) return;
  const auto movements = movements_of(folding.views, aggregate_of<R>(name));
  reset_sums(*record);
  if constexpr (std::same_as<R, NeedRecord>) choose_lines(folding.views, name, *record, movements);
  for (const PlacedMovement& placed : movements)
    if (placed.movement.standing == MovementStanding::counts) apply(*record, placed.movement);
  folding.save<R>(name);
}

/// What a waiting fact turns out to be now that its reference is known.
struct Verdict {
  MovementStanding standing = MovementStanding::counts;
  std::string sentence = {};  ///< for the exception, unless it counts
};
/// Judges every earlier movement of an aggregate that was only now registered, or whose payments
/// changed: closes `unknown_reference` unless it waits on, gives the effect and the trails of
/// `parties`. `judge(const EventRecord&,
/// const Movement&)` answers a Verdict. The caller sums again.
void settle_waiting(Folding& folding, std::string_view aggregate,
                    const std::vector<PartyId>& parties,
                    const std::function<Verdict(const EventRecord&, const Movement&)>& judge);
/// Effect and exception of a fact whose reference is not known yet.
void wait_for_reference(Folding& folding, const std::string& what);

}  // namespace tallinn
