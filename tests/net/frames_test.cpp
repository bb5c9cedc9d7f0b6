// Frames of the peer stream: each comes back as it was; broken, truncated, oversized and foreign
// bytes are refused.
#include "net/frames.h"

#include <doctest/doctest.h>

namespace tallinn {
namespace {

LogId log_of(std::uint16_t office) {
  return {OfficeNumber(office), Epoch(1)};
}

PeerBatch sample_batch() {
  PeerBatch batch;
  for (std::uint64_t i = 0; i < 5; ++i)
    batch.entries.push_back({log_of(0), LogIndex(i), Bytes(100 + i, static_cast<char>('a' + i))});
  batch.logs.push_back({log_of(0), LogSize(5), "a checkpoint\n", {Digest{}, Digest{}}});
  batch.logs.push_back({log_of(1), LogSize(9), "another\n", {}});
  batch.values.push_back({Uuid{}, Name("beneficiary"), Salt{}, "value"});
  return batch;
}

std::vector<Frame> samples() {
  LedgerId ledger;
  ledger.bytes[3] = 7;
  return {Hello{kPeerVersion, ledger, "kyiv", {{log_of(0), LogSize(5)}, {log_of(1), LogSize(0)}}},
          BatchFrame{sample_batch()},
          AckFrame{{{log_of(1), LogSize(77)}}},
          NoteFrame{{NoteKind::promise, "a note\n"}},
          NoteFrame{{NoteKind::evidence, "two notes\n"}},
          NoteFrame{{NoteKind::erasure, "a note\n"}},
          Ping{},
          Pong{UnixMillis(-1)},
          WantFrame{{Uuid{}, Uuid{}}},
          ValuesFrame{{{Uuid{}, Name("site"), Salt{}, "value"}}},
          Bye{"because"}};
}

}  // namespace

TEST_CASE("every frame comes back as it was, also when it arrives byte by byte") {
  Bytes stream;
  for (const Frame& frame : samples()) stream += encode_frame(frame);
  FrameCutter at_once;
  CHECK(*at_once.feed(stream) == samples());
  FrameCutter slowly;
  std::vector<Frame> frames;
  for (char byte : stream) {
    const auto cut = slowly.feed(BytesView(&byte, 1));
    frames.insert(frames.end(), cut->begin(), cut->end());
  }
  CHECK(frames == samples());
}

TEST_CASE("a large batch travels compressed and comes back whole") {
  PeerBatch batch;
  for (std::uint64_t i = 0; i < 500; ++i)
    batch.entries.push_back({log_of(0), LogIndex(i), Bytes(300, 'x')});
  batch.logs.push_back({log_of(0), LogSize(500), "checkpoint\n", {}});
  const Bytes bytes = encode_frame(BatchFrame{batch});
  CHECK(bytes.size() < encode_batch(batch).size() / 4);
  FrameCutter cutter;
  CHECK(cutter.feed(bytes) == std::vector<Frame>{BatchFrame{batch}});
}

TEST_CASE("a truncated or lengthened frame payload never reads as the frame it was") {
  for (const Frame& frame : samples()) {
    const Bytes whole = encode_frame(frame);
    const BytesView payload = BytesView(whole).substr(4);
    for (std::size_t size = 0; size < payload.size(); ++size) {
      const auto shorter = decode_frame(payload.substr(0, size));
      if (shorter) CHECK_FALSE(*shorter == frame);
    }
    const auto longer = decode_frame(Bytes(payload) + '\0');
    if (longer) CHECK_FALSE(*longer == frame);
  }
}

TEST_CASE("what is not a frame ends the stream with an error") {
  const Bytes too_long("\xff\xff\xff\xff", 4);
  const Bytes unknown_type("\0\0\0\1\x63", 5);
  const Bytes http = "GET / HTTP/1.1\r\n\r\n";
  const Bytes bomb = [] {  // a compressed frame that claims more than a frame may hold
    Bytes zstd("\x28\xb5\x2f\xfd\xe0\xff\xff\xff\xff\xff\xff\xff\x7f", 13);
    return Bytes("\0\0\0\x0e\x03", 5) + zstd;
  }();
  for (const Bytes& bytes : {too_long, unknown_type, http, bomb}) {
    FrameCutter cutter;
    CHECK_FALSE(cutter.feed(bytes).has_value());
  }
}

}  // namespace tallinn
