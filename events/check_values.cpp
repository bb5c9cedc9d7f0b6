// The bounds of one event's values: signs, ranges, lengths and patterns, each refusal with its
// field.
#include <algorithm>

#include "events/complaint.h"
#include "events/event.h"
#include "events/text.h"

namespace tallinn {
namespace {

bool valid_rate(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == text.npos ? "0" : text.substr(point + 1);
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.size() <= 12 &&
           std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
  };
  const bool positive = std::ranges::any_of(text, [](char c) { return c >= '1' && c <= '9'; });
  return digits(whole) && digits(fraction) && positive && (whole == "0" || whole[0] != '0');
}

/// Answers false after a complaint.
class Checker {
 public:
  template <Record R>
  [[gnu::noinline]] bool record(const R& value) {
    return all_fields<R>([&](const auto& f, std::size_t) {
      return one(value.*f.member, f.rule) || complaint_.inside(f.name);
    });
  }
  bool invalid(std::string_view why) { return complaint_.refuse(Code::invalid_value, why); }
  Complaint& complaint() { return complaint_; }

 private:
  template <class T>
  bool one(const T& value, const Rule& rule) {
    if constexpr (is_optional<T>) {
      return !value || one(*value, rule);
    } else if constexpr (is_variant<T>) {
      return std::visit([&](const auto& body) { return record(body); }, value);
    } else if constexpr (is_vector<T>) {
      return list(value, rule);
    } else if constexpr (Record<T>) {
      return record(value);
    } else {
      return scalar(value, rule);
    }
  }

  template <class T>
  [[gnu::noinline]] bool list(const std::vector<T>& items, const Rule& rule) {
    if (items.empty() && !rule.may_be_empty) return invalid(" is empty");
    if (items.size() > kMaxListed)
      return invalid(" has more than " + std::to_string(kMaxListed) + " items");
    for (std::size_t i = 0; i < items.size(); ++i)
      if (!one(items[i], rule)) return complaint_.inside(i);
    return true;
  }

  bool scalar(const std::string& text, const Rule& rule) {
    if (text.empty()) return invalid(" is empty");
    if (text.size() > rule.max_bytes)
      return invalid(" is over " + std::to_string(rule.max_bytes) + " bytes");
    return true;
  }
  bool scalar(const PartyId& party, const Rule&) {
    return valid_party_id(party.value()) ||
           invalid(" is not a party id (2 to 32 of A-Z 0-9 -, first a letter)");
  }
  bool scalar(const Name& name, const Rule&) {
    return valid_name(name.value()) || invalid(" is not a name (1 to 64 of A-Z a-z 0-9 . _ -)");
  }
  bool scalar(const DecimalRate& rate, const Rule&) {
    return valid_rate(rate.value()) || invalid(" is not a positive decimal number");
  }
  bool scalar(const Currency& currency, const Rule&) {
    return known_currency(currency) || invalid(" is not an ISO 4217 currency");
  }
  bool scalar(const Money& money, const Rule& rule) {
    if (!known_currency(money.currency))
      return invalid(" is not an ISO 4217 currency") || complaint_.inside("currency");
    return amount(money.minor.value(), rule) || complaint_.inside("amount");
  }
  bool amount(std::int64_t minor, const Rule& rule) {
    if (rule.may_be_negative && minor == 0) return invalid(" is zero");
    if (!rule.may_be_negative && minor <= 0) return invalid(" is not positive");
    return (minor <= kMaxAmountMinor && minor >= -kMaxAmountMinor) ||
           invalid(" is beyond the largest amount");
  }
  bool scalar(const Quantity& quantity, const Rule&) {
    if (quantity.value() <= 0) return invalid(" is not positive");
    return quantity.value() <= kMaxQuantity || invalid(" is beyond the largest quantity");
  }
  bool scalar(const LineNumber& line, const Rule&) {
    return line.value() != 0 || invalid(" starts at 1");
  }
  bool scalar(const Year& year, const Rule&) {
    return (year.value() >= 2000 && year.value() <= 2199) ||
           invalid(" is not a year from 2000 to 2199");
  }
  bool scalar(const Priority& priority, const Rule&) {
    return (priority.value() >= 1 && priority.value() <= 5) || invalid(" is not 1 to 5");
  }
  bool scalar(const Day& day, const Rule&) {
    return valid_when({start_of(day), 0, Precision::day}) ||
           invalid(" is not a day from 1970 to 2199");
  }
  template <class T>
  bool scalar(const T&, const Rule&) {
    return true;  // digests, keys, ids, enumerations, sizes: their type says all
  }

  Complaint complaint_;
};

}  // namespace

Result<void> check_values(const Event& event, UnixMillis now) {
  Checker checker;
  bool valid = true;
  if (event.occurred.millis.value() > now.value() + kMaxFutureMillis)
    valid = checker.invalid(" is more than 24 hours in the future") ||
            checker.complaint().inside("occurred");
  else if (event.note && !event.note->en && !event.note->uk)
    valid = checker.invalid(" is empty") || checker.complaint().inside("note");
  else
    valid = checker.record(event);
  if (!valid) return std::unexpected(checker.complaint().error("the event"));
  return {};
}

}  // namespace tallinn
