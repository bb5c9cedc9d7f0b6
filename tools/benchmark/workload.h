// Workload: seeded events for the benchmarks: pledges, commitments and money moving, signed
// beforehand. Deterministic: the same numbers give the same bytes. Not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "events/event.h"
#include "ledger/charter.h"
#include "ledger/keys.h"
#include "net/replica.h"

namespace tallinn::bench {

/// A ledger of two offices whose keys are all known here.
struct Parties {
  Charter charter;
  OfficeKeys kyiv;
  OfficeKeys warsaw;
  SigningKey estonia;
  SigningKey implementer;
  SigningKey ukraine;
};
Parties make_parties();
/// The key file of "kyiv" or "warsaw", as a node reads it.
KeyFile office_key_file(const std::string& office);

/// Admissions of the parties and their keys, to be recorded first.
std::vector<Submission> founding(const Parties& parties);
/// Four events, about 300 bytes each: a pledge, its commitment, the money sent and received.
std::vector<Submission> cycle(const Parties& parties, std::uint64_t number);

}  // namespace tallinn::bench
