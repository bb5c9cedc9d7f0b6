// Node: wires store, anchor, replica, committer, peers and HTTP into one running office, or a
// mirror of all of them.
// Shell; the only place where all of them meet. Threads: one committer, `io_threads` for network
// and reads, two for long reads and receipts, one for a rebuild.
#pragma once

#include <chrono>
#include <memory>

#include "net/committer.h"
#include "net/http_server.h"
#include "net/routes.h"
#include "net/session.h"

namespace tallinn {

/// node.toml; every key, its unit and default: tools/node.toml.example.
struct NodeConfig {
  enum class Role : std::uint8_t { office, mirror } role = Role::office;
  std::string data;     ///< folder of the store (the database is in data/db)
  std::string anchor;   ///< head anchor file, outside `data`; a mirror has none
  std::string charter;  ///< charter file
  std::string chain;    ///< governance chain file; empty: the first epochs' keys are still good
  std::string key;      ///< key file of the office or the mirror (0600, without passphrase)
  std::string listen;   ///< "H:P" for peers; a mirror has none: it dials
  std::string http;     ///< "H:P"
  struct Peer {
    std::string office;                  ///< charter name
    std::vector<std::string> addresses;  ///< "H:P", tried in order
    std::string url;                     ///< its HTTP address, told to clients
  };
  std::vector<Peer> peers;
  std::vector<std::string> mirrors;  ///< mirror lines (ledger/mirror.h): who else may connect
  HttpLimits http_limits;
  SessionLimits session_limits;
  std::int64_t handshakes_per_minute = 120;  ///< failed ones that one address is served
  std::int64_t cosign_every_s = kCosignEvery.count();
  int io_threads = 2;
  /// How long stop() waits for requests under way. No key of the file.
  std::chrono::milliseconds requests_end_within{5'000};
};
/// Unknown keys are errors (with the nearest known one); relative paths are relative to the file's
/// folder.
Result<NodeConfig> load_node_config(const std::string& path);
/// Of such a file's text, which errors call `name`; paths as they are written.
Result<NodeConfig> parse_node_config(std::string_view text, const std::string& name);
std::string format_node_config(const NodeConfig& config);

class Node {
 public:
  /// Opens everything and starts serving. Errors say what to do. Logs one structured line an event
  /// on standard error.
  static Result<std::unique_ptr<Node>> start(const NodeConfig& config, Clock clock);
  virtual ~Node() = default;
  virtual unsigned short http_port() const = 0;
  virtual unsigned short peer_port() const = 0;
  /// In order: no new requests, finish the batch, close. Blocks until done.
  virtual void stop() = 0;
  /// Blocks until stop() is called from elsewhere. A node whose store has failed says so, admits
  /// nothing more and goes on serving reads until it is stopped; the answer is that fault, if any.
  virtual std::optional<Fault> wait() = 0;
};

}  // namespace tallinn
