// The one FlatBuffers encoder and decoder of records, driven by their fields().
// Pure; for events/*.cpp only (it brings FlatBuffers in). Slot n of a table is field n. Absent:
// empty optional, empty list; a required text is always present. Numbers equal to 0 are left out,
// as the format does.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <variant>

#include "events/complaint.h"
#include "events/event_generated.h"
#include "events/parts.h"

namespace tallinn::table {

using Builder = flatbuffers::FlatBufferBuilder;
using flatbuffers::uoffset_t;
using flatbuffers::voffset_t;

constexpr voffset_t slot(std::size_t n) {
  return static_cast<voffset_t>(4 + 2 * n);
}

template <class T>
struct strong_rep {};
template <class Tag, class Rep>
struct strong_rep<Strong<Tag, Rep>> {
  using type = Rep;
};
template <class T>
concept StrongText = std::same_as<typename strong_rep<T>::type, std::string>;
template <class T>
concept StrongNumber = std::integral<typename strong_rep<T>::type>;
template <class T>
inline constexpr bool is_fixed = false;
template <class Tag, std::size_t N>
inline constexpr bool is_fixed<FixedBytes<Tag, N>> = true;

inline fbs::Money to_flat(const Money& m) {
  return {m.minor.value(), m.currency.value()};
}
inline fbs::When to_flat(const When& w) {
  return {w.millis.value(), w.offset_minutes, static_cast<std::uint8_t>(w.precision)};
}
inline Money from_flat(const fbs::Money& m) {
  return {AmountMinor(m.minor()), Currency(m.currency())};
}
inline When from_flat(const fbs::When& w) {
  return {UnixMillis(w.millis()), w.offset(), static_cast<Precision>(w.precision())};
}

template <Record R>
uoffset_t write(Builder& b, const R& record);

/// The offset of what stands outside the table, 0 for what stands inside or is absent.
template <class T>
uoffset_t outside(Builder& b, const T& value) {
  if constexpr (is_optional<T>) {
    return value ? outside(b, *value) : 0;
  } else if constexpr (std::same_as<T, std::string>) {
    return b.CreateString(value).o;
  } else if constexpr (StrongText<T>) {
    return b.CreateString(value.value()).o;
  } else if constexpr (Record<T>) {
    return write(b, value);
  } else if constexpr (is_variant<T>) {
    return std::visit([&](const auto& body) { return write(b, body); }, value);
  } else if constexpr (is_vector<T>) {
    using Item = typename T::value_type;
    if (value.empty()) return 0;
    if constexpr (is_fixed<Item>) {
      return b.CreateVectorOfStructs(value).o;
    } else if constexpr (Spelled<Item>) {
      return b.CreateVector(reinterpret_cast<const std::uint8_t*>(value.data()), value.size()).o;
    } else {
      std::vector<flatbuffers::Offset<void>> items;
      items.reserve(value.size());
      for (const auto& item : value) items.emplace_back(outside(b, item));
      return b.CreateVector(items).o;
    }
  } else {
    return 0;
  }
}

template <class T>
void inside(Builder& b, std::size_t n, const T& value, uoffset_t offset) {
  if constexpr (is_variant<T>) {
    b.AddElement<std::uint8_t>(slot(n), static_cast<std::uint8_t>(value.index() + 1), 0);
    b.AddOffset(slot(n + 1), flatbuffers::Offset<void>(offset));
  } else if constexpr (is_optional<T>) {
    using Item = typename T::value_type;
    if (!value) return;
    if constexpr (StrongNumber<Item>)
      b.AddElement(slot(n), value->value());
    else
      inside(b, n, *value, offset);
  } else if constexpr (std::same_as<T, Money> || std::same_as<T, When>) {
    const auto flat = to_flat(value);
    b.AddStruct(slot(n), &flat);
  } else if constexpr (is_fixed<T>) {
    b.AddStruct(slot(n), &value);
  } else if constexpr (Spelled<T>) {
    b.AddElement<std::uint8_t>(slot(n), static_cast<std::uint8_t>(value), 0);
  } else if constexpr (std::same_as<T, bool>) {
    b.AddElement<std::uint8_t>(slot(n), value ? 1 : 0, 0);
  } else if constexpr (std::integral<T>) {
    b.AddElement<T>(slot(n), value, 0);
  } else if constexpr (StrongNumber<T>) {
    b.AddElement(slot(n), value.value(), typename strong_rep<T>::type{0});
  } else if (offset != 0) {
    b.AddOffset(slot(n), flatbuffers::Offset<void>(offset));
  }
}

template <Record R>
[[gnu::noinline]] uoffset_t write(Builder& b, const R& record) {
  std::array<uoffset_t, std::tuple_size_v<decltype(R::fields())>> offsets{};
  for_each_field<R>(
      [&](const auto& f, std::size_t n) { offsets[n] = outside(b, record.*f.member); });
  const uoffset_t start = b.StartTable();
  for_each_field<R>(
      [&](const auto& f, std::size_t n) { inside(b, n, record.*f.member, offsets[n]); });
  return b.EndTable(start);
}

/// Reads a verified table. Answers false after a complaint.
class Reader {
 public:
  template <Record R>
  [[gnu::noinline]] bool read(const flatbuffers::Table& from, R& record) {
    return all_fields<R>([&](const auto& f, std::size_t n) {
      return member(from, n, record.*f.member) || complaint_.inside(f.name);
    });
  }
  const Complaint& complaint() const { return complaint_; }

