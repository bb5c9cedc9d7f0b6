// Watch: looks at a node after every commit of it: its new entries, what it calls settled, whom it
// accuses, and, now and then, everything that it has derived. One thread.
#pragma once

#include "net/head.h"
#include "tests/sim/swarm/node.h"
#include "tests/sim/swarm/truth.h"

namespace tallinn::swarm {

class Watch {
 public:
  /// All outlive it; `nodes`: how many there may be.
  Watch(const Charter& charter, Truth& truth, Tally& tally, std::size_t nodes)
      : charter_(charter), truth_(truth), tally_(tally), seen_(nodes) {}

  /// After a commit or a start. Cost: of what is new.
  void look(std::size_t n, const Node& node);
  /// Its data is another one from now on.
  void forget(std::size_t n) { seen_[n] = {}; }
  /// What an office held may be gone from its disk: that everybody holds what is settled is not
  /// asked of it any more.
  void harmed(std::size_t n) { harmed_.insert(n); }
  bool is_harmed(std::size_t n) const { return harmed_.contains(n); }

  /// The roots of equal sets of entries, the sums, and the views against a rebuild.
  void compare(std::size_t n, const Node& node);
  void check_whole(std::size_t n, const Node& node);

  /// An answer was given: the event stands at that place of a log of that node.
  void acknowledged(std::size_t n, const Place& place, BytesView event);
  const std::map<LogId, LogSize>& acknowledged() const { return acknowledged_; }
  LogSize held(std::size_t n, LogId log) const;
  Lamport last(std::size_t n) const { return seen_[n].last; }

 private:
  struct Seen {
    std::map<LogId, std::uint64_t> sizes;
    std::set<Position> unsettled;
    std::size_t settled_count = 0;
    Lamport settled;
    Lamport last;
    std::weak_ptr<Head> compared;  ///< the last one
  };
  void look_at_entries(std::size_t n, const Head& head, const std::string& name);
  void look_at_settled(std::size_t n, const Head& head, const std::string& name);
  void look_at_alarms(std::size_t n, const Head& head, const std::string& name);

  const Charter& charter_;
  Truth& truth_;
  Tally& tally_;
  std::vector<Seen> seen_;
  std::set<std::size_t> harmed_;
  std::vector<Position> settled_;  ///< the one order, as far as anybody has called it settled
  std::map<LogId, LogSize> acknowledged_;
  struct Views {
    std::string root;
    std::string exceptions;
    std::string name;
  };
  std::map<std::string, Views> views_;  ///< by what is held
};

}  // namespace tallinn::swarm
