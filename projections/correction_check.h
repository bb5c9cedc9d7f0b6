// May an event be declared wrong, or such a declaration be taken back: by what others have drawn on
// since. Pure.
#pragma once

#include "projections/hearing.h"

namespace tallinn {

/// May what the event did be taken out (Stands::no), or be put back? Error overdrawn when others
/// draw on it or too little is left, invalid_transition when what it draws on is over or a later
/// decision stands in the way. Cost: of what it touched, and of the corrections that it takes back.
Result<void> check_effects(const Hearing& hearing, const EventRecord& event, Stands stands);

std::unexpected<Error> corrected_already(const Uuid& event, const Uuid& by);

/// How many corrections deep one of this event would be.
std::uint8_t depth_above(const Hearing& hearing, const Uuid& event);

}  // namespace tallinn
