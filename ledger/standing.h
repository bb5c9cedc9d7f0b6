// Standing: what a node may do with its own log, by promise 2, and what an operator does when it
// may not append. Pure values.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "ledger/anchor.h"

namespace tallinn {

/// What a store says of the log that its office signs.
struct OwnInStore {
  HeldLog log;
  CommitNumber commit;
};

/// What a node may do with its own log, by promise 2.
enum class Standing : std::uint8_t {
  may_append,  ///< anchor and store agree, or the store is ahead by one commit; or the anchor is of
               ///< an earlier epoch
  anchor_missing,     ///< a store whose office has said something, and no anchor
  store_behind,       ///< the store lacks what the anchor says was committed
  anchor_differs,     ///< same size, other root; or another ledger or log
  peer_holds_more,    ///< a peer showed more of the own log than the store held: restored or cloned
                      ///< data
  contradicted,       ///< a checkpoint of the own key was shown that the store contradicts
  not_opened,         ///< no event known here opens a log with this office's key
  sealed,             ///< the log of this office's key is sealed
  restored,           ///< the data was made from a backup
  anchor_behind,      ///< the store is ahead by more than one commit: the anchor is an older one
  mirror,             ///< a mirror, which has no log of its own
  anchor_unreadable,  ///< there is an anchor, and no state in it is whole
};
inline constexpr Standing kLastStanding = Standing::anchor_unreadable;
/// `root_at`: root of the own log in the store at a size within it.
Standing judge_anchor(const std::optional<AnchorState>& anchor, const LedgerId& ledger,
                      const OwnInStore& own, const std::function<Digest(LogSize)>& root_at);
/// By what was found: an anchor that does not read has said something of the first epoch at least,
/// whatever the store knows; for a later one it counts as none.
Standing judge_anchor(const FoundAnchor& found, const LedgerId& ledger, const OwnInStore& own,
                      const std::function<Digest(LogSize)>& root_at);
/// "may_append": its name in status, metrics and log.
std::string_view spell(Standing standing);
/// One sentence: what it means and what to do.
std::string_view standing_text(Standing standing);
/// What an operator does to append again; empty when nothing needs doing.
std::string_view standing_way_out(Standing standing);

}  // namespace tallinn
