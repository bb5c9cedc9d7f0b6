// What every event type is: whose decision or a fact, who signs it by keys of which roles. One
// table, docs/domain.md's. Pure data, in the order of Body.
#pragma once

#include "projections/hearing.h"

namespace tallinn {

/// Where an event may be admitted.
enum class Home : std::uint8_t { anywhere, front, back, as_corrected };

/// Who must sign, beyond what the aggregate it names says.
enum class Signing : std::uint8_t {
  author,         ///< its author, by a key of one of the roles
  quorum,         ///< the charter's quorum of coordinators
  quorum_or_key,  ///< or the key that it revokes
  coordinator,    ///< its author, a coordinator
  recipient_and_deliverer,
  recipient_and_front,
  both_offices,
};

struct EventRule {
  Home home = Home::anywhere;
  Signing signing = Signing::author;
  RoleSet roles = 0;
  bool governance = false;  ///< stands in the governance chain
};

const EventRule& rule_of(const Body& body);
/// `type`: place in Body plus 1.
const EventRule& rule_of_type(std::uint8_t type);
constexpr std::uint8_t type_number(const Body& body) {
  return static_cast<std::uint8_t>(body.index() + 1);
}

}  // namespace tallinn
