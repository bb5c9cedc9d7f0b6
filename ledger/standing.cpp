#include "ledger/standing.h"

#include "events/assert.h"

namespace tallinn {

Standing judge_anchor(const std::optional<AnchorState>& anchor, const LedgerId& ledger,
                      const OwnInStore& own, const std::function<Digest(LogSize)>& root_at) {
  constexpr std::uint64_t kMostAhead = 1;  // a power cut between a commit and its anchor
  const bool said_nothing = own.log.size == LogSize(0) && own.commit == CommitNumber(0);
  if (!anchor) return said_nothing ? Standing::may_append : Standing::anchor_missing;
  const LogId said = anchor->own.log;
  if (anchor->ledger != ledger || said.office != own.log.log.office ||
      said.epoch > own.log.log.epoch)
    return Standing::anchor_differs;
  if (said.epoch < own.log.log.epoch)  // nothing was said of this epoch yet
    return said_nothing ? Standing::may_append : Standing::anchor_missing;
  if (own.log.size < anchor->own.size || own.commit < anchor->commit) return Standing::store_behind;
  if (root_at(anchor->own.size) != anchor->root) return Standing::anchor_differs;
  if (own.commit.value() - anchor->commit.value() > kMostAhead) return Standing::anchor_behind;
  if (own.commit == anchor->commit && own.log.size != anchor->own.size)
    return Standing::anchor_differs;
  return Standing::may_append;
}

Standing judge_anchor(const FoundAnchor& found, const LedgerId& ledger, const OwnInStore& own,
                      const std::function<Digest(LogSize)>& root_at) {
  const Standing standing = judge_anchor(found.state, ledger, own, root_at);
  if (!found.unreadable) return standing;
  const bool says_nothing_of_it = standing == Standing::may_append && own.log.log.epoch > Epoch(1);
  return says_nothing_of_it ? standing : Standing::anchor_unreadable;
}

std::string_view spell(Standing standing) {
  switch (standing) {
    case Standing::may_append: return "may_append";
    case Standing::anchor_missing: return "anchor_missing";
    case Standing::store_behind: return "store_behind";
    case Standing::anchor_differs: return "anchor_differs";
    case Standing::peer_holds_more: return "peer_holds_more";
    case Standing::contradicted: return "contradicted";
    case Standing::not_opened: return "not_opened";
    case Standing::sealed: return "sealed";
    case Standing::restored: return "restored";
    case Standing::anchor_behind: return "anchor_behind";
    case Standing::mirror: return "mirror";
    case Standing::anchor_unreadable: return "anchor_unreadable";
  }
  TALLINN_ASSERT(!"unknown standing");
  return {};
}

std::string_view standing_way_out(Standing standing) {
  switch (standing) {
    case Standing::may_append:
    case Standing::mirror: return "";
    case Standing::anchor_missing:
      return "stop the node, put the anchor file back at the path that node.toml names, if it was "
             "only moved, and start again; else let it catch up from a peer, then `tallinn office "
             "epoch` prepares the next epoch";
    case Standing::anchor_unreadable:
      return "stop the node and put a whole copy of the newest anchor file in its place, if there "
             "is one; else let it catch up from a peer, then `tallinn office epoch` prepares the "
             "next epoch";
    case Standing::anchor_differs:
      return "check that `data` and `anchor` in node.toml belong together; else let it catch up "
             "from a peer, then `tallinn office epoch` prepares the next epoch";
    case Standing::anchor_behind:
      return "stop the node and put the newest anchor file back, if there is one; else let it "
             "catch "
             "up from a peer, then `tallinn office epoch` prepares the next epoch";
    case Standing::store_behind:
    case Standing::restored:
    case Standing::peer_holds_more:
      return "keep the node running until it holds what its peers hold; then `tallinn office "
             "epoch` "
             "prepares the next epoch, with new keys of `tallinn office new`";
    case Standing::contradicted:
      return "keep this data and the other history, tell the other office, look for a copy of this "
             "office that runs elsewhere; then `tallinn office epoch` prepares the next epoch";
    case Standing::not_opened:
      return "let the coordination group sign what `tallinn office epoch` prepares, or start with "
             "the keys that are in force";
    case Standing::sealed:
      return "make new keys with `tallinn office new`; `tallinn office epoch` prepares the next "
             "epoch";
  }
  TALLINN_ASSERT(!"unknown standing");
  return {};
}

std::string_view standing_text(Standing standing) {
  switch (standing) {
    case Standing::may_append: return "The head anchor and the store agree";
    case Standing::anchor_missing:
      return "The head anchor is missing although this office has entries: nothing more is "
             "appended in this epoch; put "
             "the anchor back if it was only moved, else catch up from a peer and open the next "
             "epoch";
    case Standing::anchor_unreadable:
      return "The head anchor is damaged, no state in it is whole: nothing more is appended in "
             "this "
             "epoch; the file is left as it is; put a whole copy of the newest one in its place, "
             "else catch up from a peer and open the next epoch";
    case Standing::store_behind:
      return "The store lacks entries that the head anchor says were committed: nothing more is "
             "appended in this epoch; "
             "catch up from a peer and open the next epoch";
    case Standing::anchor_differs:
      return "The head anchor is of other data than this store: nothing more is appended in this "
             "epoch; check the paths "
             "of data and anchor, else catch up from a peer and open the next epoch";
    case Standing::peer_holds_more:
      return "A peer held more of this office's own log than this store: the data was restored, "
             "rolled "
             "back or cloned, and nothing more is appended in this epoch; open the next epoch";
    case Standing::contradicted:
      return "Another history signed by this office's own key exists: nothing more is appended in "
             "this "
             "epoch; keep both, tell the other office, and open the next epoch";
    case Standing::not_opened:
      return "No event known here opens a log with this office's keys: reads are served and the "
             "other logs are fetched; let the coordination group sign LogSealed and LogOpened "
             "(`tallinn office epoch`), or use the keys that the charter names";
    case Standing::sealed:
      return "The log of this office's keys is sealed: nothing more is appended in this epoch; "
             "make new keys (`tallinn office new`) and open the next one (`tallinn office epoch`)";
    case Standing::restored:
      return "The data was restored from a backup, which may be older than what this office has "
             "signed: nothing more is appended in this epoch; it catches up from its peers; open "
             "the next epoch";
    case Standing::anchor_behind:
      return "The head anchor is older than the store by more than one commit: it is not the "
             "newest "
             "one, and nothing more is appended in this epoch; put the newest anchor back, else "
             "catch up from a peer and open the next epoch";
    case Standing::mirror:
      return "This node is a mirror: it holds, verifies and cosigns the logs of the offices, "
             "answers "
             "every reader and records nothing";
  }
  TALLINN_ASSERT(!"unknown standing");
  return {};
}

}  // namespace tallinn
