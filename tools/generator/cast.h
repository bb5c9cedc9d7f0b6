// Cast: the parties of a generated history: who they are, which keys' roles they need, how they are
// admitted. Pure.
#pragma once

#include <string>
#include <vector>

#include "events/event.h"
#include "events/key_lookup.h"

namespace tallinn::generator {

struct Actor {
  PartyId party;
  PartyKind kind{};
  Bilingual name;
  std::vector<Role> roles;
  Currency currency;  ///< of a donor's money
};

struct Cast {
  std::vector<Actor> donors;
  std::vector<Actor> implementers;
  std::vector<Actor> recipients;
  Actor front;
  Actor back;
  Actor monitor;
  Actor auditor;

  /// Everyone, in the order in which they are admitted.
  std::vector<const Actor*> everyone() const;
};

struct CastSizes {
  unsigned donors = 12;
  unsigned implementers = 8;
  unsigned recipients = 5;
};
/// The donors of the Mechanism first, then numbered ones. At least 3 donors and 1 of each other.
Cast make_cast(const CastSizes& sizes);

/// The coordinators that a charter for a generated history must name; any two are its quorum.
const std::vector<PartyId>& coordinators();

/// A party's admission and its key's enrolment. Asserts that `keys` knows the party.
std::vector<Body> admission_of(const Actor& actor, const KeyLookup& keys);

}  // namespace tallinn::generator
