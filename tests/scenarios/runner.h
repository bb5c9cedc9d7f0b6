// Runner: plays a table in a simulated world of two offices (tests/sim/world.h) and says which rows
// came out otherwise. All real code but for clock, network and disk. After its last row every
// scenario must end with equal logs, everything settled, one state that both offices signed, and
// that same state when every entry is folded anew in the total order.
#pragma once

#include <set>

#include "events/vocabulary.h"
#include "tests/scenarios/table.h"

namespace tallinn::scenarios {

/// A row that came out otherwise.
struct Failure {
  std::string file;
  int line = 0;
  std::string text;  ///< what was expected, what came
};

/// What a table has shown, for the test that the tables together show everything.
struct Covered {
  std::set<std::string> admitted;   ///< event types
  std::set<std::string> corrected;  ///< event types
  std::set<std::string> refused;    ///< codes
  std::set<std::string> opened;     ///< exception codes
  std::set<std::string> resolved;   ///< exception codes
  std::set<std::string> vanished;   ///< exception codes that were open and then gone
};

struct Played {
  std::vector<Failure> failures;
  Covered covered;
};
/// Never throws for what a table says: what cannot be read is a failure too. Cost: some 100 ms.
Played play(const Table& table);

}  // namespace tallinn::scenarios
