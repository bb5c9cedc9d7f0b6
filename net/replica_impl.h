// The inside of Replica, shared by replica*.cpp only: what is staged, and the steps that staging
// and commit are made of. Shell; one caller at a time, as net/replica.h says.
#pragma once

#include <algorithm>
#include <set>

#include "net/grown_tree.h"
#include "net/kept_evidence.h"
#include "net/knowledge.h"
#include "net/refused.h"
#include "net/replica.h"
#include "net/state_notes.h"
#include "projections/entitlement.h"
#include "projections/record_cache.h"
#include "projections/roster.h"

namespace tallinn {

/// By the clock of this machine; nothing is signed for a time before 1970.
inline UnixSeconds seconds_of(UnixMillis time) {
  return UnixSeconds(static_cast<std::uint64_t>(std::max<std::int64_t>(time.value(), 0) / 1000));
}

/// What a note waits for that came before what it speaks of: the log that nothing here has opened
/// yet, or the Lamport time of a state.
struct EarlyNote {
  PeerNote note;
  std::optional<Lamport> until;
};
/// A checkpoint whose log signed it, and who else did of those known.
struct OpenedCheckpoint {
  Checkpoint checkpoint;
  std::vector<Verified> verified;
};

/// What the order rules need of an entry.
struct EntryFacts {
  Lamport lamport;
  std::vector<HeldLog> seen;
};

struct Replica::Impl final : public LamportReader {
  Impl(Store& store_in, Anchor& anchor_in, HeadSlot& heads_in, Options options)
      : store(store_in),
        anchor(anchor_in),
        heads(heads_in),
        charter(std::move(options.charter)),
        identity(std::move(options.identity)),
        mirror(std::move(options.mirror)),
        cosign_every(options.cosign_every),
        state_every(options.state_every),
        known(charter, std::move(options.mirrors)),
        stored_views(store_in),
        view_cache(stored_views, RecordCache::Placed::remembered),
        views(view_cache) {}

  Store& store;
  Anchor& anchor;
  HeadSlot& heads;
  const Charter charter;
  const std::optional<NodeIdentity> identity;
  const std::optional<MirrorIdentity> mirror;
  const std::chrono::seconds cosign_every;
  const std::uint64_t state_every;
  Knowledge known;  ///< with what is staged
  StoredViews stored_views;
  RecordCache view_cache;
  Views views;               ///< with what is staged
  std::optional<LogId> own;  ///< the log that the identity's key signs, once one is opened
  Standing standing = Standing::may_append;
  std::optional<Fault> fault;
  std::uint64_t revision = 0;
  std::optional<Position> folded;  ///< last entry in the views
  std::map<LogId, LogWriter> writers;
  /// Of each log the roots at the last sizes that commits have reached: what checkpoints are of.
  std::map<LogId, GrownTree::Roots> roots_lately;

  // Staged since the last commit.
  Batch batch;
  bool dirty = false;
  std::map<Place, Bytes> staged_entries;
  std::map<Uuid, std::vector<StoredLogs::IdPlace>> staged_ids;
  std::map<Position, Bytes> staged_undo;
  std::map<Position, Bytes> taken_back;  ///< stored undo records that are done with, as they are
  std::vector<PeerNote> staged_notes;
  std::map<Bytes, Digest> staged_values;         ///< by key in the store: their commitments
  std::map<Bytes, std::string> staged_erasures;  ///< by key in the store

