// What an office last said of itself, as its head anchor keeps it: values and their text, strict.
// Pure. Where it is kept: ledger/file_anchor.h.
//   tallinn-ledger/anchor@v2
//   ledger <hex ledger id>
//   commit <number>
//   own <office number> <epoch> <size> <base64 root>
//   cosigned <office number> <epoch> <size>        one for each log this office has cosigned
//   promised <lamport>
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/bytes.h"
#include "events/result.h"
#include "ledger/order.h"

namespace tallinn {

/// Counts the commits of a log's office that changed what its anchor says. The store has it too,
/// written with the commit itself.
using CommitNumber = Strong<struct CommitNumberTag, std::uint64_t>;

struct AnchorState {
  LedgerId ledger;
  CommitNumber commit;
  HeldLog own;                    ///< this office's current log and its size at the last commit
  Digest root;                    ///< of that size
  std::vector<HeldLog> cosigned;  ///< ascending logs, each once
  Lamport promised;
  bool operator==(const AnchorState&) const = default;
};
/// `cosigned` may come in any order; it is written, and read again, in ascending order.
std::string format_anchor(const AnchorState& state);
/// Code::malformed.
Result<AnchorState> parse_anchor(std::string_view text);

/// What is in a file that an anchor may be kept in; neither: there is none, or it was never
/// written.
struct FoundAnchor {
  std::optional<AnchorState> state;
  std::optional<std::string> unreadable;  ///< why what is there is no state
};

}  // namespace tallinn
