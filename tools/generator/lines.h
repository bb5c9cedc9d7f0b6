// Lines: a generated history as text: what `tallinn record` reads, and what is announced of it.
// Pure. JSON Lines; docs/interface.md, "Commands".
#pragma once

#include <string>

#include "tools/generator/history.h"

namespace tallinn::generator {

/// The event with its id, its signers and the values that it withholds.
std::string event_line(const GivenEvent& given);
/// {"id":…,"day":…,"office":"back","refused":"overdrawn","opens":[…],"ends":[…],"resolves":[…]};
/// what is empty is left out.
std::string expected_line(const GivenEvent& given);

}  // namespace tallinn::generator
