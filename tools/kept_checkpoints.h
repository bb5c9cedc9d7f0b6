// Kept checkpoints: one file with the checkpoints of every log of a ledger, and the proofs that
// older ones are their prefixes. Pure but for what `grow` is given to read. JSON,
// `{"format":"tallinn-ledger/checkpoints@v1","logs":[{"checkpoint":"<note>",
// "since":<size>,"proof":["<base64>",…]},…]}`; `since` and `proof` only when the file was made to
// follow an older one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/charter.h"
#include "ledger/evidence.h"
#include "ledger/merkle.h"
#include "projections/roster.h"

namespace tallinn {

struct KeptCheckpoint {
  std::string note;
  std::optional<LogSize> since;  ///< size of the older checkpoint that `proof` is from
  std::vector<Digest> proof;
};
struct KeptCheckpoints {
  std::vector<KeptCheckpoint> logs;
};
std::string format_kept_checkpoints(const KeptCheckpoints& kept);
/// Error malformed.
Result<KeptCheckpoints> parse_kept_checkpoints(std::string_view text);

/// A checkpoint whose signatures hold.
struct CheckedCheckpoint {
  Checkpoint checkpoint;
  std::vector<std::string> cosigned_by;  ///< office names
  std::optional<UnixSeconds>
      cosigned_at;      ///< the newest cosignature of an office whose log it is not
  OfficeNumber office;  ///< whose log it is
};
/// Signed by its log's key; known cosignatures hold. Error failed.
Result<CheckedCheckpoint> check_kept(std::string_view note, const Charter& charter,
                                     const Roster& roster);

/// The newest cosignature by another office than the log's `owner`.
std::optional<UnixSeconds> newest_cosignature(std::span<const Verified> verified,
                                              OfficeNumber owner, const Roster& roster);

/// Two signed checkpoints of one log and size with different roots, the first such pair.
std::optional<Evidence> fork_between(const KeptCheckpoints& newer, const KeptCheckpoints& older,
                                     const Charter& charter, const Roster& roster);
/// A tree of the newer checkpoint that does not begin with the older one: what shows it, read from
/// the newer tree. Error failed when it does begin with it, or the tree is not the newer one.
Result<Evidence> fork_in_tree(const std::string& newer, const std::string& older,
                              const Charter& charter, const Roster& roster, HashReader& newer_tree);

/// Does the newer state of every log contain the older one? A sentence for each log, or Error
/// failed; unavailable when the newer file has no proof from the older size.
Result<std::vector<std::string>> check_follows(const KeptCheckpoints& newer,
                                               const KeptCheckpoints& older, const Charter& charter,
                                               const Roster& roster);

}  // namespace tallinn
