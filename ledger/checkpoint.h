// Checkpoints of c2sp.org/tlog-checkpoint, and the names of logs and keys:
// `<ledger>/<office>/<epoch>`. Pure. The text, without extension lines:
// `origin\nsize\nbase64(root)\n`. Errors: Code::malformed.
#pragma once

#include <string>

#include "events/bytes.h"
#include "events/result.h"
#include "events/strong.h"

namespace tallinn {

/// "tallinn-mechanism.example/kyiv/1": the origin of checkpoints and the name of the key that signs
/// them.
struct Origin {
  std::string ledger;  ///< 1 to 128 of A-Z a-z 0-9 . _ - :
  std::string office;  ///< 1 to 24 of a-z 0-9 -, first a letter
  Epoch epoch;         ///< from 1
  bool operator==(const Origin&) const = default;
};
bool valid_ledger_name(std::string_view name);
bool valid_office_name(std::string_view name);
Result<Origin> parse_origin(std::string_view text);
std::string format_origin(const Origin& origin);
/// `<ledger>/<office>/witness` and `<ledger>/<office>/state`: names of an office's other note keys.
std::string witness_key_name(std::string_view ledger, std::string_view office);
std::string state_key_name(std::string_view ledger, std::string_view office);

struct Checkpoint {
  std::string origin;
  LogSize size;
  Digest root;
  bool operator==(const Checkpoint&) const = default;
};
/// The text only, without signatures. Any origin that is a valid key name.
Result<Checkpoint> parse_checkpoint(std::string_view text);
std::string format_checkpoint(const Checkpoint& checkpoint);
/// The checkpoint within a signed note; its signatures are not looked at.
Result<Checkpoint> checkpoint_in(std::string_view note);

}  // namespace tallinn
