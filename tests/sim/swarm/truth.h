// Truth: every log as the run has seen it written, entry by entry, and the rules that an entry
// keeps, said once more and independently of the product (docs/architecture.md, "One total order").
// One thread.
#pragma once

#include <map>
#include <set>

#include "events/entry.h"
#include "ledger/charter.h"
#include "ledger/merkle.h"
#include "ledger/order.h"
#include "tests/sim/swarm/broken.h"

namespace tallinn::swarm {

/// What is known of an entry.
struct Fact {
  Digest leaf;
  Digest event;  ///< of its bytes
  Lamport lamport;
  std::vector<Seen> seen;
};

class Truth {
 public:
  Truth(const Charter& charter, Tally& tally) : charter_(charter), tally_(tally) {}

  /// A node holds that. Checks it when it is the first to; when not, it is the same one, unless the
  /// log is doubted.
  void meet(const Place& place, BytesView entry);
  /// Its key is, or may be, in other hands: there may be two histories, and only one is known here.
  void doubt(LogId log) { doubted_.insert(log); }
  bool doubted(LogId log) const { return doubted_.contains(log); }
  bool any_doubt() const { return !doubted_.empty(); }
  /// Nodes hold different ones.
  bool forked(LogId log) const { return forked_.contains(log); }

  LogSize size(LogId log) const;
  const Fact* fact(const Place& place) const;
  /// Of a prefix that is known.
  Digest root(LogId log, LogSize size) const;
  /// The office has promised no entry from `size` on up to `lamport`.
  void promised(LogId log, LogSize size, Lamport lamport);

 private:
  struct Log {
    std::vector<Fact> facts;
    std::vector<Digest> roots;  ///< by size
    Frontier frontier;
    std::set<Digest> events;
    std::vector<std::pair<LogSize, Lamport>> promises;
  };
  void check(const Place& place, const Entry& entry, const Log& log);
  void check_seen(const Place& place, const Entry& entry, const Log& log);
  void check_event(const Place& place, const Entry& entry, const Log& log);
  std::string words(const Place& place) const;

  const Charter& charter_;
  Tally& tally_;
  std::map<LogId, Log> logs_;
  std::set<LogId> doubted_;
  std::set<LogId> forked_;
};

}  // namespace tallinn::swarm
