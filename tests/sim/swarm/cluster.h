// Cluster: two offices, a mirror and perhaps a clone of an office, their clocks and the links
// between them, in one thread, under one seed. It drives what net/peer_link and net/committer drive
// in a real node: sessions ask, the replica stages, one commit makes it durable, then answers and
// notes go out. Every commit is looked at before anything of it is told.
#pragma once

#include "tests/sim/swarm/link.h"
#include "tests/sim/swarm/notes.h"

namespace tallinn::swarm {

inline constexpr std::size_t kKyiv = 0;
inline constexpr std::size_t kWarsaw = 1;
inline constexpr std::size_t kMirror = 2;
inline constexpr std::size_t kClone = 3;
inline constexpr std::size_t kMostNodes = 4;

class Cluster {
 public:
  /// `plan` and `tally` outlive it.
  Cluster(const Plan& plan, Tally& tally);

  // --- time ---
  void run_ms(std::int64_t milliseconds);
  std::int64_t now_ms() const { return now_ms_; }
  /// Turns the clocks on while nothing happens.
  void skip_ms(std::int64_t milliseconds);

  // --- nodes ---
  std::size_t nodes() const { return nodes_.size(); }
  Node& node(std::size_t n) { return *nodes_[n]; }
  bool up(std::size_t n) const { return n < nodes_.size() && nodes_[n]->up(); }
  /// Starts it; what it may do with its log is for the caller to judge. A fault that its disk does
  /// not explain breaks a promise.
  void start(std::size_t n);
  void start(std::size_t n, const std::string& key_name);
  void kill(std::size_t n);
  void power_cut(std::size_t n);
  /// Its store has answered a fault: it must go on answering it.
  void on_fault(std::size_t n, const Fault& fault);
  /// A second node of that office, from what its machine was; it meets the others, never the first.
  void add_clone(std::size_t office, Snapshot from);

  // --- what nodes are given ---
  /// Together in one commit. Answers in the order of the submissions; nothing: the store failed.
  std::optional<std::vector<Result<Admitted>>> submit(std::size_t n,
                                                      const std::vector<Submission>& submissions);
  /// On the word of its author; committed. Nothing: the store failed.
  std::optional<Result<Erasure>> erase(std::size_t n, const std::string& statement);
  /// As if a peer had sent it; committed. Nothing: the store failed.
  std::optional<Result<void>> give(std::size_t n, const PeerNote& note);
  std::optional<Result<void>> give(std::size_t n, const PeerBatch& batch);
  /// A request for its witness's signature; committed. Nothing: the store failed.
  std::optional<Result<WitnessAnswer>> ask_witness(std::size_t n, const AddCheckpoint& request);
  /// Did the commit become durable?
  bool commit(std::size_t n);

  // --- links ---
  std::vector<std::unique_ptr<Link>>& links() { return links_; }
  void drop(Link& link) { link.drop(now_ms_, wire_); }
  void drop_all();
  /// No cut, delay or wait is left, and nothing happens to bytes any more.
  void mend_links();

  const Charter& charter() const { return charter_; }
  Truth& truth() { return truth_; }
  Watch& watch() { return watch_; }
  Notes& notes() { return notes_; }
  const std::vector<PeerBatch>& batches() const { return batches_; }
  /// Why sessions ended that a side blamed on its peer.
  const std::vector<std::string>& blamed() const { return blamed_; }
  /// Of all that has happened: equal for equal runs.
  std::uint64_t digest() const { return digest_; }
  void note_in_digest(std::uint64_t value) { digest_ = (digest_ ^ value) * 0x100000001b3; }

 private:
  bool let_files_go(std::size_t n);
  /// The answer to what was staged, once that is durable; nothing: the store failed.
  template <class T>
  std::optional<T> committed(std::size_t n, Stored<T> staged);
  void connect(std::size_t a, std::size_t b);
  void meet(Link& link);
  /// Withheld values go between offices only.
  ValuesToo values_on(const Link& link) const;
  void tick();
  void tick(std::size_t n);
  void deliver(Link& link);

  /// Does what one session asks for until it asks for nothing more.
  void obey(Link& link, std::size_t side);
  void obey(Link& link, std::size_t side, SessionCommand& command);

  const Plan& plan_;
  Tally& tally_;
  const Charter charter_;
  Truth truth_;
  Watch watch_;
  Notes notes_;
  generator::Random wire_;
  generator::Random disks_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::unique_ptr<Link>> links_;
  std::vector<PeerBatch> batches_;  ///< some of those made
  std::vector<std::string> blamed_;
  std::int64_t now_ms_ = 1'800'000'000'000;
  std::uint64_t digest_ = 0xcbf29ce484222325;
};

}  // namespace tallinn::swarm
