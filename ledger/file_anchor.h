// The head anchor: what this office last said of itself, in a file outside the data directory.
// Shell. No recovery mode of a store notices every lost tail; the anchor does
// (docs/architecture.md, "The head anchor"). Locked (flock) while open, never part of a backup,
// mode 0600. Two slots of 64 KiB are written in turn, each "slot <sequence> <bytes> <SHA-256 of the
// text, hex>\n" || text: a torn write leaves the state before it. The text, strict:
//   tallinn-ledger/anchor@v1
//   ledger <hex ledger id>
//   own <office number> <epoch> <size> <base64 root>
//   cosigned <office number> <epoch> <size>        one for each log this office has cosigned
//   promised <lamport>
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "events/bytes.h"
#include "events/result.h"
#include "ledger/fault.h"
#include "ledger/order.h"

namespace tallinn {

struct AnchorState {
  LedgerId ledger;
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

/// Where a node keeps its anchor; tests keep it in memory.
class Anchor {
 public:
  virtual ~Anchor() = default;
  /// What was there when it was opened; nothing: no file.
  virtual const std::optional<AnchorState>& found() const = 0;
  /// Answers once the state set before this one is durable; this one is written beside the next
  /// commit, so that the anchor is at most one commit behind. A Fault, of this or an earlier state,
  /// is final.
  virtual Stored<void> set(const AnchorState& state) = 0;
};

/// Makes its folder when there is none. Closing it waits for the last state. Error unavailable when
/// another process holds it, malformed when it is not an anchor.
Result<std::unique_ptr<Anchor>> open_anchor_file(const std::filesystem::path& path);
/// Keeps the state in `kept`, which must outlive it: what survives a simulated restart.
std::unique_ptr<Anchor> open_anchor_memory(std::optional<AnchorState>& kept);

/// What a node may do with its own log, by promise 2.
enum class Standing : std::uint8_t {
  may_append,  ///< anchor and store agree, or the store is ahead by one commit; or the anchor is of
               ///< an earlier epoch
  anchor_missing,   ///< a store with own entries, and no anchor
  store_behind,     ///< the store lacks what the anchor says was committed
  anchor_differs,   ///< same size, other root; or another ledger or log
  peer_holds_more,  ///< a peer showed more of the own log than the store held: restored or cloned
                    ///< data
  contradicted,     ///< a checkpoint of the own key was shown that the store contradicts
  not_opened,       ///< no event known here opens a log with this office's key
  sealed,           ///< the log of this office's key is sealed
};
/// `store_own`: size of the own log in the store; `root_at`: its root at a size within it.
Standing judge_anchor(const std::optional<AnchorState>& anchor, const LedgerId& ledger,
                      const HeldLog& store_own, const std::function<Digest(LogSize)>& root_at);
/// One sentence: what it means and what to do.
std::string_view standing_text(Standing standing);

}  // namespace tallinn
