#include "net/frames.h"

#include <zstd.h>

#include "events/assert.h"
#include "events/text.h"
#include "events/wire.h"

namespace tallinn {
namespace {

constexpr std::string_view kMagic = "tallinn-ledger/peer@v1\n";
constexpr std::size_t kMaxReasonBytes = 1'000;
constexpr std::size_t kWorthCompressing = 512;
constexpr int kCompressionLevel = 1;

enum class FrameType : std::uint8_t {
  hello = 1,
  batch,
  batch_zstd,
  ack,
  note,
  ping,
  pong,
  bye,
  want,
  values
};

void put_held(Bytes& out, const std::vector<HeldLog>& held) {
  TALLINN_ASSERT(held.size() <= kMaxHeldLogs);
  put_be(out, static_cast<std::uint16_t>(held.size()));
  for (const HeldLog& one : held) {
    put_log(out, one.log);
    put_be(out, one.size.value());
  }
}

std::vector<HeldLog> read_held(WireReader& in) {
  const auto count = in.be<std::uint16_t>();
  if (count > kMaxHeldLogs) in.fail();
  std::vector<HeldLog> held;
  for (std::uint16_t i = 0; i < count && in.ok(); ++i) {
    const LogId log = in.log();
    held.push_back({log, LogSize(in.be<std::uint64_t>())});
    if (i > 0 && held[i - 1u].log >= held[i].log) in.fail();
  }
  return held;
}

Bytes compressed(const Bytes& raw) {
  Bytes out(ZSTD_compressBound(raw.size()), '\0');
  const std::size_t size =
      ZSTD_compress(out.data(), out.size(), raw.data(), raw.size(), kCompressionLevel);
  if (ZSTD_isError(size) != 0) return raw;  // not smaller: the caller sends it plain
  out.resize(size);
  return out;
}

Result<Bytes> decompressed(BytesView packed) {
  const unsigned long long size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > kMaxFrameBytes)
    return refuse(Code::malformed, "a compressed frame has no size or too large a size");
  Bytes out(static_cast<std::size_t>(size), '\0');
  const std::size_t got = ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) != 0 || got != out.size())
    return refuse(Code::malformed, "a frame does not decompress");
  return out;
}

struct Encoder {
  FrameType type{};
  Bytes payload;

  void operator()(const Hello& hello) {
    type = FrameType::hello;
    payload.append(kMagic);
    put_be(payload, hello.version);
    payload.append(hello.ledger.view());
    put_framed16(payload, hello.name);
    put_held(payload, hello.held);
  }
  void operator()(const BatchFrame& frame) {
    type = FrameType::batch;
    payload = encode_batch(frame.batch);
    if (payload.size() < kWorthCompressing) return;
    Bytes packed = compressed(payload);
    if (packed.size() >= payload.size()) return;
    type = FrameType::batch_zstd;
    payload = std::move(packed);
  }
  void operator()(const AckFrame& ack) {
    type = FrameType::ack;
    put_held(payload, ack.held);
  }
  void operator()(const NoteFrame& frame) {
    type = FrameType::note;
    put_be(payload, static_cast<std::uint8_t>(frame.note.kind));
    payload.append(frame.note.text);
  }
  void operator()(const Ping&) { type = FrameType::ping; }
  void operator()(const Pong& pong) {
    type = FrameType::pong;
    put_be(payload, static_cast<std::uint64_t>(pong.clock.value()));
  }
  void operator()(const WantFrame& want) {
    type = FrameType::want;
    put_be(payload, static_cast<std::uint16_t>(want.events.size()));
    for (const Uuid& event : want.events) payload.append(event.view());
  }
  void operator()(const ValuesFrame& frame) {
    type = FrameType::values;
    put_values(payload, frame.values);
  }
  void operator()(const Bye& bye) {
    type = FrameType::bye;
    payload.append(bye.reason.substr(0, kMaxReasonBytes));
  }
};

Result<Frame> decode_hello(WireReader in) {
  if (in.take(kMagic.size()) != kMagic)
    return refuse(Code::malformed, "the peer does not speak this protocol");
  Hello hello;
  hello.version = in.be<std::uint16_t>();
  hello.ledger = in.fixed<LedgerId>();
  hello.name = in.framed16();
  hello.held = read_held(in);
  if (!in.done() || hello.name.size() > 300 || !valid_text(hello.name))
    return refuse(Code::malformed, "a hello does not read");
  return hello;
}

