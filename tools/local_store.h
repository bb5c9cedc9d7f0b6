// A node's folder on this machine, opened by a command while no node or one is running on it.
// Shell.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ledger/charter.h"
#include "ledger/fault_error.h"
#include "ledger/file_anchor.h"
#include "ledger/store_db.h"
#include "net/head.h"
#include "net/node.h"

namespace tallinn {

struct LocalStore {
  std::unique_ptr<Store> store;
  Charter charter;  ///< the one that the store keeps, or the one that was given
  /// What had to be passed over to open it (read_only asked, salvage needed).
  std::optional<Fault> damaged;
};
/// With the way out that a command can give.
using ErrorOfFault = Error (*)(const Fault&);
/// `folder`: a node's folder, its data folder or the database itself. `charter_path`: may be empty.
/// read_only turns to salvage where that is the only way to read anything. Error unavailable, also
/// when a running node holds a store that is to be written.
Result<LocalStore> open_local_store(const std::string& folder, const std::string& charter_path,
                                    StoreOptions::Access access,
                                    ErrorOfFault error_of = error_from);

/// A node's data as it was when this was opened, also beside its writer. Members go in reverse
/// order: the head's snapshot before the store.
struct DataAtRest {
  std::unique_ptr<Store> store;
  Charter charter;
  std::shared_ptr<Head> head;
};
/// `folder` as above. Error unavailable, also for a damaged store.
Result<DataAtRest> read_data(const std::string& folder);

/// Whose folder it is, by its node.toml and key file; nothing for a bare data folder.
struct LocalNode {
  std::string name;
  NodeConfig::Role role{};
  std::string key;     ///< path
  std::string anchor;  ///< path; a mirror has none
};
Result<std::optional<LocalNode>> local_node(const std::string& folder);

/// The head anchor in `path`, locked and not changed; null: there is no such file. No node commits
/// while it lives: a store opened meanwhile is of the same moment. Error unavailable while a node
/// holds it.
Result<std::unique_ptr<Anchor>> hold_anchor(const std::string& path);

}  // namespace tallinn
