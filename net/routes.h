// Routes: every HTTP answer of a node (docs/interface.md, "HTTP routes of a node"), from the newest
// Head. Shell (reads the store through the Head's snapshot), no sockets. Thread-safe.
#pragma once

#include "net/committer.h"
#include "net/http.h"
#include "net/meeting.h"
#include "net/rebuild_runner.h"

namespace tallinn {

/// What routes tell about the node beside the ledger: filled by the node, read at each request.
struct NodeStatus {
  std::string version;
  std::string name;  ///< the office's, or the mirror's
  std::vector<std::pair<std::string, std::string>>
      office_urls;  ///< office name -> HTTP URL, as configured (for wrong_office)
  struct Peer {
    std::string name;
    bool connected = false;
    std::uint64_t lag_entries = 0;  ///< entries it lacks
    std::int64_t lag_ms = 0;        ///< how old the oldest of these is here
    std::uint64_t to_fetch = 0;     ///< entries that it holds and this node does not
    std::optional<std::int64_t> clock_ahead_ms = {};  ///< of its clock, against this node's
    std::uint64_t bytes_read = 0;                     ///< of all connections that were ready
    std::uint64_t bytes_written = 0;
    std::uint64_t reconnects = 0;
    std::string last_error;
    std::optional<MeetingResult> meeting = {};  ///< the last one
  };
  std::vector<Peer> peers;
  /// What peers and strangers did wrong, by its name (net/session.h), and how often.
  std::vector<std::pair<std::string_view, std::uint64_t>> refused_peers;
  RebuildStatus rebuild;
  std::string fault;  ///< empty, or why the node has stopped accepting
};

class Routes {
 public:
  struct Options {
    Charter charter;
    std::function<NodeStatus()> status;
    Clock clock;
    int behind_wait_ms = 10'000;  ///< how long a request waits for what its client has seen
    /// Connections that the server takes. Of what holds one for long (requests that wait, followers
    /// of the feed, long reads), each kind has at most a quarter, so that some are left for others.
    std::size_t connections = 512;
    /// Runs long reads (bundles) and receipts on another thread; nothing: where they are asked for.
    std::function<void(std::function<void()>)> elsewhere = {};
  };
  Routes(HeadSlot& heads, Committer& committer, Options options);
  ~Routes();
  void handle(HttpRequest request, HttpRespond respond);
  /// Wakes requests that wait for a newer Head (Tallinn-After); called after every commit and by a
  /// timer.
  void on_head_changed();

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace tallinn
