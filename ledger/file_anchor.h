// The head anchor: what this office last said of itself, in a file outside the data directory.
// Shell. No recovery mode of a store notices every lost tail; the anchor does
// (docs/architecture.md, "What is promised", 2). Locked (flock) while open, in no backup,
// mode 0600. Two slots of 64 KiB are written in turn, each "slot <sequence> <bytes> <SHA-256 of the
// text, hex>\n" || text: a torn write leaves the state before it. A file with no whole state is
// left as it is until this office has something to say in a later epoch, and is then kept beside
// the anchor as <name>.unreadable.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "ledger/anchor.h"
#include "ledger/fault.h"

namespace tallinn {

/// Where a node keeps its anchor; tests keep it in memory.
class Anchor {
 public:
  virtual ~Anchor() = default;
  /// What was there when it was opened; nothing: no file, or one that does not read.
  virtual const std::optional<AnchorState>& found() const = 0;
  /// Why the file that was there does not read as an anchor.
  virtual std::optional<std::string> unreadable() const { return std::nullopt; }
  FoundAnchor both() const { return {.state = found(), .unreadable = unreadable()}; }
  /// Hands the state of the commit just made over; it is written beside what follows. A Fault, of
  /// this or an earlier state, is final.
  virtual Stored<void> set(const AnchorState& state) = 0;
  /// Answers once the state that was set last is durable: asked before the next commit, so that the
  /// anchor is at most one commit behind.
  virtual Stored<void> durable() = 0;
};

/// Makes its folder when there is none. Closing it waits for the last state. Error unavailable,
/// also when another process holds it.
Result<std::unique_ptr<Anchor>> open_anchor_file(const std::filesystem::path& path);
/// Keeps the state in `kept`, which must outlive it: what survives a simulated restart.
std::unique_ptr<Anchor> open_anchor_memory(std::optional<AnchorState>& kept);

}  // namespace tallinn
