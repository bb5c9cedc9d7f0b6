// Records to and from JSON, driven by their fields(): the spelling of docs/formats.md, "JSON text of an event".
// Pure; brings Boost.JSON in. Output has the fields' own order, without absent optionals; empty lists are printed. Whole
// numbers stay within 2^53 - 1. Input is strict: unknown, missing or mistyped members are malformed, named by path.
#pragma once

#include <boost/json.hpp>

#include "events/key_lookup.h"
#include "events/parts.h"
#include "events/result.h"
#include "events/text.h"
#include "events/uuid.h"

namespace tallinn {

namespace json = boost::json;


inline constexpr std::int64_t kMaxJsonInteger = (std::int64_t{1} << 53) - 1;

// --- output ----------------------------------------------------------------------------------------------------------

inline json::value json_of(const std::string& text) { return json::string(text); }
inline json::value json_of(std::string_view text) { return json::string(text); }
inline json::value json_of(bool value) { return value; }
inline json::value json_of(const Digest& digest) { return json::string(to_hex(digest.view())); }
inline json::value json_of(const PublicKey& key) { return json::string(to_base64(key.view())); }
inline json::value json_of(const Uuid& id) { return json::string(format_uuid(id)); }
inline json::value json_of(Day day) { return json::string(format_day(day)); }
inline json::value json_of(const When& when) { return json::string(format_when(when)); }
inline json::value json_of(Currency currency) { return json::string(currency_code(currency)); }
inline json::value json_of(const Money& money) {
  return json::object{{"amount", format_amount(money.minor, money.currency)}, {"currency", currency_code(money.currency)}};
}
template <Spelled E>
json::value json_of(E value) {
  return json::string(spell(value));
}
template <std::integral I>
  requires(!std::same_as<I, bool>)
json::value json_of(I value) {
  return static_cast<std::int64_t>(value);
}
template <class Tag, class Rep>
json::value json_of(const Strong<Tag, Rep>& value) {
  return json_of(value.value());
}
template <Record R>
json::object json_of(const R& record);
template <class T>
json::value json_of(const std::vector<T>& items) {
  json::array out;
  for (const T& item : items) out.push_back(json_of(item));
  return out;
}
template <Record R>
json::object json_of(const R& record) {
  json::object out;
  for_each_field<R>([&](const auto& f, std::size_t) {
    const auto& value = record.*f.member;
    if constexpr (is_optional<std::remove_cvref_t<decltype(value)>>) {
      if (value) out[f.name] = json_of(*value);
    } else {
      out[f.name] = json_of(value);
    }
  });
  return out;
}

// --- input -----------------------------------------------------------------------------------------------------------

class JsonReader {
 public:
  explicit JsonReader(KeyLookup keys) : keys_(std::move(keys)) {}

  template <Record R>
  Result<R> record(const json::value& from, const std::string& path) const {
    if (!from.is_object()) return malformed(path, "is not an object");
    const json::object& object = from.get_object();
    R out;
    std::size_t found = 0;
    Result<void> outcome;
    for_each_field<R>([&](const auto& f, std::size_t) {
      if (!outcome) return;
      const json::value* value = object.if_contains(f.name);
      found += value != nullptr;
      outcome = member(value, out.*f.member, path.empty() ? std::string(f.name) : path + "." + std::string(f.name));
    });
    if (!outcome) return std::unexpected(outcome.error());
    if (found != object.size()) return unknown_member<R>(object, path);
    return out;
  }

  template <class T>
  Result<void> member(const json::value* from, T& to, const std::string& path) const {
    if constexpr (is_optional<T>) {
      return from == nullptr ? Result<void>{} : one(*from, to.emplace(), path);
    } else if constexpr (is_vector<T>) {
      if (from == nullptr) return {};
      if (!from->is_array()) return malformed(path, "is not a list");
      for (const json::value& item : from->get_array())
        if (auto read = one(item, to.emplace_back(), path + "[" + std::to_string(to.size() - 1) + "]"); !read) return read;
      return {};
    } else {
      if (from == nullptr) return malformed(path, "is missing");
      return one(*from, to, path);
    }
  }

  static std::unexpected<Error> malformed(const std::string& path, const std::string& why) {
    return refuse(Code::malformed, (path.empty() ? "the event" : path) + " " + why, path);
  }

  static Result<std::string> text(const json::value& from, const std::string& path) {
    if (!from.is_string()) return malformed(path, "is not a text");
    std::string out(from.get_string());
    if (!valid_text(out)) return malformed(path, "is not NFC UTF-8 without control characters");
    return out;
  }

 private:
  template <Record R>
  static std::unexpected<Error> unknown_member(const json::object& object, const std::string& path) {
    for (const auto& item : object) {
      bool known_here = false;
      for_each_field<R>([&](const auto& f, std::size_t) { known_here |= f.name == item.key(); });
      const std::string at = (path.empty() ? "" : path + ".") + std::string(item.key());
      if (!known_here) return malformed(at, "is not a member of this event");
    }
    return malformed(path, "names a member twice");
  }

