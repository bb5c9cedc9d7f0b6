#include "events/wire.h"

#include "events/assert.h"

namespace tallinn {

void put_log(Bytes& out, LogId log) {
  put_be(out, log.office.value());
  put_be(out, log.epoch.value());
}

void put_framed16(Bytes& out, BytesView raw) {
  TALLINN_ASSERT(raw.size() <= 0xffff);
  put_be(out, static_cast<std::uint16_t>(raw.size()));
  out.append(raw);
}

void put_framed32(Bytes& out, BytesView raw) {
  TALLINN_ASSERT(raw.size() <= 0xffffffff);
  put_be(out, static_cast<std::uint32_t>(raw.size()));
  out.append(raw);
}

BytesView WireReader::take(std::size_t count) {
  if (count > rest_.size()) {
    fail();
    return {};
  }
  const BytesView out = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return out;
}

LogId WireReader::log() {
  const OfficeNumber office(be<std::uint16_t>());
  return {.office = office, .epoch = Epoch(be<std::uint32_t>())};
}

BytesView WireReader::framed16() {
  return take(be<std::uint16_t>());
}

BytesView WireReader::framed32(std::size_t max_bytes) {
  const std::uint32_t size = be<std::uint32_t>();
  if (size > max_bytes) {
    fail();
    return {};
  }
  return take(size);
}

}  // namespace tallinn
