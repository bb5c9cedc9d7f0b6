// The bounds of one event's values: signs, ranges, lengths and patterns, each refusal with its field.
#include <algorithm>
#include <concepts>

#include "events/event.h"
#include "events/text.h"

namespace tallinn {
namespace {

std::unexpected<Error> invalid(const std::string& path, const std::string& why) {
  return refuse(Code::invalid_value, path + " " + why, path);
}

bool valid_rate(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == text.npos ? "0" : text.substr(point + 1);
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.size() <= 12 && std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
  };
  const bool positive = std::ranges::any_of(text, [](char c) { return c >= '1' && c <= '9'; });
  return digits(whole) && digits(fraction) && positive && (whole == "0" || whole[0] != '0');
}

class Checker {
 public:
  template <Record R>
  Result<void> record(const R& value, const std::string& path) {
    Result<void> outcome;
    for_each_field<R>([&](const auto& f, std::size_t) {
      if (!outcome) return;
      outcome = one(value.*f.member, path.empty() ? std::string(f.name) : path + "." + std::string(f.name), f.rule);
    });
    return outcome;
  }

 private:
  template <class T>
  Result<void> one(const T& value, const std::string& path, const Rule& rule) {
    if constexpr (is_optional<T>) {
      return value ? one(*value, path, rule) : Result<void>{};
    } else if constexpr (is_variant<T>) {
      return std::visit([&](const auto& body) { return record(body, path); }, value);
    } else if constexpr (is_vector<T>) {
      return list(value, path, rule);
    } else if constexpr (Record<T>) {
      return record(value, path);
    } else {
      return scalar(value, path, rule);
    }
  }

  template <class T>
  Result<void> list(const std::vector<T>& items, const std::string& path, const Rule& rule) {
    if (items.empty() && !rule.may_be_empty) return invalid(path, "is empty");
    if (items.size() > kMaxListed) return invalid(path, "has more than " + std::to_string(kMaxListed) + " items");
    for (std::size_t i = 0; i < items.size(); ++i)
      if (auto outcome = one(items[i], path + "[" + std::to_string(i) + "]", rule); !outcome) return outcome;
    return {};
  }

  static Result<void> scalar(const std::string& text, const std::string& path, const Rule& rule) {
    if (text.empty()) return invalid(path, "is empty");
    if (text.size() > rule.max_bytes) return invalid(path, "is over " + std::to_string(rule.max_bytes) + " bytes");
    return {};
  }
  static Result<void> scalar(const PartyId& party, const std::string& path, const Rule&) {
    if (!valid_party_id(party.value())) return invalid(path, "is not a party id (2 to 32 of A-Z 0-9 -, first a letter)");
    return {};
  }
  static Result<void> scalar(const Name& name, const std::string& path, const Rule&) {
    if (!valid_name(name.value())) return invalid(path, "is not a name (1 to 64 of A-Z a-z 0-9 . _ -)");
    return {};
  }
  static Result<void> scalar(const DecimalRate& rate, const std::string& path, const Rule&) {
    if (!valid_rate(rate.value())) return invalid(path, "is not a positive decimal number");
    return {};
  }
  static Result<void> scalar(const Currency& currency, const std::string& path, const Rule&) {
    if (!known_currency(currency)) return invalid(path, "is not an ISO 4217 currency");
    return {};
  }
  static Result<void> scalar(const Money& money, const std::string& path, const Rule& rule) {
    if (!known_currency(money.currency)) return invalid(path + ".currency", "is not an ISO 4217 currency");
    const std::int64_t minor = money.minor.value();
    const std::string amount = path + ".amount";
    if (rule.may_be_negative ? minor == 0 : minor <= 0) return invalid(amount, rule.may_be_negative ? "is zero" : "is not positive");
    if (minor > kMaxAmountMinor || minor < -kMaxAmountMinor) return invalid(amount, "is beyond the largest amount");
    return {};
  }
  static Result<void> scalar(const Quantity& quantity, const std::string& path, const Rule&) {
    if (quantity.value() <= 0) return invalid(path, "is not positive");
    if (quantity.value() > kMaxQuantity) return invalid(path, "is beyond the largest quantity");
    return {};
  }
  static Result<void> scalar(const LineNumber& line, const std::string& path, const Rule&) {
    if (line.value() == 0) return invalid(path, "starts at 1");
    return {};
  }
  static Result<void> scalar(const Year& year, const std::string& path, const Rule&) {
    if (year.value() < 2000 || year.value() > 2199) return invalid(path, "is not a year from 2000 to 2199");
    return {};
  }
  static Result<void> scalar(const Priority& priority, const std::string& path, const Rule&) {
    if (priority.value() < 1 || priority.value() > 5) return invalid(path, "is not 1 to 5");
    return {};
  }
  static Result<void> scalar(const Day& day, const std::string& path, const Rule&) {
    if (auto again = parse_day(format_day(day)); !again) return invalid(path, "is not a day from 1970 to 2199");
    return {};
  }
  template <class T>
  static Result<void> scalar(const T&, const std::string&, const Rule&) {
    return {};  // digests, keys, ids, enumerations, sizes: their type says all
  }
};

Result<void> check_note(const Event& event) {
  if (event.note && !event.note->en && !event.note->uk) return invalid("note", "is empty");
  return {};
}

}  // namespace

Result<void> check_values(const Event& event, UnixMillis now) {
  if (event.occurred.millis.value() > now.value() + kMaxFutureMillis)
    return invalid("occurred", "is more than 24 hours in the future");
  if (auto note = check_note(event); !note) return note;
  return Checker().record(event, "");
}

}  // namespace tallinn
