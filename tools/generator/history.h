// History: a plausible history of the ledger, event by event, from one seed: donors pledge, commit
// and pay, needs are met in parts, goods arrive late, damaged or not at all, people err and correct
// it. For simulation and benchmarks. Pure and deterministic; one thread.
//
// For each event it says to which office it is given, when, and what must come of it: accepted or
// refused with which code, and which exceptions (docs/domain.md, section 4) it opens, ends or has
// people resolve. That holds for any interleaving of the two offices that keeps each one's own
// order, as long as they have met at least every `apart_days`: what an office decides never needs
// news from the other one that is younger. In memory are the subjects still open, not the history.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/json.h"
#include "tools/generator/cast.h"

namespace tallinn::generator {

struct HistoryOptions {
  std::uint64_t seed = 1;
  std::uint64_t events = 1'000;  ///< how many, refused ones and the admission of parties included
  CastSizes parties = {};
  Day first{19'711};    ///< 2023-12-20
  unsigned days = 700;  ///< about how long it goes on; short histories end when their subjects do
  unsigned apart_days = 10;        ///< how long the offices may be without each other
  unsigned late_percent = 5;       ///< facts recorded after what follows from them
  unsigned colliding_percent = 2;  ///< decisions that collide with what the other office does
  unsigned mistaken_percent = 4;   ///< facts that are wrong, most of them corrected later
  unsigned refused_percent = 0;    ///< submissions that the rules refuse
};

/// What must come of an event.
struct Expected {
  std::optional<Code> refused = {};        ///< nothing: it is recorded
  std::vector<std::string> opens = {};     ///< ids of exceptions
  std::vector<std::string> ends = {};      ///< these are gone
  std::vector<std::string> resolves = {};  ///< these stay, as resolved
};

struct GivenEvent {
  EventDraft draft;   ///< with its id, and with everyone who signs it in `signers`
  OfficeRole office;  ///< where it is given
  Day day;            ///< when it is given; never goes back
  Expected expected;
};

class Scene;

class History {
 public:
  /// `keys` must know every party of make_cast(options.parties).
  History(const HistoryOptions& options, const KeyLookup& keys);
  ~History();
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  /// Nothing after options.events.
  std::optional<GivenEvent> next();
  /// What is still to happen of what has begun: how much of it is in memory.
  std::size_t awaited() const;

 private:
  std::unique_ptr<Scene> scene_;
  std::uint64_t given_ = 0;
};

}  // namespace tallinn::generator
