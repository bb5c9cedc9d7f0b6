// Frames: what one side of a peer connection says at a time (docs/formats.md, "Peer frames").
// Pure. Wire: u32 length of what follows || u8 type || payload. Everything is bounded; a frame that
// breaks a bound or does not decode ends the session.
#pragma once

#include <variant>

#include "net/batch.h"
#include "net/peer_note.h"

namespace tallinn {

inline constexpr std::uint16_t kPeerVersion = 2;
inline constexpr std::size_t kMaxHeldLogs = 1'024;       ///< that one side may name
inline constexpr std::size_t kMostEventsWanted = 256;    ///< events asked for at a time
inline constexpr std::size_t kMaxFrameBytes = 4u << 20;  ///< of one frame, also after decompression

/// First frame of each side: "tallinn-ledger/peer@v1\n" || u16 version || ledger id || name || held
/// logs.
struct Hello {
  std::uint16_t version = kPeerVersion;
  LedgerId ledger;
  std::string name;  ///< the office's charter name, or the mirror's
  std::vector<HeldLog> held;
  bool operator==(const Hello&) const = default;
};
/// A batch; zstd-compressed when that is smaller.
struct BatchFrame {
  PeerBatch batch;
  bool operator==(const BatchFrame&) const = default;
};
/// A batch was committed; this is held now.
struct AckFrame {
  std::vector<HeldLog> held;
  bool operator==(const AckFrame&) const = default;
};
struct NoteFrame {
  PeerNote note;
  bool operator==(const NoteFrame&) const = default;
};
struct Ping {
  bool operator==(const Ping&) const = default;
};
struct Pong {
  UnixMillis clock;  ///< of the side that answers
  bool operator==(const Pong&) const = default;
};
/// Asks for the withheld values of events whose entries are here: between offices only.
struct WantFrame {
  std::vector<Uuid> events;  ///< at most kMostEventsWanted
  bool operator==(const WantFrame&) const = default;
};
/// What the other side holds of them.
struct ValuesFrame {
  std::vector<WithheldValue> values;
  bool operator==(const ValuesFrame&) const = default;
};
/// Why this side ends the session.
struct Bye {
  std::string reason;
  bool operator==(const Bye&) const = default;
};
using Frame =
    std::variant<Hello, BatchFrame, AckFrame, NoteFrame, Ping, Pong, WantFrame, ValuesFrame, Bye>;

/// With its length.
Bytes encode_frame(const Frame& frame);
/// The payload after the length. Error malformed.
Result<Frame> decode_frame(BytesView payload);

/// Cuts a byte stream into frames.
class FrameCutter {
 public:
  /// Error malformed when a length is over kMaxFrameBytes or a frame does not decode; the stream is
  /// then dead.
  Result<std::vector<Frame>> feed(BytesView bytes);
  /// Has a frame begun that is not whole yet?
  bool in_frame() const { return !buffer_.empty(); }

 private:
  Bytes buffer_;
};

}  // namespace tallinn