  // Known since opening.
  std::vector<PeerNote> outbox;
  std::map<std::pair<NoteKind, LogId>, EarlyNote> early_notes;  ///< one of a kind for each log
  std::set<std::pair<Uuid, std::string>> early_erasures;        ///< by event
  std::vector<Bytes> to_scrub;           ///< values erased that may still lie in a file
  std::size_t compacted = 0;             ///< of these; only old files are left of them
  std::size_t logs_known_early = 0;      ///< logs of the roster when these were last tried
  std::map<LogId, LogSize> own_shown;    ///< what this office's keys were shown to have signed
  std::map<LogId, LogSize> own_claimed;  ///< what peers say they hold of its logs, unproven
  bool paused = false;                   ///< by such a claim: until it is proven, or a restart
  std::vector<std::string> alarms;
  std::set<LogId> frozen;         ///< of which there is evidence: nothing more is taken or given
  std::set<Bytes> evidence_kept;  ///< keys in the store, with what is staged
  std::optional<Lamport> joint_state;
  bool contradicted_order = false;  ///< what came late would have changed what is settled
  Lamport settled;                  ///< what was settled once stays so
  Bytes undo_from;                  ///< key before which there is no undo record, as is known
  Lamport computed_state;           ///< the newest point this node has computed
  std::set<Lamport>
      wanted_states;  ///< points that peers' notes name and this office has not signed
  std::shared_ptr<Head> head;
  AnchorState anchored;     ///< what the anchor says, or is about to
  CommitNumber own_commit;  ///< of the own log in the store

  // replica.cpp
  Stored<void> recover();
  void put_views();
  /// What stands in the newest joint state note is never undone. Of many the rest by later commits.
  Stored<void> erase_old_undo();
  Stored<void> write(UnixMillis now);
  void remember_roots();
  Stored<void> publish();
  std::unexpected<Fault> stop(Fault why);
  /// Of this office, in any epoch.
  bool is_ours(LogId log) const { return identity && log.office == identity->office; }
  LogWriter& writer(LogId log) { return writers.at(log); }
  /// The log that the identity's key signs, and what may be done with it: asked when the roster is
  /// read for the first time, and whenever it has changed.
  void find_own_log();
  Stored<void> judge_own_log();
  /// What the anchor has to say once what is staged is committed; nothing new: nothing.
  std::optional<AnchorState> says_now();
  Stored<void> anchor_own_log();
  /// What the store holds of it, without what is staged.
  LogSize committed(LogId log) const {
    return head ? head->held_of(log) : known.logs().at(log).held;
  }
  void put_note(BytesView key, std::string_view text);
  /// For good: what a peer has shown stands in the store, so that no restart forgets it.
  void stop_appending(Standing why);
  /// A key of this office has signed that much of a log of it.
  void show_own(LogId log, LogSize size);
  /// A peer says that it holds that much of it.
  void claim_own(LogId log, LogSize size);
  void check_own_shown();
  /// Says a contradiction in `status` and the log, once.
  void alarm(std::string sentence);

  // replica_fold.cpp
  Stored<Lamport> lamport_at(LogId log, LogIndex index) override;
  Stored<Bytes> entry_at(const Place& place) const;
  /// `visit(index, bytes)` for the staged ones too, as StoredLogs::each does.
  Stored<void> each_entry(LogId log, LogIndex begin, LogIndex end,
                          const std::function<StoreReader::Next(LogIndex, BytesView)>& visit) const;
  Stored<EntryFacts> facts_at(const Place& place) const;
  /// How much of a log is held, with what is being taken.
  LogSize held_of(LogId log) const;
  /// Gives the entry, which is folded, its place: log, tree, id, knowledge.
  void append(const OrderedEntry& entry);
  /// Takes entries that are new here: folds and appends them. Refused: as `fold`.
  Stored<Result<void>> take(std::span<const OrderedEntry> fresh);
  /// The views have come to another roster.
  Stored<void> adopt(Roster now);
  /// Raises an alarm when what is held of a sealed log is not what the seal names: of every log, or
  /// of those that `fresh` brings to their seals.
  Stored<void> compare_with_seals(std::span<const OrderedEntry> fresh);
  Stored<void> compare_with_seal(LogId id);

  // replica_order.cpp
  /// Folds entries at their places, whatever that changes of the roster and of what counts.
  /// Refused, with nothing changed: it would change what a state note of every office has settled,
  /// or the order does not open the log that one of them stands in.
  Stored<Result<void>> fold(std::span<const OrderedEntry> fresh);
  /// Is it folded so far, settled by a state note of every office in force?
  bool is_final(const Position& first) const;
  /// Takes back what is folded from `first` on: those positions.
  Stored<std::vector<Position>> take_back_to(const Position& first);

