#include "events/json_reader.h"

#include <algorithm>

#include "events/text.h"
#include "events/uuid.h"

namespace tallinn {
namespace {

template <class T>
Result<T> or_malformed(std::optional<T> value, const char* why) {
  if (!value) return refuse(Code::malformed, why);
  return *value;
}

}  // namespace

bool JsonReader::text(const json::value& from, std::string& to) {
  if (!from.is_string()) return malformed(" is not a text");
  to = from.get_string();
  return valid_text(to) || malformed(" is not NFC UTF-8 without control characters");
}

bool JsonReader::unknown_member(const json::object& object,
                                std::span<const std::string_view> known) {
  for (const auto& item : object)
    if (std::ranges::find(known, std::string_view(item.key())) == known.end())
      return malformed(" is not a member here") || complaint_.inside(std::string_view(item.key()));
  return malformed(" names a member twice");
}

bool JsonReader::one(const json::value& from, bool& to) {
  if (!from.is_bool()) return malformed(" is not true or false");
  to = from.get_bool();
  return true;
}

bool JsonReader::one(const json::value& from, Digest& to) {
  return parsed(from, to, [](const std::string& s) {
    return or_malformed(fixed_from_hex<Digest>(s), "not 64 digits of lower-case hex");
  });
}

bool JsonReader::one(const json::value& from, Uuid& to) {
  return parsed(from, to, [](const std::string& s) {
    return or_malformed(parse_uuid(s), "not a lower-case version 7 UUID");
  });
}

bool JsonReader::one(const json::value& from, PublicKey& to) {
  return parsed(from, to, [this](const std::string& s) -> Result<PublicKey> {
    if (!s.starts_with('@'))
      return or_malformed(fixed_from_base64<PublicKey>(s), "not a base64 public key");
    const auto key = keys_ ? keys_(PartyId(s.substr(1))) : std::nullopt;
    if (!key) return refuse(Code::malformed, "no key of " + s.substr(1) + " at hand");
    return *key;
  });
}

bool JsonReader::one(const json::value& from, Day& to) {
  return parsed(from, to, parse_day);
}
bool JsonReader::one(const json::value& from, When& to) {
  return parsed(from, to, parse_when);
}
bool JsonReader::one(const json::value& from, Currency& to) {
  return parsed(from, to, parse_currency);
}

bool JsonReader::one(const json::value& from, Money& to) {
  if (!from.is_object()) return malformed(" is not an object of amount and currency");
  const json::object& object = from.get_object();
  if (!object.contains("amount")) return malformed(" is missing") || complaint_.inside("amount");
  if (!member(object, "currency", to.currency)) return false;
  if (object.size() != 2) return malformed(" has members beside amount and currency");
  return parsed(object.at("amount"), to.minor,
                [&](const std::string& s) { return parse_amount(s, to.currency); }) ||
         complaint_.inside("amount");
}

bool JsonReader::spelled(const json::value& from, std::span<const std::string_view> names,
                         std::size_t& place) {
  std::string spelling;
  if (!text(from, spelling)) return false;
  const auto found = std::ranges::find(names, spelling);
  place = static_cast<std::size_t>(found - names.begin());
  if (found != names.end()) return true;
  std::string all;
  for (std::string_view name : names) all += (all.empty() ? "" : ", ") + std::string(name);
  return malformed(": \"" + spelling.substr(0, 40) + "\" is not one of " + all);
}

bool JsonReader::integer(const json::value& from, std::int64_t least, std::int64_t most,
                         std::int64_t& to) {
  const auto* number = from.if_int64();
  if (number == nullptr) return malformed(" is not a whole number");
  to = *number;
  return (to >= least && to <= most) || malformed(" is out of range");
}

}  // namespace tallinn
