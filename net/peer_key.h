// Whose transport key a peer has proved in its handshake: an office's or a mirror's. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "ledger/mirror.h"
#include "projections/roster.h"

namespace tallinn {

struct KnownPeer {
  std::string name;
  std::optional<OfficeNumber> office;  ///< nothing: a mirror
  bool operator==(const KnownPeer&) const = default;
};

/// The office whose newest log has that transport key: by the roster of now, or by what the node
/// was told of an office that is further there. Else the mirror with it.
std::optional<KnownPeer> peer_with_transport(const Roster& now, const Roster& told,
                                             std::span<const MirrorKeys> mirrors,
                                             const PublicKey& transport);

}  // namespace tallinn