  // replica_admit.cpp
  Stored<std::optional<Result<Admitted>>> known_id(const Uuid& id, BytesView event);
  Stored<Entry> draft_entry(const Submission& submission, LogId log, const LogStart& start,
                            UnixMillis now);
  Result<void> check_governance(const Event& event, const Entry& draft) const;
  Stored<Result<Admitted>> open_own_log(const Submission& submission, const Event& event,
                                        UnixMillis now);
  Stored<Result<Admitted>> append_own(const Submission& submission, const Event& event, Entry entry,
                                      LogIndex index);

  // replica_ingest.cpp
  /// What a batch shows of logs that do not grow by it is a checkpoint like any other.
  Stored<Result<void>> take_shown_again(const PeerBatch& incoming,
                                        std::span<const OrderedEntry> fresh);

  // replica_withheld.cpp
  /// The event of that id that counts; nothing: none is known here, or none that is understood.
  Stored<std::optional<Event>> withholder(const Uuid& id);
  /// Those of these events, each event's within what a batch could give on; and which of the events
  /// lack any.
  Stored<void> keep_values(std::span<const WithheldValue> values, const std::set<Uuid>& of);
  /// Marks the event when a value of it is neither here nor known to be erased, or takes the mark
  /// away.
  Stored<void> note_lacking(const Uuid& id);
  /// Is the value behind that commitment here? One too damaged to be compared counts as here.
  Stored<bool> holds_value(const Uuid& event, const Name& field, const Digest& commitment) const;
  /// Unless its event committed to another, or it was erased, or this is a mirror.
  Stored<void> put_value(const WithheldValue& value);
  /// May it be erased, as far as is known here? Error unauthorised, not_found.
  Stored<Result<void>> check_erasure(const Erasure& erasure, const KeyNow& key);
  /// Keeps the statement, and the value no more.
  Stored<void> erase(const Erasure& erasure, const std::string& text);
  Stored<std::optional<std::string>> kept_erasure(const Bytes& key) const;
  Stored<Result<void>> take_erasure(const PeerNote& note);
  /// Those whose time has come with these entries.
  Stored<void> take_early_erasures(std::span<const OrderedEntry> fresh);
  /// Has what was erased leave the files; what a reader still needs, at a later call.
  Stored<void> scrub();

  // replica_notes.cpp
  Stored<Result<void>> take_note(const PeerNote& note);
  Stored<Result<void>> take_checkpoint(const PeerNote& note);
  /// Code failed: what an office has signed of a log of its own is not taken, whoever passes it on.
  Result<void> refused_of(LogId id, std::string why) const;
  Stored<Result<void>> take_promise(const PeerNote& note);
  void sign_own_checkpoint();

  // replica_states.cpp
  Stored<Result<void>> take_state(const PeerNote& note);
  /// Puts it beside what others signed of that point; its signers were in force then.
  Stored<Result<void>> join_state(const StateNote& parsed, const std::string& text);
  /// Above the newest joint state note: the newest point that a peer's note names, else the one
  /// that this office proposes.
  std::optional<Lamport> next_state_point(std::int64_t idle_ms, Propose propose);
  Stored<void> compare_state(const StateNote& computed);
  /// Says again what notes kept of one point contradict each other.
  Stored<void> recover_states();

