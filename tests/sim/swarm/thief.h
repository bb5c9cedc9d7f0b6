// Thief: whoever has an office's key and is not that office: batches that break the rules of a log
// under a true signature, and a second history. One thread.
#pragma once

#include "tests/sim/swarm/clients.h"

namespace tallinn::swarm {

class Thief {
 public:
  /// All outlive it. `office`: whose keys it has.
  Thief(std::size_t office, std::uint64_t seed, Cluster& cluster, Clients& clients, Tally& tally)
      : office_(office), random_(seed), cluster_(cluster), clients_(clients), tally_(tally) {}

  /// Shows a node a batch that it must refuse.
  void send_bad_batch();
  /// Signs what contradicts the office: from then on there may be two histories of its log.
  void sign_second_history();
  /// A note or batch of earlier, to anybody.
  void replay();

 private:
  /// Somebody who hears of the office's log as it is now; nothing: nobody does.
  std::optional<std::size_t> victim();
  /// Its checkpoint of a size that the log will not have: no second history, and a lie.
  void show_what_never_comes(std::size_t n);
  LogId log() const;

  const std::size_t office_;
  generator::Random random_;
  Cluster& cluster_;
  Clients& clients_;
  Tally& tally_;
};

}  // namespace tallinn::swarm
