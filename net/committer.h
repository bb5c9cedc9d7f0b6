// Committer: the one thread that changes the replica; it gathers what is waiting into one commit
// (group commit). Shell. Any thread submits; callbacks run on the committer's thread after the
// commit that made the answer durable, and must be short and not block. After a Fault every
// submission is answered with it and nothing is written any more.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "net/replica.h"

namespace tallinn {

/// The wall clock, passed in.
using Clock = std::function<UnixMillis()>;

class Committer {
 public:
  struct Events {
    /// After every commit that changed something: notes to tell, and what is held now.
    std::function<void(std::vector<PeerNote> notes, std::vector<HeldLog> held)> changed;
    /// Once, when the store has failed.
    std::function<void(const Fault& fault)> failed;
  };
  /// `replica` must outlive it and belongs to it alone from now on.
  Committer(Replica& replica, Clock clock, Events events);
  /// Finishes what is queued, then stops.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  using Answered = std::function<void(Result<Admitted>)>;
  void submit(Submission submission, Answered answered);
  using Taken = std::function<void(Result<void>, std::vector<HeldLog> held)>;
  /// Signatures are checked here, on as many threads as there are cores, before the batch is
  /// queued; batches are queued in the order in which they were given.
  void take(PeerBatch batch, Taken taken);
  void take(PeerNote note, std::function<void(Result<void>)> taken);
  /// Replica::stage_values. False: the store has failed.
  void take(std::vector<WithheldValue> values, std::function<void(bool)> taken);
  void witness(AddCheckpoint request, std::function<void(Result<WitnessAnswer>)> answered);
  /// Answers when the value has left the files of this node, too; unavailable when somebody still
  /// reads what was before after `kScrubWithin`: erased all the same.
  void erase(std::string note, std::function<void(Result<Erasure>)> answered);
  static constexpr std::chrono::seconds kScrubWithin{10};
  /// What a newly met peer should know, on the committer's thread; `peer_held` is looked through
  /// for our own log.
  void greet(std::vector<HeldLog> peer_held, std::function<void(std::vector<PeerNote>)> greeted);
  /// Replica::take_views, between two commits. `rebuilt` is not touched again after the answer.
  void take_views(RebuildBeside& rebuilt, std::size_t most_left,
                  std::function<void(Stored<bool>)> taken);
  /// Number of submissions waiting; for limits and metrics.
  std::size_t waiting() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tallinn
