// Records to JSON, driven by their fields(): the spelling of docs/formats.md, "JSON text of an
// event". Pure; brings Boost.JSON in. Fixed order of members, absent optionals left out, empty
// lists printed; whole numbers stay within 2^53 - 1. The other way is events/json_reader.h.
#pragma once

#include <boost/json.hpp>

#include "events/parts.h"
#include "events/uuid.h"

namespace tallinn {

namespace json = boost::json;

inline json::value json_of(const std::string& text) {
  return json::string(text);
}
inline json::value json_of(std::string_view text) {
  return json::string(text);
}
inline json::value json_of(bool value) {
  return value;
}
inline json::value json_of(const Digest& digest) {
  return json::string(to_hex(digest.view()));
}
inline json::value json_of(const PublicKey& key) {
  return json::string(to_base64(key.view()));
}
inline json::value json_of(const Uuid& id) {
  return json::string(format_uuid(id));
}
inline json::value json_of(Day day) {
  return json::string(format_day(day));
}
inline json::value json_of(const When& when) {
  return json::string(format_when(when));
}
inline json::value json_of(Currency currency) {
  return json::string(currency_code(currency));
}
inline json::value json_of(const Money& money) {
  return json::object{{"amount", format_amount(money.minor, money.currency)},
                      {"currency", currency_code(money.currency)}};
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

}  // namespace tallinn
