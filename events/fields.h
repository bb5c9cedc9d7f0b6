// Fields: one description per record, from which its bytes, its JSON and its bounds are all made.
// Pure. A record is a struct with `fields()`, a tuple of Field in the order of the FlatBuffers
// table of the same name; the order is the wire order and never changes. It is a template of the
// struct itself, so that only files that use it make the tuples: for all others they were most of
// the cost of reading event.h.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "events/limits.h"

namespace tallinn {

/// The bounds of one field, beyond what its type says.
struct Rule {
  std::uint32_t max_bytes = kMaxShortText;  ///< of a text
  bool may_be_negative = false;             ///< money: a signed change (never zero)
  bool may_be_empty = false;                ///< lists
  std::int64_t least = 1;                   ///< of a plain whole number
  std::int64_t most = 65'535;
};

inline constexpr Rule kLong{.max_bytes = kMaxLongText};
inline constexpr Rule kChange{.may_be_negative = true};
inline constexpr Rule kMayBeEmpty{.may_be_empty = true};

template <class Record, class Member>
struct Field {
  std::string_view name;
  Member Record::* member;
  Rule rule;
};

template <class Record, class Member>
constexpr Field<Record, Member> member(std::string_view name, Member Record::* member,
                                       Rule rule = {}) {
  return {name, member, rule};
}

template <class T>
concept Record = requires { T::fields(); };

/// visit(field, slot number) for every field of R, in order.
template <Record R, class Visit>
constexpr void for_each_field(Visit&& visit) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    constexpr auto all = R::fields();
    (visit(std::get<I>(all), I), ...);
  }(std::make_index_sequence<std::tuple_size_v<decltype(R::fields())>>());
}

/// The same for a visit that answers bool: stops at the first false and answers it.
template <Record R, class Visit>
constexpr bool all_fields(Visit&& visit) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    constexpr auto all = R::fields();
    return (visit(std::get<I>(all), I) && ...);
  }(std::make_index_sequence<std::tuple_size_v<decltype(R::fields())>>());
}

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_variant = false;

}  // namespace tallinn
