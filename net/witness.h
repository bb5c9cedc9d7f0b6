// The add-checkpoint request of c2sp.org/tlog-witness. Pure. `old <n>\n`, at most 63 hashes of a
// consistency proof in base64, an empty line, the checkpoint with its signatures.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/merkle.h"

namespace tallinn {

struct AddCheckpoint {
  LogSize old_size;           ///< what the client believes was cosigned last
  std::vector<Digest> proof;  ///< consistency from `old_size` to the checkpoint
  std::string checkpoint;     ///< a signed note; not parsed yet
};
/// Strict. Error malformed.
Result<AddCheckpoint> parse_add_checkpoint(std::string_view body);

/// What a request is answered that is neither refused nor beyond what is held.
struct WitnessAnswer {
  std::optional<LogSize> conflict;  ///< another size was cosigned last: this one
  std::string cosignature;          ///< a signature line of this office's witness key, else
};

}  // namespace tallinn
