#include "tests/scenarios/spoken.h"

#include <algorithm>
#include <map>

#include "events/json_codec.h"

namespace tallinn::scenarios {
namespace {

using Text = const std::string&;

bool all_digits(Text text) {
  return !text.empty() && text.size() < 16 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// An integer where it is one; other text is left for the ledger to refuse.
json::value number(Text text) {
  if (all_digits(text)) return std::stoll(text);
  return json::string(text);
}

json::value money(Text text) {
  const auto words = split(text, " ");
  if (words.size() != 2) return json::string(text);
  return json::object{{"amount", words[0]}, {"currency", words[1]}};
}

std::string digest(Text text) {
  return text.size() == 1 ? std::string(64, text[0]) : text;
}

/// "1: 100 H87 5.00 EUR", "1: 98 good", "2: 3": line, quantity, then a unit, a condition, a
/// description and an amount, each where the record has it.
template <Record Line>
json::value line(Text text) {
  const auto halves = split(text, ": ");
  json::object out{{"line", number(halves[0])}};
  auto words = halves.size() < 2 ? std::vector<std::string>{} : split(halves[1], " ");
  const auto take_first = [&] {
    std::string first = words.front();
    words.erase(words.begin());
    return first;
  };
  if (!words.empty()) out["quantity"] = number(take_first());
  const bool says_amount =
      words.size() >= 2 && words[words.size() - 2].find('.') != std::string::npos;
  if (says_amount) {
    const json::value amount = money(words[words.size() - 2] + " " + words.back());
    words.resize(words.size() - 2);
    if constexpr (requires { Line::estimate; })
      out["estimate"] = amount;
    else
      out["value"] = amount;
  }
  if constexpr (requires { Line::unit; })
    if (!words.empty()) out["unit"] = take_first();
  if constexpr (requires { Line::condition; })
    out["condition"] = words.empty() ? std::string("good") : take_first();
  std::string rest;
  while (!words.empty()) rest += (rest.empty() ? "" : " ") + take_first();
  if constexpr (requires { Line::description; })
    out["description"] = rest.empty() ? "equipment" : rest;
  else if (!rest.empty())
    out["description"] = rest;
  return out;
}

/// One value of type T as its JSON.
template <class T>
json::value spoken_as(const Spoken& spoken, Text text) {
  if constexpr (is_optional<T>) {
    return spoken_as<typename T::value_type>(spoken, text);
  } else if constexpr (is_vector<T>) {
    json::array out;
    for (const std::string& item : split(text, ", "))
      out.push_back(spoken_as<typename T::value_type>(spoken, item));
    return out;
  } else if constexpr (std::same_as<T, Money>) {
    return money(text);
  } else if constexpr (std::same_as<T, bool>) {
    return text == "yes"  ? json::value(true)
           : text == "no" ? json::value(false)
                          : json::string(text);
  } else if constexpr (std::same_as<T, Uuid>) {
    const auto label = spoken.labels.events.find(text);
    return label == spoken.labels.events.end() ? json::string(text) : json_of(label->second);
  } else if constexpr (std::same_as<T, Digest>) {
    return json::string(digest(text));
  } else if constexpr (std::same_as<T, Bilingual>) {
    const auto both = split(text, " / ");
    return json::object{{"en", both.front()}, {"uk", both.back()}};
  } else if constexpr (std::same_as<T, Source>) {
    return json::object{{"title", text}};
  } else if constexpr (std::same_as<T, Agreement>) {
    return json::object{{"reference", text}};
  } else if constexpr (std::same_as<T, Act>) {
    return json::object{{"number", text}, {"date", spoken.today}, {"sha256", digest("a")}};
  } else if constexpr (std::same_as<T, LogPrefix>) {
    const auto words = split(text, " ");
    if (words.size() != 3) return json::string(text);
    return json::object{
        {"epoch", number(words[0])}, {"size", number(words[1])}, {"root", digest(words[2])}};
  } else if constexpr (std::same_as<T, Figure>) {
    const auto rung = text.substr(0, text.find(' '));
    return json::object{{"rung", rung},
                        {"value", money(text.substr(std::min(text.size(), rung.size() + 1)))}};
  } else if constexpr (Record<T>) {
    return line<T>(text);
  } else if constexpr (std::same_as<T, std::string> || Spelled<T> || std::same_as<T, Day> ||
                       std::same_as<T, When> || std::same_as<T, Currency> ||
                       std::same_as<T, PublicKey> || std::same_as<T, PartyId> ||
                       std::same_as<T, Name> || std::same_as<T, DecimalRate>) {
    return json::string(text);
  } else {
    return number(text);
  }
}

/// Usual values of required fields, by the field's name, then by the list it is from.
std::string usual(const Spoken& spoken, std::string_view field, const std::string& author) {
  static const std::map<std::string_view, std::string> kUsual = {{"reason", "as agreed"},
                                                                 {"text", "as written"},
                                                                 {"purpose", "cyber defence"},
                                                                 {"source", "public record"},
                                                                 {"agreement", "AGR-1"},
                                                                 {"act", "ACT-1"},
                                                                 {"title", "Parts / Частини"},
                                                                 {"name", "Party / Сторона"},
                                                                 {"year", "2025"},
                                                                 {"mode", "cash"},
                                                                 {"basis", "invoice"},
                                                                 {"method", "on_site"},
                                                                 {"result", "in use"},
                                                                 {"cause", "as reported"},
                                                                 {"severity", "low"},
                                                                 {"priority", "1"},
                                                                 {"urgency", "low"},
                                                                 {"sector", "energy"},
                                                                 {"epoch", "1"}};
  if (const auto found = kUsual.find(field); found != kUsual.end()) return found->second;
  for (const std::string_view day : {"value_date", "date", "from", "to"})
    if (field == day) return spoken.today;
  for (const std::string_view party : {"recipient", "donor", "payer", "payee", "party"})
    if (field == party) return author;
  return {};
}

template <class T>
std::string usual_of_list() {
  if constexpr (std::same_as<T, NeedKind>) return "hardware";
  if constexpr (std::same_as<T, NeedOutcome>) return "met";
  if constexpr (std::same_as<T, std::string>) return "as found";
  return {};
}

/// "unknown_reference/receipt", where `receipt` is a label.
std::string exception_id(const Spoken& spoken, Text text) {
  const auto slash = text.find('/') + 1;
  const auto label = spoken.labels.events.find(text.substr(slash));
  if (label == spoken.labels.events.end()) return text;
  return text.substr(0, slash) + format_uuid(label->second);
}

template <class Body>
json::object body_of(const Spoken& spoken, const Words& words, const std::string& author) {
  json::object out;
  std::vector<std::string_view> fields;
  if constexpr (Record<Body>)
    for_each_field<Body>([&](const auto& f, std::size_t) {
      using Member = std::remove_cvref_t<decltype(std::declval<Body>().*f.member)>;
      fields.push_back(f.name);
      const auto said =
          std::ranges::find(words.said, f.name, &std::pair<std::string, std::string>::first);
      if (said != words.said.end()) {
        out[f.name] = spoken_as<Member>(
            spoken, f.name == "exception" ? exception_id(spoken, said->second) : said->second);
      } else if constexpr (!is_optional<Member> && !is_vector<Member>) {
        std::string value = usual(spoken, f.name, author);
        if (f.name == "kind" || f.name == "outcome") value = usual_of_list<Member>();
        if (!value.empty()) out[f.name] = spoken_as<Member>(spoken, value);
      } else if constexpr (is_vector<Member>) {
        if (f.rule.may_be_empty) out[f.name] = json::array();
      }
    });
  for (const auto& [name, value] : words.said)
    if (std::ranges::find(fields, name) == fields.end()) out[name] = value;
  return out;
}

/// Takes a word of the envelope out.
std::string take(Words& words, std::string_view name) {
  const auto found =
      std::ranges::find(words.said, name, &std::pair<std::string, std::string>::first);
  if (found == words.said.end()) return {};
  std::string value = std::move(found->second);
  words.said.erase(found);
  return value;
}

}  // namespace

Saying read_saying(const std::string& cell) {
  Saying saying{.label = {}, .type = {}, .words = read_words(cell)};
  auto plain = split(saying.words.head, " ");
  if (!plain.empty() && plain[0].ends_with(":")) {
    saying.label = plain[0].substr(0, plain[0].size() - 1);
    plain.erase(plain.begin());
  }
  if (!plain.empty()) {
    saying.type = plain[0];
    plain.erase(plain.begin());
  }
  saying.words.head.clear();
  for (const std::string& word : plain)
    saying.words.head += (saying.words.head.empty() ? "" : " ") + word;
  return saying;
}

std::string json_text(const Spoken& spoken, const Saying& saying, const std::string& author,
                      const Uuid& id) {
  Words words = saying.words;
  const std::string on = take(words, "on"), same_id = take(words, "id"),
                    document = take(words, "document"), note = take(words, "note");
  take(words, "schema");
  take(words, "seen");
  const auto labelled = spoken.labels.events.find(same_id);
  json::object out{{"id", json_of(labelled == spoken.labels.events.end() ? id : labelled->second)},
                   {"type", saying.type},
                   {"author", author},
                   {"occurred", on.empty() ? spoken.today : on}};
  if (!note.empty()) out["note"] = json::object{{"en", note}};
  if (!document.empty())
    out["documents"] = json::array{json::object{
        {"sha256", digest("d")}, {"media_type", "application/pdf"}, {"title", document}}};
  const auto body = body_of_type(saying.type);
  out["body"] = body ? std::visit(
                           [&](const auto& empty) {
                             using B = std::remove_cvref_t<decltype(empty)>;
                             return body_of<B>(spoken, words, author);
                           },
                           *body)
                     : json::object();
  return json::serialize(out);
}

}  // namespace tallinn::scenarios