 private:
  using Table = flatbuffers::Table;

  bool missing() { return complaint_.refuse(Code::malformed, " is missing"); }
  bool text(const flatbuffers::String* from, std::string& to);
  bool text_member(const Table& from, std::size_t n, std::string& to);
  bool money(const Table& from, std::size_t n, Money& to);
  bool when(const Table& from, std::size_t n, When& to);
  bool fixed(const Table& from, std::size_t n, void* to, std::size_t size);
  bool enumerated(std::uint8_t number, std::size_t count);

  template <class T>
  bool member(const Table& from, std::size_t n, T& to) {
    if constexpr (is_variant<T>) {
      return variant(from, n, to,
                     std::make_index_sequence<std::variant_size_v<typename T::Alternatives>>());
    } else if constexpr (is_optional<T>) {
      return !from.CheckField(slot(n)) || member(from, n, to.emplace());
    } else if constexpr (std::same_as<T, std::string>) {
      return text_member(from, n, to);
    } else if constexpr (StrongText<T>) {
      std::string raw;
      const bool read_well = text_member(from, n, raw);
      to = T(std::move(raw));
      return read_well;
    } else if constexpr (std::same_as<T, Money>) {
      return money(from, n, to);
    } else if constexpr (std::same_as<T, When>) {
      return when(from, n, to);
    } else if constexpr (is_fixed<T>) {
      return fixed(from, n, to.bytes.data(), T::kSize);
    } else if constexpr (Spelled<T>) {
      to = static_cast<T>(from.GetField<std::uint8_t>(slot(n), 0));
      return enumerated(static_cast<std::uint8_t>(to), Spelling<T>::kNames.size());
    } else if constexpr (std::same_as<T, bool>) {
      to = from.GetField<std::uint8_t>(slot(n), 0) != 0;
      return true;
    } else if constexpr (std::integral<T>) {
      to = from.GetField<T>(slot(n), 0);
      return true;
    } else if constexpr (StrongNumber<T>) {
      to = T(from.GetField<typename strong_rep<T>::type>(slot(n), 0));
      return true;
    } else if constexpr (is_vector<T>) {
      return list(from, n, to);
    } else {
      const auto* found = from.GetPointer<const Table*>(slot(n));
      return found ? read(*found, to) : missing();
    }
  }

  template <class T>
  [[gnu::noinline]] bool list(const Table& from, std::size_t n, T& to) {
    using Item = typename T::value_type;
    if constexpr (is_fixed<Item>) {
      if (const auto* items = from.GetPointer<const flatbuffers::Vector<const Item*>*>(slot(n)))
        for (const Item* item : *items) to.push_back(*item);
    } else if constexpr (Spelled<Item>) {
      if (const auto* items = from.GetPointer<const flatbuffers::Vector<std::uint8_t>*>(slot(n)))
        for (std::uint8_t number : *items) {
          to.push_back(static_cast<Item>(number));
          if (!enumerated(number, Spelling<Item>::kNames.size()))
            return complaint_.inside(to.size() - 1);
        }
    } else if constexpr (std::same_as<Item, std::string>) {
      if (const auto* items =
              from.GetPointer<const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>*>(
                  slot(n)))
        for (const auto* item : *items)
          if (!text(item, to.emplace_back())) return complaint_.inside(to.size() - 1);
    } else {
      if (const auto* items =
              from.GetPointer<const flatbuffers::Vector<flatbuffers::Offset<Table>>*>(slot(n)))
        for (const auto* item : *items)
          if (!read(*item, to.emplace_back())) return complaint_.inside(to.size() - 1);
    }
    return true;
  }

  template <class T, std::size_t... I>
  bool variant(const Table& from, std::size_t n, T& to, std::index_sequence<I...>) {
    const std::uint8_t tag = from.GetField<std::uint8_t>(slot(n), 0);
    const auto* found = from.GetPointer<const Table*>(slot(n + 1));
    if (tag == 0 || tag > sizeof...(I))
      return complaint_.refuse(Code::malformed, " has an unknown type");
    if (!found) return missing();
    bool read_well = false;
    ((tag == I + 1 ? void(read_well = read(*found, to.template emplace<I>())) : void()), ...);
    return read_well;
  }

  Complaint complaint_;
};

}  // namespace tallinn::table
