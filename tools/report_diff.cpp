#include "tools/report_diff.h"

#include <map>
#include <set>

#include "events/vocabulary.h"
#include "projections/ladder.h"

namespace tallinn {

namespace {

namespace json = boost::json;

/// A member as text; empty when it is not there.
std::string text_of(const json::object& object, std::string_view member) {
  const json::value* value = object.if_contains(member);
  if (value == nullptr) return {};
  return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

using RowKey = std::pair<std::int64_t, std::string>;  // year, currency

RowKey key_of(const json::object& row) {
  const json::value* year = row.if_contains("year");
  const std::int64_t* number = year != nullptr ? year->if_int64() : nullptr;
  return {number != nullptr ? *number : 0, text_of(row, "currency")};
}

/// Figures of a row by name, rungs and losses alike.
using Figures = std::map<std::string, std::string>;

Figures figures_of(const json::object& row) {
  Figures out;
  for (const std::string_view rung : Spelling<Rung>::kNames)
    if (row.contains(rung)) out.emplace(rung, text_of(row, rung));
  if (const json::value* losses = row.if_contains("losses");
      losses != nullptr && losses->is_object())
    for (const auto& [name, value] : losses->get_object())
      out.emplace(name, text_of(losses->get_object(), name));
  return out;
}

std::map<RowKey, Figures> rows_of(const json::array& ladder) {
  std::map<RowKey, Figures> out;
  for (const json::value& row : ladder)
    if (row.is_object()) out[key_of(row.get_object())] = figures_of(row.get_object());
  return out;
}

std::vector<std::string_view> figure_names() {
  std::vector<std::string_view> out(Spelling<Rung>::kNames.begin(), Spelling<Rung>::kNames.end());
  out.insert(out.end(), Spelling<Loss>::kNames.begin(), Spelling<Loss>::kNames.end());
  return out;
}

/// What an event adds to a figure, by its id, year and currency.
std::map<std::string, const json::object*> parts_of(const json::array& events) {
  std::map<std::string, const json::object*> out;
  for (const json::value& event : events)
    if (const json::object* object = event.if_object())
      out[text_of(*object, "year") + " " + text_of(*object, "currency") + " " +
          text_of(*object, "origin") + " " + text_of(*object, "index") + " " +
          text_of(*object, "id")] = object;
  return out;
}

}  // namespace

json::array changed_figures(const json::array& before, const json::array& after) {
  const auto old_rows = rows_of(before);
  const auto new_rows = rows_of(after);
  std::set<RowKey> keys;
  for (const auto& [key, row] : old_rows) keys.insert(key);
  for (const auto& [key, row] : new_rows) keys.insert(key);
  json::array out;
  for (const RowKey& key : keys) {
    const auto figure = [&](const std::map<RowKey, Figures>& rows, std::string_view name) {
      const auto row = rows.find(key);
      if (row == rows.end()) return std::string();
      const auto found = row->second.find(std::string(name));
      return found == row->second.end() ? std::string() : found->second;
    };
    for (const std::string_view name : figure_names()) {
      const std::string was = figure(old_rows, name);
      const std::string is = figure(new_rows, name);
      if (was == is) continue;
      json::object item{{"year", key.first}, {"currency", key.second}, {"figure", name}};
      if (!was.empty()) item["before"] = was;
      if (!is.empty()) item["after"] = is;
      out.push_back(std::move(item));
    }
  }
  return out;
}

json::array changed_events(std::string_view figure, const json::array& before,
                           const json::array& after, const json::array& corrections) {
  const auto old_parts = parts_of(before);
  const auto new_parts = parts_of(after);
  std::set<std::string> keys;
  for (const auto& [key, part] : old_parts) keys.insert(key);
  for (const auto& [key, part] : new_parts) keys.insert(key);
  std::map<std::string, std::string> corrected;
  for (const json::value& item : corrections)
    if (item.is_object())
      corrected[text_of(item.get_object(), "event")] = text_of(item.get_object(), "by");
  json::array out;
  for (const std::string& key : keys) {
    const auto old_part = old_parts.find(key);
    const auto new_part = new_parts.find(key);
    const std::string was = old_part == old_parts.end() ? "" : text_of(*old_part->second, "amount");
    const std::string is = new_part == new_parts.end() ? "" : text_of(*new_part->second, "amount");
    if (was == is) continue;
    const json::object& part = new_part == new_parts.end() ? *old_part->second : *new_part->second;
    json::object item{{"figure", figure}};
    for (const char* member : {"year", "currency"}) item[member] = part.at(member);
    if (!was.empty()) item["before"] = was;
    if (!is.empty()) item["after"] = is;
    for (const char* member : {"origin", "index", "id", "type"}) item[member] = part.at(member);
    if (const auto by = corrected.find(text_of(part, "id")); by != corrected.end())
      item["corrected_by"] = by->second;
    out.push_back(std::move(item));
  }
  return out;
}

Result<json::object> diff_reports(LedgerReader& before, LedgerReader& after, const PartyId& party) {
  const auto old_ladder = before.ladder(party);
  if (!old_ladder) return std::unexpected(old_ladder.error());
  const auto new_ladder = after.ladder(party);
  if (!new_ladder) return std::unexpected(new_ladder.error());
  const auto corrections = after.list("corrections");
  if (!corrections) return std::unexpected(corrections.error());
  json::array events;
  for (const LadderFigure& figure : figures_with_events()) {
    const std::string_view name = spell(figure);
    const auto old_events = before.ladder_events(party, name);
    if (!old_events) return std::unexpected(old_events.error());
    const auto new_events = after.ladder_events(party, name);
    if (!new_events) return std::unexpected(new_events.error());
    for (json::value& event :
         changed_events(name, old_events->items, new_events->items, corrections->items))
      events.push_back(std::move(event));
  }
  return json::object{{"from", {{"known_on", old_ladder->sizes}}},
                      {"to", {{"known_on", new_ladder->sizes}}},
                      {"figures", changed_figures(old_ladder->items, new_ladder->items)},
                      {"events", std::move(events)}};
}

}  // namespace tallinn
