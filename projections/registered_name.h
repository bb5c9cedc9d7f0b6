// What an event registers under a name of its own. Pure.
#pragma once

#include <concepts>

#include "events/event.h"
#include "projections/aggregate_records.h"
#include "projections/assurance_records.h"

namespace tallinn {

/// Calls `found.operator()<Record>(name)` with the record that an event of that body registers;
/// nothing where it registers none.
template <class Found>
void if_registers(const Body& of, Found found) {
  std::visit(
      [&](const auto& body) {
        using B = std::remove_cvref_t<decltype(body)>;
        if constexpr (std::same_as<B, NeedRegistered>)
          found.template operator()<NeedRecord>(body.need);
        if constexpr (std::same_as<B, PledgeAnnounced>)
          found.template operator()<PledgeRecord>(body.pledge);
        if constexpr (std::same_as<B, CommitmentSigned>)
          found.template operator()<CommitmentRecord>(body.commitment);
        if constexpr (std::same_as<B, AllocationProposed>)
          found.template operator()<AllocationRecord>(body.allocation);
        if constexpr (std::same_as<B, ConsignmentDispatched> || std::same_as<B, ServiceRendered>)
          found.template operator()<ConsignmentRecord>(body.consignment);
        if constexpr (std::same_as<B, AuditFindingRecorded>)
          found.template operator()<FindingRecord>(body.finding);
      },
      of);
}

}  // namespace tallinn
