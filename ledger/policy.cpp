#include "ledger/policy.h"

#include "events/assert.h"

namespace tallinn {

std::string format_policy(const Charter& charter, std::optional<OfficeNumber> only) {
  TALLINN_ASSERT(!only || charter.office(*only) != nullptr);
  std::string logs;
  std::string witnesses;
  std::string members;
  std::size_t count = 0;
  for (std::uint16_t n = 0; n < charter.offices.size(); ++n) {
    const CharterOffice& office = charter.offices[n];
    if (!only || *only == OfficeNumber(n)) logs += "log " + format_vkey(office.log) + "\n";
    if (only == OfficeNumber(n)) continue;
    witnesses += "witness " + office.witness.name + " " + format_vkey(office.witness) + "\n";
    members += " " + office.witness.name;
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
