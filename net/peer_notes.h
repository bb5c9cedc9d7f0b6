// Peer notes: what a node that was just met should be told: evidence, checkpoints with their
// cosignatures, promises, the newest states, erasures. Pure over any StoreReader.
#pragma once

#include <set>

#include "net/knowledge.h"
#include "net/replica.h"

namespace tallinn {

/// What is told of a store. All of it must outlive the call.
struct NotesOf {
  const StoreReader& store;
  const Knowledge& known;
  const std::set<LogId>& frozen;  ///< logs of which nothing but the evidence is given on
  std::optional<Lamport> joint_state;
};
/// In the order in which they are told.
Stored<std::vector<PeerNote>> notes_for_new_peer(const NotesOf& of);

}  // namespace tallinn
