// The one binary codec of view records, driven by their fields().
// Pure. Numbers big-endian in their own width, text u16-framed, lists u32 count || items, optionals
// u8 presence || value, fixed byte strings raw. A record has exactly one byte string; changing a
// record's fields raises kRules (fold.h).
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>

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

template <std::unsigned_integral U>
char* put_number(char* at, U value) {
  if constexpr (sizeof(U) > 1 && std::endian::native == std::endian::little)
    value = std::byteswap(value);
  std::memcpy(at, &value, sizeof(U));
  return at + sizeof(U);
}

/// How many bytes `put` writes.
template <class T>
std::size_t size_of(const T& value) {
  if constexpr (std::same_as<T, bool> || std::is_enum_v<T>) {
    return 1;
  } else if constexpr (std::integral<T>) {
    return sizeof(T);
  } else if constexpr (is_strong<T>) {
    return size_of(value.value());
  } else if constexpr (std::same_as<T, std::string>) {
    return 2 + value.size();
  } else if constexpr (is_fixed_bytes<T>) {
    return T::kSize;
  } else if constexpr (std::same_as<T, Money>) {
    return 10;
  } else if constexpr (std::same_as<T, When>) {
    return 11;
  } else if constexpr (std::same_as<T, LogId>) {
    return 6;
  } else if constexpr (std::same_as<T, Place>) {
    return 14;
  } else if constexpr (std::same_as<T, Position>) {
    return 22;
  } else if constexpr (is_optional<T>) {
    return 1 + (value ? size_of(*value) : 0);
  } else if constexpr (is_vector<T>) {
    std::size_t size = 4;
    for (const auto& item : value) size += size_of(item);
    return size;
  } else {
    std::size_t size = 0;
    for_each_field<T>([&](const auto& f, std::size_t) { size += size_of(value.*f.member); });
    return size;
  }
}

/// Writes at `at`, answers where it ends.
template <class T>
char* put(char* at, const T& value) {
  if constexpr (std::same_as<T, bool> || std::is_enum_v<T>) {
    return put_number(at, static_cast<std::uint8_t>(value));
  } else if constexpr (std::integral<T>) {
    return put_number(at, static_cast<std::make_unsigned_t<T>>(value));
  } else if constexpr (is_strong<T>) {
    return put(at, value.value());
  } else if constexpr (std::same_as<T, std::string>) {
    TALLINN_ASSERT(value.size() <= 0xffff);
    at = put_number(at, static_cast<std::uint16_t>(value.size()));
    return std::ranges::copy(value, at).out;
  } else if constexpr (is_fixed_bytes<T>) {
    return std::ranges::copy(value.view(), at).out;
  } else if constexpr (std::same_as<T, Money>) {
    return put(put(at, value.minor), value.currency);
  } else if constexpr (std::same_as<T, When>) {
    return put(put(put(at, value.millis), value.offset_minutes), value.precision);
  } else if constexpr (std::same_as<T, LogId>) {
    return put(put(at, value.office), value.epoch);
  } else if constexpr (std::same_as<T, Place>) {
    return put(put(at, value.log), value.index);
  } else if constexpr (std::same_as<T, Position>) {
    return put(put(at, value.lamport), value.place);
  } else if constexpr (is_optional<T>) {
    at = put(at, value.has_value());
    return value ? put(at, *value) : at;
  } else if constexpr (is_vector<T>) {
    at = put_number(at, static_cast<std::uint32_t>(value.size()));
    for (const auto& item : value) at = put(at, item);
    return at;
  } else {
    for_each_field<T>([&](const auto& f, std::size_t) { at = put(at, value.*f.member); });
    return at;
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
  Bytes out(record_codec::size_of(record), '\0');
  const char* end = record_codec::put(out.data(), record);
  TALLINN_ASSERT(end == out.data() + out.size());
  return out;
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