  // replica_evidence.cpp
  /// The tree of what is held and staged, and of what is offered behind it.
  GrownTree grown_tree(LogId id, std::vector<Digest> offered = {}) const;
  /// Is it the root that what is held has at that size? What is beyond is not judged.
  Stored<bool> agrees_with_held(LogId id, const Checkpoint& shown) const;
  Stored<std::optional<Evidence>> contradiction(const Checkpoint& shown, std::string_view text,
                                                LogId id) const;
  /// What a tree signed by the log's office is to what this node holds and has seen.
  enum class Shown : std::uint8_t {
    agrees,       ///< or is beyond what is held
    contradicts,  ///< and the evidence of it is kept
    cannot_be,    ///< the log that is held speaks against it, and nothing proves that to others:
                  ///< an alarm, and this node appends no more when the log is its own
  };
  Stored<Shown> judge_checkpoint(LogId id, const Checkpoint& shown, std::string_view text);
  /// Its tree, and whether what is held keeps it.
  Stored<Shown> judge_promise(LogId id, const Promise& shown, std::string_view text);
  /// The first entry beyond a promise, where one is held, is later than that. It is proven as far
  /// as the newest checkpoint goes.
  Stored<Shown> judge_next_entry(LogId id, const Promise& shown, std::string_view text);
  Stored<Shown> judge_tree(LogId id, const Checkpoint& shown, std::string_view text,
                           const std::string& what);
  std::string broken_by(const Place& place) const;
  /// Refuses a batch with an entry that its office had promised not to make.
  Stored<Result<void>> check_promises(std::span<const OrderedEntry> fresh,
                                      const PeerBatch& incoming);
  /// False when nothing here shows it to others.
  Stored<bool> keep_broken_promise(const Place& place, std::span<const OrderedEntry> fresh,
                                   const PeerBatch& incoming);
  /// False: it shows nothing after all, or not to others.
  bool keep_evidence(Evidence evidence);
  void keep_proven(const EvidenceClaim& claim, const std::string& text);
  void count_evidence(const EvidenceClaim& claim);
  Stored<Result<void>> take_evidence(const PeerNote& note);
  /// Keeps evidence that names keys not known here yet. Always an error: behind, or why it is none.
  Result<void> wait_for_keys(const PeerNote& note, const Evidence& evidence);
  Stored<void> recover_evidence();
  Stored<void> cosign(UnixMillis now);
  /// This node's line on the newest checkpoint of a log, in place of an older one.
  void put_cosignature(LogId id, UnixSeconds at);
  Stored<void> promise();
  /// Where the anchor or the store have this office promise no entry up to.
  Lamport promised() const;
  /// A newer promise counts once its size is held, and is of the log that is.
  Stored<void> let_promises_count();
  /// What this node may sign about the logs of others: while it knows what it said before.
  bool may_cosign() const {
    return mirror || (own && (standing == Standing::may_append || standing == Standing::sealed));
  }
  /// A node that is not in force yet, or of no office, takes also what there is evidence against:
  /// it has to come to the seal first, and signs nothing of that log.
  bool takes_what_is_frozen() const { return !identity || standing == Standing::not_opened; }
  /// As whom it cosigns, and with which key. Only where it may.
  Cosigner self() const { return mirror ? Cosigner(mirror->name) : Cosigner(identity->office); }
  const SigningKey& witness_secret() const {
    return mirror ? mirror->witness : identity->keys.witness;
  }
  VerifierKey witness_key() const;
  /// Of a log that nothing known here has opened yet (its LogOpened is on its way), or of a point
  /// that nothing known here has reached. One of a kind for each log: the newest.
  /// `until` is given: a state of a later point than what is known here.
  void keep_early(const PeerNote& note, LogId log, std::optional<Lamport> until = std::nullopt);
  /// Those whose time has come.
  Stored<void> take_early_notes();
  Result<OpenedCheckpoint> open_checkpoint(std::string_view text, LogId log,
                                           const Roster& roster) const;
  void keep_checkpoint(LogId log, const Checkpoint& checkpoint, std::string_view text);
  /// One of more than is held, unless a smaller one waits.
  void keep_ahead(LogId log, const Checkpoint& checkpoint, std::string_view text);
  /// What waited, once as much is held.
  Stored<void> compare_ahead(LogId log);

  // replica_witness.cpp
  Stored<std::optional<WitnessAnswer>> cosigned_before(LogId log,
                                                       const Checkpoint& checkpoint) const;
  WitnessAnswer cosign_now(LogId log, const Checkpoint& checkpoint, std::string_view note,
                           UnixMillis now);
};

/// `into` with those signature lines of `from` that it lacks, or that are a newer cosignature; both
/// are notes of the same text.
std::string merge_signatures(std::string_view into, std::string_view from);

}  // namespace tallinn
