// Big-endian reader and writer for the binary framings that are ours: view records, peer frames,
// POST bodies. Pure. The writer appends to a Bytes; the reader never reads past its input and
// latches the first failure, so that a decoder may read all its fields and ask `done()` once at the
// end.
#pragma once

#include <concepts>
#include <cstdint>

#include "events/bytes.h"
#include "events/strong.h"

namespace tallinn {

template <std::unsigned_integral U>
void put_be(Bytes& out, U value) {
  for (int shift = static_cast<int>(sizeof(U)) * 8 - 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(static_cast<std::uint8_t>(value >> shift)));
}

/// `office u16 || epoch u32`: as every key and frame names a log.
void put_log(Bytes& out, LogId log);
/// u16 length || bytes. Asserts that `raw` fits 65,535 bytes.
void put_framed16(Bytes& out, BytesView raw);
/// u32 length || bytes.
void put_framed32(Bytes& out, BytesView raw);

class WireReader {
 public:
  explicit WireReader(BytesView input) : rest_(input) {}

  /// 0 after a failure.
  template <std::unsigned_integral U>
  U be() {
    BytesView raw = take(sizeof(U));
    U value = 0;
    for (char c : raw) value = static_cast<U>((value << 8) | static_cast<std::uint8_t>(c));
    return value;
  }
  /// Exactly `count` bytes, or an empty view after which ok() is false.
  BytesView take(std::size_t count);
  LogId log();
  BytesView framed16();
  BytesView framed32(std::size_t max_bytes);
  template <class Fixed>
  Fixed fixed() {
    return Fixed::from(take(Fixed::kSize)).value_or(Fixed{});
  }

  bool ok() const { return ok_; }
  bool empty() const { return rest_.empty(); }
  /// Everything was read, and nothing failed.
  bool done() const { return ok_ && rest_.empty(); }
  void fail() {
    ok_ = false;
    rest_ = {};
  }

 private:
  BytesView rest_;
  bool ok_ = true;
};

}  // namespace tallinn