  /// A text, then `parse` of it; refusals get the path.
  template <class T, class Parse>
  static Result<void> parsed(const json::value& from, T& to, const std::string& path, Parse parse) {
    auto spelled = text(from, path);
    if (!spelled) return std::unexpected(spelled.error());
    Result<T> value = parse(*spelled);
    if (!value) return refuse(value.error().code, path + ": " + value.error().detail, path);
    to = *value;
    return {};
  }
  template <class T>
  static Result<T> or_malformed(std::optional<T> value, const char* why) {
    if (!value) return refuse(Code::malformed, why);
    return *value;
  }

  Result<void> one(const json::value& from, std::string& to, const std::string& path) const {
    return parsed(from, to, path, [](std::string& s) -> Result<std::string> { return std::move(s); });
  }
  Result<void> one(const json::value& from, bool& to, const std::string& path) const {
    if (!from.is_bool()) return malformed(path, "is not true or false");
    to = from.get_bool();
    return {};
  }
  Result<void> one(const json::value& from, Digest& to, const std::string& path) const {
    return parsed(from, to, path, [](auto& s) { return or_malformed(fixed_from_hex<Digest>(s), "not 64 digits of lower-case hex"); });
  }
  Result<void> one(const json::value& from, Uuid& to, const std::string& path) const {
    return parsed(from, to, path, [](auto& s) { return or_malformed(parse_uuid(s), "not a lower-case version 7 UUID"); });
  }
  Result<void> one(const json::value& from, PublicKey& to, const std::string& path) const {
    return parsed(from, to, path, [this](const std::string& s) -> Result<PublicKey> {
      if (!s.starts_with('@')) return or_malformed(fixed_from_base64<PublicKey>(s), "not a base64 public key");
      const auto key = keys_ ? keys_(PartyId(s.substr(1))) : std::nullopt;
      if (!key) return refuse(Code::malformed, "no key of " + s.substr(1) + " at hand");
      return *key;
    });
  }
  Result<void> one(const json::value& from, Day& to, const std::string& path) const { return parsed(from, to, path, parse_day); }
  Result<void> one(const json::value& from, When& to, const std::string& path) const { return parsed(from, to, path, parse_when); }
  Result<void> one(const json::value& from, Currency& to, const std::string& path) const {
    return parsed(from, to, path, parse_currency);
  }
  Result<void> one(const json::value& from, Money& to, const std::string& path) const {
    if (!from.is_object()) return malformed(path, "is not an object of amount and currency");
    const json::object& object = from.get_object();
    const json::value* amount = object.if_contains("amount");
    const json::value* currency = object.if_contains("currency");
    if (amount == nullptr) return malformed(path + ".amount", "is missing");
    if (currency == nullptr) return malformed(path + ".currency", "is missing");
    if (object.size() != 2) return malformed(path, "has members beside amount and currency");
    if (auto read = one(*currency, to.currency, path + ".currency"); !read) return read;
    return parsed(*amount, to.minor, path + ".amount", [&](auto& s) { return parse_amount(s, to.currency); });
  }
  template <Spelled E>
  Result<void> one(const json::value& from, E& to, const std::string& path) const {
    return parsed(from, to, path, [](const std::string& s) -> Result<E> {
      if (const auto value = unspell<E>(s)) return *value;
      std::string all;
      for (std::string_view name : Spelling<E>::kNames) all += (all.empty() ? "" : ", ") + std::string(name);
      return refuse(Code::malformed, "\"" + s.substr(0, 40) + "\" is not one of " + all);
    });
  }
  template <std::integral I>
  Result<void> one(const json::value& from, I& to, const std::string& path) const {
    std::int64_t number = 0;
    if (const auto* i = from.if_int64())
      number = *i;
    else
      return malformed(path, "is not a whole number");
    constexpr auto kMost = static_cast<std::int64_t>(
        std::min<std::uint64_t>(std::numeric_limits<I>::max(), static_cast<std::uint64_t>(kMaxJsonInteger)));
    if (number > kMost || number < (std::is_signed_v<I> ? -kMost : 0)) return malformed(path, "is out of range");
    to = static_cast<I>(number);
    return {};
  }
  template <class Tag, class Rep>
  Result<void> one(const json::value& from, Strong<Tag, Rep>& to, const std::string& path) const {
    Rep raw{};
    auto read = one(from, raw, path);
    to = Strong<Tag, Rep>(std::move(raw));
    return read;
  }
  template <Record R>
  Result<void> one(const json::value& from, R& to, const std::string& path) const {
    auto read = record<R>(from, path);
    if (!read) return std::unexpected(read.error());
    to = std::move(*read);
    return {};
  }

  KeyLookup keys_;
};

}  // namespace tallinn