Result<Frame> decode_note(WireReader in) {
  const auto kind = in.be<std::uint8_t>();
  if (kind < 1 || kind > static_cast<std::uint8_t>(kLastNoteKind))
    return refuse(Code::malformed, "a note of unknown kind");
  return NoteFrame{{static_cast<NoteKind>(kind), {}}};
}

}  // namespace

Bytes encode_frame(const Frame& frame) {
  Encoder encoder;
  std::visit(encoder, frame);
  Bytes out;
  out.reserve(encoder.payload.size() + 5);
  put_be(out, static_cast<std::uint32_t>(encoder.payload.size() + 1));
  put_be(out, static_cast<std::uint8_t>(encoder.type));
  out.append(encoder.payload);
  TALLINN_ASSERT(out.size() <= kMaxFrameBytes);
  return out;
}

Result<Frame> decode_frame(BytesView bytes) {
  if (bytes.empty()) return refuse(Code::malformed, "an empty frame");
  const auto type = static_cast<FrameType>(bytes[0]);
  const BytesView payload = bytes.substr(1);
  WireReader in(payload);
  switch (type) {
    case FrameType::hello: return decode_hello(in);
    case FrameType::batch_zstd: {
      const auto plain = decompressed(payload);
      if (!plain) return std::unexpected(plain.error());
      auto batch = decode_batch(*plain);
      if (!batch) return std::unexpected(batch.error());
      return BatchFrame{std::move(*batch)};
    }
    case FrameType::batch: {
      auto batch = decode_batch(payload);
      if (!batch) return std::unexpected(batch.error());
      return BatchFrame{std::move(*batch)};
    }
    case FrameType::ack: {
      AckFrame ack{read_held(in)};
      if (!in.done()) return refuse(Code::malformed, "an acknowledgement does not read");
      return ack;
    }
    case FrameType::note: {
      auto note = decode_note(in);
      if (!note || payload.size() - 1 > kMaxNoteBytes)
        return refuse(Code::malformed, "a note does not read");
      std::get<NoteFrame>(*note).note.text = payload.substr(1);
      return note;
    }
    case FrameType::ping:
      if (payload.empty()) return Ping{};
      break;
    case FrameType::pong: {
      const UnixMillis clock(static_cast<std::int64_t>(in.be<std::uint64_t>()));
      if (in.done()) return Pong{clock};
      break;
    }
    case FrameType::want: {
      const auto events = in.be<std::uint16_t>();
      if (events > kMostEventsWanted) break;
      WantFrame want;
      for (std::uint16_t i = 0; i < events; ++i) want.events.push_back(in.fixed<Uuid>());
      if (in.done()) return want;
      break;
    }
    case FrameType::values: {
      auto values = read_values(in);
      if (!values) return std::unexpected(values.error());
      if (in.done()) return ValuesFrame{std::move(*values)};
      break;
    }
    case FrameType::bye:
      if (payload.size() <= kMaxReasonBytes && valid_text(payload))
        return Bye{std::string(payload)};
      break;
  }
  return refuse(Code::malformed, "a frame of unknown type or shape");
}

Result<std::vector<Frame>> FrameCutter::feed(BytesView bytes) {
  buffer_.append(bytes);
  std::vector<Frame> frames;
  std::size_t at = 0;
  while (buffer_.size() - at >= 4) {
    WireReader in(BytesView(buffer_).substr(at));
    const auto size = in.be<std::uint32_t>();
    if (size > kMaxFrameBytes)
      return refuse(Code::malformed,
                    "a frame is longer than " + std::to_string(kMaxFrameBytes) + " bytes");
    if (buffer_.size() - at - 4 < size) break;
    auto frame = decode_frame(in.take(size));
    if (!frame) return std::unexpected(frame.error());
    frames.push_back(std::move(*frame));
    at += 4 + size;
  }
  buffer_.erase(0, at);
  return frames;
}

}  // namespace tallinn
