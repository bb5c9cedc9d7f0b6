#include "tools/json_output.h"

#include <algorithm>
#include <ostream>

#include "tools/language/numbers.h"
#include "tools/messages.h"
#include "tools/text_table.h"

namespace tallinn {

namespace {

namespace json = boost::json;

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kPlain = "\x1b[0m";

/// Numbers that name something rather than count.
constexpr auto kLabels = std::to_array<std::string_view>(
    {"epoch", "index", "joint_state", "last", "line", "rules", "settled", "time", "year"});
/// Members whose texts are of a closed list.
constexpr auto kWords = std::to_array<std::string_view>(
    {"kind", "level", "role", "roles", "standing", "state", "unit", "urgency"});
/// Members that hold a sentence of ours.
constexpr auto kSentences =
    std::to_array<std::string_view>({"alarms", "last_error", "reason", "text", "way_out"});

template <class List>
bool has(const List& list, std::string_view member) {
  return std::ranges::find(list, member) != list.end();
}

bool says_nothing(const json::value& value) {
  return (value.is_bool() && !value.get_bool()) ||
         (value.is_array() && value.get_array().empty()) ||
         (value.is_string() && value.get_string().empty());
}

std::string cell_of_object(const json::object& object, Language language) {
  if (object.contains("amount") && object.contains("currency"))
    return format_money(language, std::string(object.at("amount").as_string()) + " " +
                                      std::string(object.at("currency").as_string()));
  if (object.contains("en") && object.contains("uk"))
    return cell_of(object.at(language == Language::ukrainian ? "uk" : "en"), language);
  std::string out;
  for (const auto& [key, value] : object) {
    if (says_nothing(value)) continue;
    if (!out.empty()) out += ", ";
    out += word(language, std::string_view(key.data(), key.size()));
    out += ' ';
    out += cell_of_member(key, value, language);
  }
  return out;
}

std::string cell_of_array(const json::array& array, Language language) {
  std::string out;
  for (const json::value& value : array) {
    if (!out.empty()) out += value.is_object() ? "; " : ", ";
    out += cell_of(value, language);
  }
  return out;
}

bool to_the_right(Shown::As as) {
  using enum Shown::As;
  return as == number || as == amount || as == date;
}

/// Each of the objects with those members only.
json::array only(const json::array& objects, std::span<const std::string_view> parts) {
  json::array out;
  for (const json::value& one : objects) {
    json::object shown;
    for (const std::string_view part : parts)
      if (const json::value* value = one.as_object().if_contains(part)) shown[part] = *value;
    out.push_back(std::move(shown));
  }
  return out;
}

std::string cell_of_column(const Shown& column, const json::value& value, Language language) {
  if (!column.parts.empty()) return cell_of(only(value.as_array(), column.parts), language);
  const std::string cell = cell_of(value, language);
  switch (column.as) {
    case Shown::As::amount: return value.is_object() ? cell : format_number(language, cell);
    case Shown::As::date: return format_short_date(language, cell);
    case Shown::As::word: return std::string(word(language, cell));
    case Shown::As::sentence: return told(language, cell);
    default: return cell;
  }
}

void put_pretty(std::string& out, const json::value& value, std::size_t depth) {
  const std::string indent(2 * depth + 2, ' ');
  if (value.is_object() && !value.get_object().empty()) {
    const char* separator = "{\n";
    for (const auto& [key, member] : value.get_object()) {
      out += separator + indent + json::serialize(json::string(key)) + ": ";
      put_pretty(out, member, depth + 1);
      separator = ",\n";
    }
    out += "\n" + std::string(2 * depth, ' ') + "}";
  } else if (value.is_array() && !value.get_array().empty()) {
    const char* separator = "[\n";
    for (const json::value& member : value.get_array()) {
      out += separator + indent;
      put_pretty(out, member, depth + 1);
      separator = ",\n";
    }
    out += "\n" + std::string(2 * depth, ' ') + "]";
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string cell_of(const json::value& value, Language language) {
  switch (value.kind()) {
    case json::kind::null: return "";
    case json::kind::string: return std::string(value.get_string());
    case json::kind::object: return cell_of_object(value.get_object(), language);
    case json::kind::array: return cell_of_array(value.get_array(), language);
    case json::kind::bool_: return std::string(word(language, value.get_bool() ? "true" : "false"));
    default: return json::serialize(value);
  }
}

std::string cell_of_member(std::string_view member, const json::value& value, Language language) {
  if (value.is_number() && !has(kLabels, member))
    return format_number(language, json::serialize(value));
  if (value.is_array() && has(kWords, member)) {
    std::vector<std::string> words;
    for (const json::value& one : value.get_array())
      words.emplace_back(word(language, cell_of(one, language)));
    return name_everyone(words);
  }
  std::string cell = cell_of(value, language);
  if (!value.is_string()) return cell;
  if (is_decimal(cell) && cell.find('.') != cell.npos) return format_number(language, cell);
  if (has(kWords, member)) return std::string(word(language, cell));
  return has(kSentences, member) ? told(language, cell) : cell;
}

void print_table(Shell& shell, const json::array& items, std::span<const Shown> columns) {
  std::vector<TextTable::Column> headings;
  for (const Shown& column : columns)
    headings.push_back(
        {.heading = std::string(word(shell.language, column.member)),
         .align = to_the_right(column.as) ? TextTable::Align::right : TextTable::Align::left});
  TextTable table(std::move(headings));
  for (const json::value& item : items) {
    std::vector<std::string> row;
    for (const Shown& column : columns) {
      const json::value* value =
          item.is_object() ? item.get_object().if_contains(column.member) : nullptr;
      row.push_back(value != nullptr ? cell_of_column(column, *value, shell.language) : "");
    }
    table.add(std::move(row));
  }
  const bool coloured = shell.style == Style::coloured;
  shell.out << table.format(coloured ? kBold : "", coloured ? kPlain : "");
}

void print_report(Shell& shell, const Report& report, std::span<const Shown> columns) {
  print_table(shell, report.items, columns);
  shell.out << '\n' << word(shell.language, "known_on") << ": " << report.sizes << '\n';
}

void print_json(Shell& shell, const json::array& items) {
  if (items.empty()) {
    shell.out << "[]\n";
    return;
  }
  const char* separator = "[\n";
  for (const json::value& item : items) {
    shell.out << separator << json::serialize(item);
    separator = ",\n";
  }
  shell.out << "\n]\n";
}

std::string pretty(const json::value& value) {
  std::string out;
  put_pretty(out, value, 0);
  return out;
}

}  // namespace tallinn
