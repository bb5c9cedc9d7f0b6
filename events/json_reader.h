// JSON to records, driven by their fields().
// Pure; for events/json.cpp only. Strict: unknown, missing or mistyped members are malformed, named
// by their path. Every function answers false after a complaint.
#pragma once

#include <boost/json.hpp>
#include <limits>
#include <span>

#include "events/complaint.h"
#include "events/key_lookup.h"
#include "events/parts.h"

namespace tallinn {

namespace json = boost::json;

inline constexpr std::int64_t kMaxJsonInteger = (std::int64_t{1} << 53) - 1;

class JsonReader {
 public:
  explicit JsonReader(KeyLookup keys) : keys_(std::move(keys)) {}

  template <Record R>
  [[gnu::noinline]] bool record(const json::value& from, R& out) {
    if (!from.is_object()) return malformed(" is not an object");
    const json::object& object = from.get_object();
    std::size_t found = 0;
    const bool read = all_fields<R>([&](const auto& f, std::size_t) {
      const json::value* value = object.if_contains(f.name);
      found += value != nullptr;
      return member(value, out.*f.member) || complaint_.inside(f.name);
    });
    return read && (found == object.size() || unknown_member(object, names_of<R>()));
  }

  /// An optional or list may be absent.
  template <class T>
  bool member(const json::value* from, T& to) {
    if constexpr (is_optional<T>) {
      return from == nullptr || one(*from, to.emplace());
    } else if constexpr (is_vector<T>) {
      return from == nullptr || list(*from, to);
    } else {
      return from == nullptr ? malformed(" is missing") : one(*from, to);
    }
  }
  template <class T>
  bool member(const json::object& object, std::string_view name, T& to) {
    return member(object.if_contains(name), to) || complaint_.inside(name);
  }

  bool malformed(std::string_view why) { return complaint_.refuse(Code::malformed, why); }
  bool text(const json::value& from, std::string& to);
  bool unknown_member(const json::object& object, std::span<const std::string_view> known);
  Complaint& complaint() { return complaint_; }

  bool one(const json::value& from, std::string& to) { return text(from, to); }
  bool one(const json::value& from, bool& to);
  bool one(const json::value& from, Digest& to);
  bool one(const json::value& from, Uuid& to);
  bool one(const json::value& from, PublicKey& to);
  bool one(const json::value& from, Day& to);
  bool one(const json::value& from, When& to);
  bool one(const json::value& from, Currency& to);
  bool one(const json::value& from, Money& to);
  template <Spelled E>
  bool one(const json::value& from, E& to) {
    std::size_t place = 0;
    const bool known_here = spelled(from, Spelling<E>::kNames, place);
    to = static_cast<E>(place + 1);
    return known_here;
  }
  template <std::integral I>
    requires(!std::same_as<I, bool>)
  bool one(const json::value& from, I& to) {
    constexpr auto kMost = static_cast<std::int64_t>(std::min<std::uint64_t>(
        std::numeric_limits<I>::max(), static_cast<std::uint64_t>(kMaxJsonInteger)));
    std::int64_t number = 0;
    const bool fits = integer(from, std::is_signed_v<I> ? -kMost : 0, kMost, number);
    to = static_cast<I>(number);
    return fits;
  }
  template <class Tag, class Rep>
  bool one(const json::value& from, Strong<Tag, Rep>& to) {
    Rep raw{};
    const bool read = one(from, raw);
    to = Strong<Tag, Rep>(std::move(raw));
    return read;
  }
  template <Record R>
  bool one(const json::value& from, R& to) {
    return record(from, to);
  }

 private:
  template <Record R>
  static std::vector<std::string_view> names_of() {
    std::vector<std::string_view> names;
    for_each_field<R>([&](const auto& f, std::size_t) { names.push_back(f.name); });
    return names;
  }
  template <class T>
  [[gnu::noinline]] bool list(const json::value& from, T& to) {
    if (!from.is_array()) return malformed(" is not a list");
    for (const json::value& item : from.get_array())
      if (!one(item, to.emplace_back())) return complaint_.inside(to.size() - 1);
    return true;
  }
  bool spelled(const json::value& from, std::span<const std::string_view> names,
               std::size_t& place);
  bool integer(const json::value& from, std::int64_t least, std::int64_t most, std::int64_t& to);
  /// A text, then `parse` of it.
  template <class T, class Parse>
  bool parsed(const json::value& from, T& to, Parse parse) {
    std::string spelling;
    if (!text(from, spelling)) return false;
    Result<T> value = parse(spelling);
    if (!value) return complaint_.refuse(value.error().code, ": " + value.error().detail);
    to = *value;
    return true;
  }

  KeyLookup keys_;
  Complaint complaint_;
};

}  // namespace tallinn
