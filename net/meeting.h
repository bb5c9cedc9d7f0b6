// Meetings: what offices that could not hear each other find out when they meet again: how much
// each lacked, and the exceptions that are open then and were not before. A meeting lasts until
// this node has caught up, over as many connections as that takes. Thread-safe; reads Heads.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "net/head.h"

namespace tallinn {

/// What a meeting brought, once this node had caught up.
struct MeetingResult {
  std::uint64_t fetched = 0;            ///< entries that this node lacked when they met
  std::uint64_t sent = 0;               ///< entries that the peer lacked then
                                        // both with what came while the link was down in between
  std::vector<std::string> exceptions;  ///< ids of those that it opened
};

/// Entries that each side of a meeting lacks.
struct Lacking {
  std::uint64_t here = 0;
  std::uint64_t there = 0;
};

class Meetings {
 public:
  /// `heads` outlives it.
  explicit Meetings(HeadSlot& heads) : heads_(heads) {}
  /// A peer is there that has entries for this node; or is there again. Cost: one scan of the
  /// exceptions.
  void begin(const std::string& peer, Lacking lacking);
  /// The connection ended, and each side lacked so much then.
  void broke_off(const std::string& peer, Lacking left);
  /// This node has them now. Nothing: no meeting with that peer was going on. Cost as above.
  std::optional<MeetingResult> end(const std::string& peer);
  /// The last one that has ended.
  std::optional<MeetingResult> last(const std::string& peer) const;

 private:
  std::set<std::string> open_exceptions() const;

  struct Meeting {
    std::optional<std::set<std::string>> before;  ///< exceptions that were open; while it goes on
    Lacking lacked;
    Lacking left;  ///< at the end of the last connection, or at the beginning of this one
    std::optional<MeetingResult> result;
  };
  HeadSlot& heads_;
  mutable std::mutex mutex_;
  std::map<std::string, Meeting> meetings_;
};

}  // namespace tallinn
