// NodeParts: what node.toml names, opened: charter, keys, store, anchor and the replica over them;
// nothing runs yet. Shell. For the node, and for commands that do a node's work without network.
#pragma once

#include <memory>

#include "ledger/file_anchor.h"
#include "net/node.h"
#include "net/replica.h"

namespace tallinn {

/// Members go in reverse order.
struct NodeParts {
  Charter charter;
  Roster told;
  std::string name;                    ///< the office's or the mirror's
  std::optional<OfficeNumber> office;  ///< nothing: a mirror
  std::vector<MirrorKeys> mirrors;     ///< who may connect beside the offices
  std::unique_ptr<Store> store;
  std::optional<AnchorState> unsaid;  ///< what a mirror has in an anchor's place: nothing
  std::unique_ptr<Anchor> anchor;
  HeadSlot heads;
  std::optional<SigningKey> transport;
  std::unique_ptr<Replica> replica;
};
/// Makes the data folder where there is none. Error with the path at fault and what to do; the
/// store is open at most once at a time.
Result<std::unique_ptr<NodeParts>> open_node_parts(const NodeConfig& config);

}  // namespace tallinn
