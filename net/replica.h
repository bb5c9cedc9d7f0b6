// Replica: one node's state machine over its store: admits, takes from peers, folds, settles,
// cosigns, promises. Shell, but deterministic: clock and disk come in, nothing here starts a thread
// or reads a clock. One caller at a time (the committer, or a simulator). Work is staged, then made
// durable by the one `commit()`: entries, tree rows, views, undo records, notes and checkpoints go
// in one synced batch, then the anchor; only then may anything staged be answered or sent. A staged
// operation that is refused leaves nothing behind. A Fault is final: the replica appends no more.
#pragma once

#include <chrono>
#include <deque>
#include <memory>

#include "ledger/file_anchor.h"
#include "ledger/keys.h"
#include "ledger/promise.h"
#include "ledger/state_note.h"
#include "ledger/value_statement.h"
#include "net/batch.h"
#include "net/head.h"
#include "net/peer_note.h"
#include "net/witness.h"
#include "projections/admission.h"
#include "projections/fold.h"

namespace tallinn {

/// Whose node this is: an office's...
struct NodeIdentity {
  OfficeNumber office;
  OfficeKeys keys;
};
/// ...or a mirror's, which has no log of its own: it admits nothing, and cosigns what it holds.
struct MirrorIdentity {
  std::string name;  ///< one of Options::mirrors
  SigningKey witness;
};

struct Submission {
  Bytes event;
  std::vector<EventSignature> signatures;  ///< ascending keys
  std::vector<WithheldValue> values;
  std::vector<HeldLog> after;  ///< what the client has seen answered; this node must hold it
  Signatures checked = Signatures::to_check;
};

struct Admitted {
  Place place;
  Uuid id;
  enum class Novelty : std::uint8_t { fresh, known } novelty = Novelty::fresh;
};

/// A state root to compute: anywhere, on any thread, from a snapshot.
struct StateJob {
  std::shared_ptr<const StoreReader> snapshot;
  StateNote note;  ///< all but `records` and `state`
};
/// Cost: one scan of the views at the job's point.
Stored<StateNote> compute_state(StateJob job);

inline constexpr std::chrono::seconds kCosignEvery{600};
/// Offices propose multiples of this Lamport time as points of state notes, so that both come to
/// the same ones: of those settled since the last note the newest.
inline constexpr std::uint64_t kStateEvery = 1'024;

class RebuildBeside;

class Replica {
 public:
  struct Options {
    Charter charter;
    /// One of the two at most; neither: it reads, verifies and folds only.
    std::optional<NodeIdentity> identity = {};
    std::optional<MirrorIdentity> mirror = {};
    std::vector<MirrorKeys> mirrors = {};  ///< whose cosignatures are kept and shown
    /// How old this node's cosignature of a log that has not changed grows before it is made
    /// anew.
    std::chrono::seconds cosign_every = kCosignEvery;
    std::uint64_t state_every = kStateEvery;  ///< another one only for tests
  };
  /// Recovers from the store; folds what is not folded; judges the anchor. `store`, `anchor`,
  /// `heads` outlive it. A new store is given the charter; a store of another ledger is a Fault.
  static Stored<std::unique_ptr<Replica>> open(Store& store, Anchor& anchor, HeadSlot& heads,
                                               Options options);

  // --- staging
  // ------------------------------------------------------------------------------------------------------
  /// The answer is provisional until commit(). Refusals as projections/admission.h, and malformed,
  /// id_conflict, behind, not_appending.
  Stored<Result<Admitted>> stage_submission(const Submission& submission, UnixMillis now);
  /// Structural checks only (docs/formats.md, "Peer frames"): envelope, signatures, seen,
  /// Lamport time, roots.
  Stored<Result<void>> stage_batch(const PeerBatch& batch, Signatures signatures);
  /// A checkpoint with cosignatures, a promise, a state note, evidence or an erasure from a peer,
  /// or a checkpoint from anybody. Nothing new is no error, and neither is a checkpoint that makes
  /// evidence: it is taken as that.
  Stored<Result<void>> stage_note(const PeerNote& note);
  /// c2sp.org/tlog-witness: cosigns a checkpoint of another office's log that this node holds
  /// durably. Refusals by HTTP status: malformed 400, not_found 404, unauthorised 403, failed 422,
  /// unavailable 503.
  Stored<Result<WitnessAnswer>> stage_witness(const AddCheckpoint& request, UnixMillis now);
  /// Has a value that an event withholds erased for good, here and at every peer, on the word of
  /// its author: a note of ledger/value_statement.h. Answers the statement that is kept: the first
  /// one. Erased before, or not held here: no error. Refusals: malformed, failed, unauthorised,
  /// not_found, invalid_value.
  Stored<Result<Erasure>> stage_erasure(const std::string& note, UnixMillis now);
  /// Values that an office was asked for: those of lacking events (ledger/store_lacking.h) that are
  /// what their events withhold. Others are left: of two events with one id, the offices may not
  /// know the same one yet.
  Stored<void> stage_values(std::span<const WithheldValue> values);
  /// The result of a StateJob: signs it, joins it with what peers signed.
  Stored<void> stage_state(const StateNote& computed);
  /// Cosigns again what has not changed since its cosignature grew old. Nothing due: no cost.
  void renew_cosignatures(UnixMillis now);
  /// Makes everything staged durable, cosigns and promises what that allows, publishes the new
  /// Head; then has erased values leave the store's files. Nothing staged: no cost.
  Stored<void> commit(UnixMillis now);
  /// Is an erased value still in a file, since somebody reads what was before? commit() tries
  /// again.
  bool erased_remains() const;

  /// Puts views made anew in the place of those read until now, in one synced commit, and publishes
  /// a new Head; says so when the two were not equal. False: something is staged, or more than
  /// `most_left` entries are left for the last step, and the rebuild has to go on.
  Stored<bool> take_views(RebuildBeside& rebuilt, std::size_t most_left, UnixMillis now);

  // --- what follows from it
  // -------------------------------------------------------------------------------------------
  /// Notes that peers have not been told since the last call, in order: this node's own, and what
  /// was news in those of its peers, so that all of them hear it by whoever they are linked to.
  std::vector<PeerNote> take_notes();
  /// Everything a newly met peer should know.
  std::vector<PeerNote> notes_for_new_peer() const;
  /// The next state root worth computing, if any: of a point that a peer's note names, or that this
  /// office proposes itself; `idle_ms`: how long nothing has changed.
  enum class Propose : std::uint8_t { a_point, nothing };
  std::optional<StateJob> next_state_job(std::int64_t idle_ms, Propose propose = Propose::a_point);
  /// A peer says that it holds that much of this office's own log. More than its store does: this
  /// node appends no more until it is started again; and never, once anybody shows a statement by
  /// its own key that says so (promise 2).
  void show_own_log(const HeldLog& peer_holds);

  const std::vector<HeldLog>& held() const;
  const Charter& charter() const;
  ~Replica();

  struct Impl;  ///< net/replica_impl.h

 private:
  explicit Replica(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tallinn
