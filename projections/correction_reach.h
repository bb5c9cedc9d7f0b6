// Which events a correction reaches: one of its author, and of corrections only those that were
// recorded before it, so that corrections never go round in a circle, also where an id stands for
// another event than it did. Pure.
#pragma once

#include "projections/hearing.h"

namespace tallinn {

bool reaches(const Position& correction, const EventRecord& target);
/// Where that event stands; the event at hand is not written yet.
Position position_of(const Folding& folding, const Uuid& event);
/// What was taken back before its event was known may be put back after: then it is asked again
/// whose event it is.
bool may_correct(const Folding& folding, const Uuid& by, const EventRecord& target);

}  // namespace tallinn
