// Meetings: what offices that could not hear each other find out when they meet again: how much
// each lacked, and the exceptions that are open then and were not before. Thread-safe; reads Heads.
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
  std::vector<std::string> exceptions;  ///< ids of those that it opened
};

class Meetings {
 public:
  /// `heads` outlives it.
  explicit Meetings(HeadSlot& heads) : heads_(heads) {}
  /// A peer is there that has entries for this node. Cost: one scan of the exceptions.
  void begin(const std::string& peer);
  /// This node has them now. Cost as above.
  MeetingResult end(const std::string& peer, std::uint64_t fetched, std::uint64_t sent);
  /// The last one that has ended.
  std::optional<MeetingResult> last(const std::string& peer) const;

 private:
  std::set<std::string> open_exceptions() const;

  struct Meeting {
    std::set<std::string> before;  ///< exceptions that were open
    std::optional<MeetingResult> result;
  };
  HeadSlot& heads_;
  mutable std::mutex mutex_;
  std::map<std::string, Meeting> meetings_;
};

}  // namespace tallinn
