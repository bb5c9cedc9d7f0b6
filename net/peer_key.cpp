#include "net/peer_key.h"

#include <algorithm>

namespace tallinn {
namespace {

std::optional<OfficeNumber> office_with_transport(const Roster& now, const Roster& told,
                                                  const PublicKey& transport) {
  if (const auto office = now.office_of_transport(transport)) return office;
  const auto office = told.office_of_transport(transport);
  if (!office) return std::nullopt;
  const auto epoch_in = [&](const Roster& roster) {
    return roster.offices().at(office->value()).current.epoch;
  };
  return epoch_in(told) > epoch_in(now) ? office : std::nullopt;
}

}  // namespace

std::optional<KnownPeer> peer_with_transport(const Roster& now, const Roster& told,
                                             std::span<const MirrorKeys> mirrors,
                                             const PublicKey& transport) {
  if (const auto office = office_with_transport(now, told, transport))
    return KnownPeer{.name = now.offices().at(office->value()).name, .office = office};
  const auto mirror = std::ranges::find(mirrors, transport, &MirrorKeys::transport);
  if (mirror == mirrors.end()) return std::nullopt;
  return KnownPeer{.name = mirror->name, .office = {}};
}

}  // namespace tallinn
