// Session: replication with one peer as a pure state machine: bytes and ticks in, bytes and
// commands out. Pure: no sockets, threads or clocks; the same code runs over TLS (net/peer_link.h)
// and in the simulator. One caller at a time. Grammar: each side sends Hello first; then, in any
// order, Batch (answered by Ack), Note, Want (answered by Values), Ping (answered by Pong); Bye
// ends it. At most kBatchesUnderWay batches of each direction are under way, so memory is bounded
// by as many frames each way: while one is committed the signatures of the next are checked. Live
// entries go out as soon as a place is free. However slow the link is, it is never silent and never
// begins again where it began: each side says something at least every `ping_after_ms` of its own
// accord, and batches are as large as the link carries in seconds (net/batch_pace.h).
#pragma once

#include <deque>
#include <variant>

#include "events/vocabulary.h"
#include "net/batch_pace.h"
#include "net/frames.h"

namespace tallinn {

// What the driver must do, in this order.
struct SendBytes {
  Bytes bytes;
};
/// The peer has said hello and is who it should be: `greet` it with `notes_for_new_peer`.
struct PeerReady {
  Hello hello;
};
/// Make the next batch for a peer that holds `peer_held`, then call on_batch_made (also when it is
/// empty).
struct MakeBatch {
  std::vector<HeldLog> peer_held;
  std::size_t most_bytes = kMaxBatchBytes;
};
/// Commit, then call on_batch_committed.
struct CommitBatch {
  PeerBatch batch;
};
struct TakeNote {
  PeerNote note;
};
/// Find what is held of them, then call on_values_made.
struct MakeValues {
  std::vector<Uuid> events;
  std::size_t most_bytes = kMaxBatchBytes;
};
/// What the peer holds of the events of want(), or the first of it: ask again behind `up_to`.
struct TakeValues {
  std::vector<WithheldValue> values;
  Uuid up_to;  ///< of the events asked for: the peer has said all that it will of those up to here
};
/// What a peer, or a stranger, did wrong: each is counted.
enum class PeerFault : std::uint8_t {
  handshake,  ///< no TLS handshake, or a key that is nobody's
  version,    ///< another version of this protocol
  ledger,     ///< of another ledger
  name,       ///< not the name that its key has
  frame,      ///< a frame that is too long or does not decode
  turn,       ///< a frame when it was not its turn
  batch,      ///< a batch that was not taken
  note,       ///< a note that was not taken
  silence,    ///< said nothing in time
  backlog,    ///< does not read what it is sent
  flood,  ///< one address failed to shake hands too often, or one peer opened too many connections
};
template <>
struct Spelling<PeerFault> {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"handshake", "version", "ledger", "name", "frame", "turn",
                                       "batch", "note", "silence", "backlog", "flood"});
};
inline constexpr std::size_t kPeerFaults = Spelling<PeerFault>::kNames.size();

/// Flush what was sent, then close.
struct CloseSession {
  std::string reason;
  std::optional<PeerFault> fault;  ///< of the peer; nothing: of nobody, or ours
};
using SessionCommand = std::variant<SendBytes, PeerReady, MakeBatch, CommitBatch, TakeNote,
                                    MakeValues, TakeValues, CloseSession>;

inline constexpr std::size_t kBatchesUnderWay = 2;
inline constexpr std::size_t kNotesRemembered = 64;  ///< of those that the peer told
/// Notes of the greeting are sent while fewer bytes than that wait to be written.
inline constexpr std::size_t kGreetingBytes = 32u << 10;

struct SessionLimits {
  std::int64_t ping_after_ms = 5'000;       ///< of silence from the peer, or of our own
  std::int64_t dead_after_ms = 15'000;      ///< of silence from the peer
  std::int64_t ping_every_ms = 60'000;      ///< of a busy one, to compare clocks
  std::int64_t hello_within_ms = 5'000;     ///< of the beginning, however many bytes come
  std::int64_t frame_within_ms = 300'000;   ///< from a frame's first byte to its last
  std::int64_t answer_within_ms = 600'000;  ///< a batch or a question, whatever else is said
};

class Session {
 public:
  /// `expected_name`: whom the transport has authenticated; the peer's Hello must say the same.
  /// `values`: include where both sides are offices; else nobody may ask for withheld values.
  Session(Hello ours, std::string expected_name, SessionLimits limits, UnixMillis now,
          ValuesToo values = ValuesToo::include);

