#include "tests/fuzz/target.h"

namespace tallinn::fuzz {

std::vector<Target> all_targets() {
  std::vector<Target> out;
  for (const auto& some : {event_targets(), ledger_targets(), bundle_targets(), net_targets(),
                           import_targets(), tool_targets()})
    out.insert(out.end(), some.begin(), some.end());
  return out;
}

}  // namespace tallinn::fuzz
