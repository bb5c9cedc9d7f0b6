// Notes: whatever an office says under its keys, checked against what it holds when it says it, and
// kept for whoever would show it again. One thread.
#pragma once

#include "net/replica.h"
#include "tests/sim/swarm/watch.h"

namespace tallinn::swarm {

class Notes {
 public:
  Notes(const Charter& charter, Truth& truth, const Watch& watch, Tally& tally)
      : charter_(charter), truth_(truth), watch_(watch), tally_(tally) {}

  /// A node tells this of itself or of others. `by`: offices by number, what they hold was looked
  /// at.
  void told(const PeerNote& note);
  /// Everything told so far, a part of it: what may be shown again.
  const std::vector<PeerNote>& kept() const { return kept_; }

 private:
  void check_checkpoint(const std::string& text);
  void check_promise(const std::string& text);
  void check_state(const std::string& text);
  /// A checkpoint says what the log is.
  void check_of_log(const Checkpoint& checkpoint, const std::string& what);

  const Charter& charter_;
  Truth& truth_;
  const Watch& watch_;
  Tally& tally_;
  std::vector<PeerNote> kept_;
  std::set<std::string> checked_;              ///< texts
  std::map<std::string, std::string> states_;  ///< by signer and point
};

}  // namespace tallinn::swarm
