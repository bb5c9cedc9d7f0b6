// The one FlatBuffers encoder and decoder of records, driven by their fields().
// Pure; for events/*.cpp only (it brings FlatBuffers in). Slot n of a table is field n. Absent: empty optional, empty
// list; a required text is always present. Numbers equal to 0 are left out, as the format does.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include "events/event_generated.h"
#include "events/parts.h"
#include "events/result.h"
#include "events/text.h"

namespace tallinn::table {

using Builder = flatbuffers::FlatBufferBuilder;
using flatbuffers::uoffset_t;
using flatbuffers::voffset_t;

constexpr voffset_t slot(std::size_t n) { return static_cast<voffset_t>(4 + 2 * n); }

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

inline fbs::Money to_flat(const Money& m) { return {m.minor.value(), m.currency.value()}; }
inline fbs::When to_flat(const When& w) {
  return {w.millis.value(), w.offset_minutes, static_cast<std::uint8_t>(w.precision)};
}
inline Money from_flat(const fbs::Money& m) { return {AmountMinor(m.minor()), Currency(m.currency())}; }
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
uoffset_t write(Builder& b, const R& record) {
  std::array<uoffset_t, std::tuple_size_v<decltype(R::fields())>> offsets{};
  for_each_field<R>([&](const auto& f, std::size_t n) { offsets[n] = outside(b, record.*f.member); });
  const uoffset_t start = b.StartTable();
  for_each_field<R>([&](const auto& f, std::size_t n) { inside(b, n, record.*f.member, offsets[n]); });
  return b.EndTable(start);
}

/// Reads a verified table; every refusal names its field by a dotted path.
class Reader {
 public:
  template <Record R>
  Result<R> read(const flatbuffers::Table& from, std::string path) {
    R record;
    Result<void> outcome;
    for_each_field<R>([&](const auto& f, std::size_t n) {
      if (!outcome) return;
      const std::string at = path.empty() ? std::string(f.name) : path + "." + std::string(f.name);
      outcome = member(from, n, record.*f.member, at);
    });
    if (!outcome) return std::unexpected(outcome.error());
    return record;
  }

 private:
  using Table = flatbuffers::Table;

  static Result<void> missing(const std::string& path) { return refuse(Code::malformed, path + " is missing", path); }

  static Result<void> text(const flatbuffers::String& from, std::string& to, const std::string& path) {
    to.assign(from.c_str(), from.size());
    if (!valid_text(to)) return refuse(Code::malformed, path + " is not NFC UTF-8 without control characters", path);
    return {};
  }

  template <class T>
  Result<void> enumerated(std::uint8_t number, T& to, const std::string& path) {
    to = static_cast<T>(number);
    if (!known(to)) return refuse(Code::malformed, path + " has no known value", path);
    return {};
  }

  template <class T>
  Result<void> member(const Table& from, std::size_t n, T& to, const std::string& path) {
    if constexpr (is_variant<T>) {
      return variant(from, n, to, path, std::make_index_sequence<std::variant_size_v<typename T::Alternatives>>());
    } else if constexpr (is_optional<T>) {
      if (!from.CheckField(slot(n))) return {};
      return member(from, n, to.emplace(), path);
    } else if constexpr (std::same_as<T, std::string>) {
      const auto* found = from.GetPointer<const flatbuffers::String*>(slot(n));
      return found ? text(*found, to, path) : missing(path);
    } else if constexpr (StrongText<T>) {
      std::string raw;
      auto outcome = member(from, n, raw, path);
      to = T(std::move(raw));
      return outcome;
    } else if constexpr (std::same_as<T, Money>) {
      const auto* found = from.GetStruct<const fbs::Money*>(slot(n));
      if (!found) return missing(path);
      to = from_flat(*found);
      return {};
    } else if constexpr (std::same_as<T, When>) {
      const auto* found = from.GetStruct<const fbs::When*>(slot(n));
      if (!found) return missing(path);
      to = from_flat(*found);
      if (auto again = parse_when(format_when(to)); !again || *again != to)
        return refuse(Code::malformed, path + " is not a date", path);
      return {};
    } else if constexpr (is_fixed<T>) {
      const auto* found = from.GetStruct<const T*>(slot(n));
      if (!found) return missing(path);
      to = *found;
      return {};
    } else if constexpr (Spelled<T>) {
      return enumerated(from.GetField<std::uint8_t>(slot(n), 0), to, path);
    } else if constexpr (std::same_as<T, bool>) {
      to = from.GetField<std::uint8_t>(slot(n), 0) != 0;
      return {};
    } else if constexpr (std::integral<T>) {
      to = from.GetField<T>(slot(n), 0);
      return {};
    } else if constexpr (StrongNumber<T>) {
      to = T(from.GetField<typename strong_rep<T>::type>(slot(n), 0));
      return {};
    } else if constexpr (is_vector<T>) {
      return list(from, n, to, path);
    } else {
      const auto* found = from.GetPointer<const Table*>(slot(n));
      if (!found) return missing(path);
      auto record = read<T>(*found, path);
      if (!record) return std::unexpected(record.error());
      to = std::move(*record);
      return {};
    }
  }

  template <class T>
  Result<void> list(const Table& from, std::size_t n, T& to, const std::string& path) {
    using Item = typename T::value_type;
    if constexpr (is_fixed<Item>) {
      if (const auto* items = from.GetPointer<const flatbuffers::Vector<const Item*>*>(slot(n)))
        for (const Item* item : *items) to.push_back(*item);
    } else if constexpr (Spelled<Item>) {
      if (const auto* items = from.GetPointer<const flatbuffers::Vector<std::uint8_t>*>(slot(n)))
        for (std::uint8_t number : *items)
          if (auto outcome = enumerated(number, to.emplace_back(), path); !outcome) return outcome;
    } else if constexpr (std::same_as<Item, std::string>) {
      if (const auto* items = from.GetPointer<const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>*>(slot(n)))
        for (const auto* item : *items)
          if (auto outcome = text(*item, to.emplace_back(), path); !outcome) return outcome;
    } else {
      if (const auto* items = from.GetPointer<const flatbuffers::Vector<flatbuffers::Offset<Table>>*>(slot(n)))
        for (const auto* item : *items) {
          auto record = read<Item>(*item, path + "[" + std::to_string(to.size()) + "]");
          if (!record) return std::unexpected(record.error());
          to.push_back(std::move(*record));
        }
    }
    return {};
  }

  template <class T, std::size_t... I>
  Result<void> variant(const Table& from, std::size_t n, T& to, const std::string& path, std::index_sequence<I...>) {
    const std::uint8_t tag = from.GetField<std::uint8_t>(slot(n), 0);
    const auto* found = from.GetPointer<const Table*>(slot(n + 1));
    if (tag == 0 || tag > sizeof...(I)) return refuse(Code::malformed, "unknown event type", "type");
    if (!found) return missing(path);
    Result<void> outcome;
    const auto alternative = [&]<std::size_t Index>() {
      auto record = read<std::variant_alternative_t<Index, typename T::Alternatives>>(*found, path);
      if (record)
        to.template emplace<Index>(std::move(*record));
      else
        outcome = std::unexpected(record.error());
    };
    ((tag == I + 1 ? alternative.template operator()<I>() : void()), ...);
    return outcome;
  }
};

}  // namespace tallinn::table
