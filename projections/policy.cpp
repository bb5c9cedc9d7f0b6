#include "projections/policy.h"

#include "events/assert.h"

namespace tallinn {

std::string format_policy(const Charter& charter, const Roster& roster,
                          std::optional<OfficeNumber> only) {
  TALLINN_ASSERT(!only || charter.office(*only) != nullptr);
  std::string logs;
  std::string witnesses;
  std::string members;
  std::size_t count = 0;
  for (const auto& [id, log] : roster.logs())
    if (!only || *only == id.office) logs += "log " + format_vkey(log.log) + "\n";
  for (const RosterOffice& office : roster.offices()) {
    if (only == office.current.office) continue;
    const VerifierKey& witness = roster.log(office.current)->witness;
    witnesses += "witness " + witness.name + " " + format_vkey(witness) + "\n";
    members += " " + witness.name;
    ++count;
  }
  std::string text = "# Trust policy (c2sp.org/tlog-policy) of " + charter.ledger + "\n# charter " +
                     to_hex(charter.id.view()) + "\n";
  if (!only)
    text +=
        "# An office does not witness its own log, and this format names no witnesses for one log\n"
        "# only: so all but one are asked for. Make one policy for each log to ask for all "
        "others.\n";
  text += "\n" + logs + "\n" + witnesses + "\ngroup offices ";
  text += only ? "all" : std::to_string(count - 1);
  return text + members + "\nquorum offices\n";
}

}  // namespace tallinn
