// State notes: what the views were at a settled point, signed by every office that computed the
// same. Pure. Signed by state keys. The text:
//   tallinn-ledger/state@v1
//   ledger <name>
//   rules <n>
//   settled <lamport>
//   log <origin> <size> <base64 root>  any number of these
//   records <count>
//   state <base64 root>
#pragma once

#include <string>
#include <vector>

#include "ledger/checkpoint.h"

namespace tallinn {

struct StateNote {
  std::string ledger;
  std::uint32_t rules = 1;  ///< rises whenever the fold would give other bytes for the same events
  Lamport settled;
  std::vector<Checkpoint> logs;  ///< every log opened at or below `settled`: by office, then epoch
  std::uint64_t records = 0;
  Digest state;  ///< root of the tree over all view records in key order
  bool operator==(const StateNote&) const = default;
};
/// The text only. Strict, at most 96 KiB, at most 1,024 logs, each at most once, of this ledger.
/// Code::malformed.
Result<StateNote> parse_state_note(std::string_view text);
std::string format_state_note(const StateNote& note);

}  // namespace tallinn