  /// The first thing to do: our Hello.
  void start();
  void on_bytes(BytesView bytes, UnixMillis now);
  void on_tick(UnixMillis now);
  /// What this node holds now has grown.
  void on_held(std::vector<HeldLog> held);
  /// The batch asked for by MakeBatch.
  void on_batch_made(PeerBatch batch);
  /// The batch of CommitBatch is durable, or was refused.
  void on_batch_committed(Result<void> taken, std::vector<HeldLog> held);
  /// Ends it, unless the note is only ahead of this node (Code::behind), or what another office
  /// than the peer has signed (`error.office`).
  void on_note_refused(const Error& error);
  /// Something to tell the peer; sent at once (notes are small), dropped before the peer is ready
  /// and when it is what the peer itself has told lately.
  void tell(const PeerNote& note);
  /// What a peer that was just met should know, however much that is: told in this order, as
  /// `on_written` has room for it.
  void greet(std::vector<PeerNote> notes);
  /// `waiting` bytes of what was sent are not written yet.
  void on_written(std::size_t waiting);
  /// Asks for the withheld values of these events; no more than kMostEventsWanted. False, and
  /// nothing is asked, when the peer may not be asked, or has not answered the last question.
  bool want(std::vector<Uuid> events);
  /// The values asked for by MakeValues.
  void on_values_made(std::vector<WithheldValue> values);
  /// End it in order.
  void stop(std::string reason);

  /// Everything to do since the last call.
  std::vector<SessionCommand> take_commands();
  bool closed() const { return closed_; }
  /// Entries that the peer lacks, as far as is known; for status and metrics.
  std::uint64_t lag_entries() const;
  /// Entries that the peer says it holds and this node does not.
  std::uint64_t to_fetch_entries() const;
  const std::vector<HeldLog>& held() const { return held_; }
  const std::vector<HeldLog>& peer_held() const { return peer_held_; }
  /// How far the peer's clock is ahead of this one, by its last pong, give or take half the round
  /// trip. For people only: nothing is decided by clocks.
  std::optional<std::int64_t> clock_ahead_ms() const { return clock_ahead_ms_; }

 private:
  void send(const Frame& frame);
  enum class Farewell : std::uint8_t { say, leave_out };
  void close(std::string reason, std::optional<PeerFault> fault, Farewell farewell = Farewell::say);
  void on_frame(Frame frame, UnixMillis now);
  void on_ack(const std::vector<HeldLog>& held);
  void on_pong(UnixMillis peer_clock, UnixMillis now);
  void ping();
  /// Why the peer is given up at this time; nothing: it is not.
  std::optional<std::string_view> given_up(UnixMillis now) const;
  void on_values(std::vector<WithheldValue> values);
  void on_hello(Hello hello);
  void on_batch(PeerBatch batch);
  /// False: it names logs without end, and the session has ended.
  [[nodiscard]] bool learn_peer_holds(const std::vector<HeldLog>& held);
  void ask_for_batch();

  Hello ours_;
  std::string expected_name_;
  SessionLimits limits_;
  ValuesToo values_;
  std::vector<Uuid> asked_for_;  ///< events whose values the peer has not answered yet
  UnixMillis asked_since_;
  bool asked_ = false;  ///< by the peer, and not answered yet
  UnixMillis begun_;
  UnixMillis now_;  ///< by the newest bytes or tick
  UnixMillis last_heard_;
  UnixMillis last_said_;
  std::optional<UnixMillis> frame_since_;  ///< when the frame began that is not whole yet
  UnixMillis last_ping_;
  UnixMillis acked_at_;                   ///< the newest acknowledged batch of ours
  std::uint64_t pings_out_ = 0;           ///< not answered yet
  std::optional<UnixMillis> timed_ping_;  ///< the one whose answer comes next, where it tells time
  std::optional<std::int64_t> clock_ahead_ms_;
  FrameCutter cutter_;
  std::vector<HeldLog> held_;
  std::vector<HeldLog> peer_held_;
  std::vector<HeldLog> peer_will_hold_;  ///< once it has committed what is under way
  bool peer_ready_ = false;
  bool making_batch_ = false;  ///< MakeBatch is out
  struct UnderWay {
    std::size_t bytes;
    UnixMillis since;
  };
  std::deque<UnderWay> unacked_;  ///< batches of ours
  BatchPace pace_;
  std::deque<PeerNote> greeting_;  ///< not told yet
  std::size_t committing_ = 0;     ///< batches of the peer that are being committed
  bool closed_ = false;
  std::deque<Digest> told_by_peer_;  ///< SHA-256 of the newest notes
  std::vector<SessionCommand> commands_;
};

}  // namespace tallinn
