#include "tools/import/map.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>

#include "events/event.h"

namespace tallinn {
namespace {

namespace json = boost::json;

constexpr auto kSettings = std::to_array<std::string_view>(
    {"delimiter", "decimal", "group", "date", "id", "type", "every"});
constexpr auto kKinds = std::to_array<std::string_view>({"text", "amount", "number", "date"});
constexpr auto kDates = std::to_array<std::string_view>(
    {"occurred", "date", "value_date", "from", "to", "needed_by", "expires"});
constexpr auto kNumbers = std::to_array<std::string_view>({"year", "line", "quantity", "priority"});

template <class List>
bool has(const List& list, std::string_view text) {
  return std::ranges::find(list, text) != std::ranges::end(list);
}

std::unexpected<Error> wrong(const std::string& key, const std::string& why) {
  return refuse(Code::malformed, "\"" + key + "\" " + why, key);
}

json::value json_of(const toml::node& node) {
  if (const auto* table = node.as_table()) {
    json::object out;
    for (const auto& [key, value] : *table) out[std::string(key.str())] = json_of(value);
    return out;
  }
  if (const auto* array = node.as_array()) {
    json::array out;
    for (const toml::node& item : *array) out.push_back(json_of(item));
    return out;
  }
  if (const auto* text = node.as_string()) return json::string(text->get());
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* truth = node.as_boolean()) return truth->get();
  if (const auto* date = node.as_date()) {
    const toml::date day = date->get();
    char text[16];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", int{day.year}, int{day.month}, int{day.day});
    return json::string(text);
  }
  return nullptr;  // a number with a fraction, a time: no member of an event is one
}

/// `over` wins where both say something.
void merge(json::object& into, const json::object& over) {
  for (const auto& [key, value] : over) {
    json::value* known = into.if_contains(key);
    if (known != nullptr && known->is_object() && value.is_object() && !is_cell(*known) &&
        !is_cell(value))
      merge(known->get_object(), value.get_object());
    else
      into[key] = value;
  }
}

Result<void> check_cells(const json::value& value, const std::string& path) {
  if (value.is_null())
    return wrong(path, "is neither a text, a whole number, a list nor { column = \"...\" }");
  if (value.is_array())
    for (const json::value& item : value.get_array())
      if (auto fine = check_cells(item, path); !fine) return fine;
  if (!value.is_object()) return {};
  for (const auto& [key, item] : value.get_object()) {
    const std::string inside = path + "." + std::string(key);
    if (!is_cell(value)) {
      if (auto fine = check_cells(item, inside); !fine) return fine;
    } else if (key == "column" ? !item.is_string()
               : key == "as"   ? !item.is_string() || !has(kKinds, item.get_string())
                               : key != "values" || !item.is_object()) {
      return wrong(inside,
                   "does not belong here: { column = \"...\", as = \"text, amount, number or "
                   "date\", values = { ... } }");
    }
  }
  return {};
}

Result<void> read_sign(const toml::table& root, const char* key, std::string& into) {
  const toml::node* node = root.get(key);
  if (node == nullptr) return {};
  if (!node->is_string() || node->as_string()->get().size() > 1)
    return wrong(key, "is one character in quotes, for example \";\"");
  into = node->as_string()->get();
  return {};
}

Result<void> read_settings(const toml::table& root, ImportMap& map) {
  std::string delimiter = ",";
  std::string decimal = ".";
  for (auto [key, into] :
       {std::pair{"delimiter", &delimiter}, {"decimal", &decimal}, {"group", &map.numbers.group}})
    if (auto read = read_sign(root, key, *into); !read) return read;
  if (delimiter.empty() || delimiter == "\"" || delimiter == "\n" || delimiter == "\r")
    return wrong("delimiter", "is a sign between cells, for example \";\" or \"\\t\"");
  if (decimal.empty() || decimal == map.numbers.group)
    return wrong("decimal", "is \".\" or \",\", and not what `group` is");
  map.delimiter = delimiter.front();
  map.numbers.decimal = decimal.front();
  if (const toml::node* date = root.get("date")) {
    if (!date->is_string() || !valid_date_pattern(date->as_string()->get()))
      return wrong("date", "is a pattern like \"DD.MM.YYYY\"");
    map.date = date->as_string()->get();
  }
  if (const toml::node* id = root.get("id")) {
    const json::value cell = json_of(*id);
    if (!is_cell(cell) || !cell.get_object().at("column").is_string())
      return wrong("id", "is { column = \"...\" }, or left out");
    map.id_column = cell.get_object().at("column").get_string().c_str();
  }
  return {};
}

/// type = "FundsDisbursed", or type = { column = "...", values = { ... } }.
Result<void> read_type(const toml::table& root, ImportMap& map) {
  const toml::node* node = root.get("type");
  const json::value type = node == nullptr ? json::value() : json_of(*node);
  if (type.is_string()) {
    map.type = type.get_string().c_str();
    return has(type_names(), map.type)
               ? Result<void>{}
               : wrong("type", "names no type of event as docs/domain.md spells them");
  }
  if (!is_cell(type) || !type.get_object().at("column").is_string())
    return wrong("type",
                 "is missing: write type = \"FundsDisbursed\", or type = { column = \"Kind\", "
                 "values = { Payment = \"FundsDisbursed\" } }");
  map.type_column = type.get_object().at("column").get_string().c_str();
  const json::value* values = type.get_object().if_contains("values");
  if (values == nullptr || !values->is_object()) {
    for (const std::string_view name : type_names()) map.types.emplace(name, name);
    return {};
  }
  for (const auto& [text, name] : values->get_object()) {
    if (!name.is_string()) return wrong("type.values", "gives a type for each text of the column");
    map.types.emplace(std::string(text), std::string(name.get_string()));
  }
  return {};
}

Result<void> read_events(const toml::table& root, ImportMap& map) {
  json::object every;
  if (const toml::node* node = root.get("every")) {
    if (!node->is_table()) return wrong("every", "is a table: [every]");
    every = json_of(*node).as_object();
  }
  for (const auto& [key, node] : root) {
    const std::string name(key.str());
    if (has(kSettings, name)) continue;
    if (!has(type_names(), name) || !node.is_table())
      return wrong(name,
                   "is neither a setting of a map nor a type of event as docs/domain.md "
                   "spells them");
    json::object event = every;
    merge(event, json_of(node).as_object());
    event["type"] = name;
    if (auto fine = check_cells(event, name); !fine) return fine;
    map.events.emplace(name, std::move(event));
  }
  const auto known = [&](const std::string& name) -> Result<void> {
    if (map.events.contains(name)) return {};
    return wrong("type", "names " + name + ", and there is no [" + name + "] in the map");
  };
  if (!map.type.empty()) return known(map.type);
  if (const json::value type = json_of(*root.get("type")); type.get_object().contains("values"))
    for (const auto& [text, name] : map.types)
      if (auto fine = known(name); !fine) return fine;
  return {};
}

}  // namespace

bool is_cell(const json::value& value) {
  return value.is_object() && value.get_object().contains("column");
}

CellKind kind_of(const json::object& cell, std::string_view member) {
  if (const json::value* as = cell.if_contains("as"))
    return static_cast<CellKind>(std::ranges::find(kKinds, as->get_string()) - kKinds.begin());
  if (member == "amount") return CellKind::amount;
  if (has(kDates, member)) return CellKind::date;
  if (has(kNumbers, member)) return CellKind::number;
  return CellKind::text;
}

Result<ImportMap> parse_import_map(std::string_view text) {
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return refuse(Code::malformed, "line " + std::to_string(error.source().begin.line) + ": " +
                                       std::string(error.description()));
  }
  ImportMap map;
  if (auto read = read_settings(root, map); !read) return std::unexpected(read.error());
  if (auto read = read_type(root, map); !read) return std::unexpected(read.error());
  if (auto read = read_events(root, map); !read) return std::unexpected(read.error());
  return map;
}

}  // namespace tallinn
