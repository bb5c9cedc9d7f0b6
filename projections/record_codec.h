// The one binary codec of view records, driven by their fields().
// Pure. Numbers big-endian in their own width, text u16-framed, lists u32 count || items, optionals u8 presence || value,
// fixed byte strings raw. A record has exactly one byte string; changing a record's fields raises kRules (fold.h).
#pragma once

#include "events/assert.h"
#include "events/parts.h"
#include "events/wire.h"

namespace tallinn {

namespace record_codec {

template <class T>
inline constexpr bool is_strong = false;
template <class Tag, class Rep>
inline constexpr bool is_strong<Strong<Tag, Rep>> = true;
template <class T>
inline constexpr bool is_fixed_bytes = false;
template <class Tag, std::size_t N>
inline constexpr bool is_fixed_bytes<FixedBytes<Tag, N>> = true;

template <class T>
void put(Bytes& out, const T& value) {
  if constexpr (std::same_as<T, bool> || std::is_enum_v<T>) {
    put_be(out, static_cast<std::uint8_t>(value));
  } else if constexpr (std::integral<T>) {
    put_be(out, static_cast<std::make_unsigned_t<T>>(value));
  } else if constexpr (is_strong<T>) {
    put(out, value.value());
  } else if constexpr (std::same_as<T, std::string>) {
    put_framed16(out, value);
  } else if constexpr (is_fixed_bytes<T>) {
    out.append(value.view());
  } else if constexpr (std::same_as<T, Money>) {
    put(out, value.minor);
    put(out, value.currency);
  } else if constexpr (std::same_as<T, When>) {
    put(out, value.millis);
    put(out, value.offset_minutes);
    put(out, value.precision);
  } else if constexpr (std::same_as<T, LogId>) {
    put(out, value.office);
    put(out, value.epoch);
  } else if constexpr (std::same_as<T, Place>) {
    put(out, value.log);
    put(out, value.index);
  } else if constexpr (std::same_as<T, Position>) {
    put(out, value.lamport);
    put(out, value.place);
  } else if constexpr (is_optional<T>) {
    put(out, value.has_value());
    if (value) put(out, *value);
  } else if constexpr (is_vector<T>) {
    put_be(out, static_cast<std::uint32_t>(value.size()));
    for (const auto& item : value) put(out, item);
  } else {
    for_each_field<T>([&](const auto& f, std::size_t) { put(out, value.*f.member); });
  }
}

template <class T>
void get(WireReader& in, T& value) {
  if constexpr (std::same_as<T, bool>) {
    value = in.be<std::uint8_t>() != 0;
  } else if constexpr (std::is_enum_v<T>) {
    value = static_cast<T>(in.be<std::uint8_t>());
  } else if constexpr (std::integral<T>) {
    value = static_cast<T>(in.be<std::make_unsigned_t<T>>());
  } else if constexpr (is_strong<T>) {
    typename T::rep raw{};
    get(in, raw);
    value = T(std::move(raw));
  } else if constexpr (std::same_as<T, std::string>) {
    value = in.framed16();
  } else if constexpr (is_fixed_bytes<T>) {
    value = in.fixed<T>();
  } else if constexpr (std::same_as<T, Money>) {
    get(in, value.minor);
    get(in, value.currency);
  } else if constexpr (std::same_as<T, When>) {
    get(in, value.millis);
    get(in, value.offset_minutes);
    get(in, value.precision);
  } else if constexpr (std::same_as<T, LogId>) {
    get(in, value.office);
    get(in, value.epoch);
  } else if constexpr (std::same_as<T, Place>) {
    get(in, value.log);
    get(in, value.index);
  } else if constexpr (std::same_as<T, Position>) {
    get(in, value.lamport);
    get(in, value.place);
  } else if constexpr (is_optional<T>) {
    bool present = false;
    get(in, present);
    if (present) get(in, value.emplace());
  } else if constexpr (is_vector<T>) {
    const auto count = in.be<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) get(in, value.emplace_back());
  } else {
    for_each_field<T>([&](const auto& f, std::size_t) { get(in, value.*f.member); });
  }
}

}  // namespace record_codec

template <Record R>
Bytes encode_record(const R& record) {
  Bytes out;
  out.reserve(240);
  record_codec::put(out, record);
  return Bytes(out);  // as long as it is: values are kept in great numbers
}

/// Nothing for bytes that `encode_record` would not make of an R.
template <Record R>
std::optional<R> try_decode_record(BytesView bytes) {
  WireReader in(bytes);
  R record;
  record_codec::get(in, record);
  if (!in.done()) return std::nullopt;
  return record;
}

/// Asserts: the views hold only what this build's fold wrote.
template <Record R>
R decode_record(BytesView bytes) {
  auto record = try_decode_record<R>(bytes);
  TALLINN_ASSERT(record.has_value());
  return *std::move(record);
}

}  // namespace tallinn
