#include "tools/import/rows.h"

#include <algorithm>

#include "events/uuid.h"
#include "ledger/sha256.h"
#include "tools/import/csv.h"

namespace tallinn {
namespace {

namespace json = boost::json;

std::string_view trimmed(std::string_view cell) {
  const std::size_t first = cell.find_first_not_of(" \t");
  if (first == cell.npos) return {};
  return cell.substr(first, cell.find_last_not_of(" \t") - first + 1);
}

bool is_utf8(std::string_view text) {
  boost::system::error_code failed;
  json::parse(json::serialize(json::string(text)), failed);
  return !failed;
}

/// The headings, and where each stands.
using Headings = std::map<std::string, std::size_t, std::less<>>;

Result<Headings> read_headings(CsvReader& reader) {
  auto row = reader.next();
  if (!row) return refuse(Code::malformed, "the file is empty: its first row names the columns");
  if (!*row) return std::unexpected(row->error());
  Headings headings;
  for (std::size_t i = 0; i < (*row)->cells.size(); ++i) {
    const std::string name(trimmed((*row)->cells[i]));
    if (!name.empty() && !headings.emplace(name, i).second)
      return refuse(Code::malformed, "two columns are named \"" + name + "\"");
  }
  return headings;
}

Result<void> check_column(const Headings& headings, const std::string& column) {
  if (headings.contains(column)) return {};
  std::string known;
  for (const auto& [name, at] : headings) known += (known.empty() ? "\"" : ", \"") + name + "\"";
  return refuse(Code::malformed,
                "there is no column \"" + column + "\", only " + known +
                    "; check the map's names and its delimiter",
                column);
}

Result<void> check_columns(const Headings& headings, const json::value& event) {
  if (event.is_array())
    for (const json::value& item : event.get_array())
      if (auto there = check_columns(headings, item); !there) return there;
  if (!event.is_object()) return {};
  if (is_cell(event))
    return check_column(headings, event.get_object().at("column").get_string().c_str());
  for (const auto& member : event.get_object())
    if (auto there = check_columns(headings, member.value()); !there) return there;
  return {};
}

/// One row being made into the JSON of an event.
class RowReader {
 public:
  RowReader(const ImportMap& map, const Headings& headings, const CsvReader::Row& row)
      : map_(map), headings_(headings), row_(row) {}

  std::string_view cell(std::string_view column) const {
    const std::size_t at = headings_.find(column)->second;
    return at < row_.cells.size() ? trimmed(row_.cells[at]) : std::string_view{};
  }
  /// Nothing for a part whose cells are all empty. `path`: as errors about events spell it.
  std::optional<json::value> fill(const json::value& from, std::string_view member,
                                  const std::string& path) {
    if (is_cell(from)) return fill_cell(from.get_object(), member, path);
    if (from.is_object()) return fill_object(from.get_object(), path);
    if (!from.is_array()) return from;
    json::array out;
    for (const json::value& item : from.get_array())
      if (auto filled = fill(item, member, path + "[" + std::to_string(out.size()) + "]"))
        out.push_back(*std::move(filled));
    return out;
  }
  void problem(std::string column, std::string what) {
    ImportProblem problem{row_.line, std::move(column), std::move(what)};
    if (std::ranges::find(problems, problem) ==
        problems.end())  // a column may stand for two members
      problems.push_back(std::move(problem));
  }
  /// A refusal of the event, told about the column that the member came from.
  void problem(const Error& error) {
    for (const auto& [path, column] : column_of_)
      if (path == error.field || path.starts_with(error.field + "."))
        return problem(column, error.detail);
    problem("", error.detail);
  }
  std::vector<ImportProblem> problems;

 private:
  std::optional<json::value> fill_object(const json::object& from, const std::string& path) {
    const std::size_t cells_before = cells_;
    const std::size_t said_before = said_;
    json::object out;
    for (const auto& [key, value] : from) {
      const std::string name(key);
      if (auto filled = fill(value, name, path.empty() ? name : path + "." + name))
        out[key] = *std::move(filled);
    }
    if (cells_ > cells_before && said_ == said_before) return std::nullopt;
    return out;
  }
  std::optional<json::value> fill_cell(const json::object& from, std::string_view member,
                                       const std::string& path) {
    const std::string column(from.at("column").get_string());
    column_of_[path] = column;
    ++cells_;
    const std::string_view text = cell(column);
    if (text.empty()) return std::nullopt;
    ++said_;
    const std::string shown = "\"" + std::string(text.substr(0, 60)) + "\" ";
    if (!is_utf8(text)) {
      problem(column, "the cell is not UTF-8: save the spreadsheet as \"CSV UTF-8\"");
      return std::nullopt;
    }
    if (const json::value* values = from.if_contains("values")) {
      const json::value* value = values->get_object().if_contains(text);
      if (value == nullptr) problem(column, shown + "is none of the map's `values`: add it there");
      return value == nullptr ? std::nullopt : std::optional(*value);
    }
    const CellKind kind = kind_of(from, member);
    const CellText plain = kind == CellKind::amount   ? plain_amount(text, map_.numbers)
                           : kind == CellKind::number ? plain_count(text, map_.numbers)
                           : kind == CellKind::date   ? plain_date(text, map_.date)
                                                      : CellText(std::string(text));
    if (!plain) {
      problem(column, shown + plain.error());
      return std::nullopt;
    }
    if (kind == CellKind::number) return json::value(std::stoll(*plain));
    return json::value(json::string(*plain));
  }

  const ImportMap& map_;
  const Headings& headings_;
  const CsvReader::Row& row_;
  std::map<std::string, std::string> column_of_;
  std::size_t cells_ = 0;  // met so far
  std::size_t said_ = 0;   // of them, those not empty
};

/// The type's name; empty after a problem.
std::string type_of(const ImportMap& map, RowReader& row) {
  if (!map.type.empty()) return map.type;
  const std::string_view text = row.cell(map.type_column);
  const auto found = map.types.find(text);
  if (found != map.types.end() && map.events.contains(found->second)) return found->second;
  row.problem(map.type_column, "\"" + std::string(text.substr(0, 60)) +
                                   "\" is no kind of row that the map knows: add it to "
                                   "`type.values`, or take the row out");
  return {};
}

Uuid id_from(UnixMillis when, std::string_view from) {
  const Digest digest = sha256("tallinn-ledger/import/v1\n" + std::string(from));
  std::array<std::uint8_t, 10> random{};
  std::copy_n(digest.bytes.begin(), random.size(), random.begin());
  return make_uuid(when, random);
}

/// Everything that the row says, however the spreadsheet spells it.
std::string content_of(const EventDraft& draft) {
  std::string content = event_to_json(draft.event);
  for (const PartyId& signer : draft.signers) content += "\nsigner " + signer.value();
  for (const Withholding& one : draft.withhold)
    content.append("\nwithhold ").append(one.field.value()).append(" ").append(one.value);
  return content;
}

class Importer {
 public:
  Importer(const ImportMap& map, const Headings& headings, UnixMillis now)
      : map_(map), headings_(headings), now_(now) {}

  void take(const CsvReader::Row& row) {
    RowReader reader(map_, headings_, row);
    if (auto event = read(reader, row)) {
      imported.events.push_back(*std::move(event));
      return;
    }
    ++imported.bad_rows;
    for (ImportProblem& problem : reader.problems)
      if (imported.problems.size() < kMaxProblems) imported.problems.push_back(std::move(problem));
  }
  Imported imported;

 private:
  std::optional<ImportedEvent> read(RowReader& reader, const CsvReader::Row& row) {
    if (row.cells.size() > headings_.size()) {
      reader.problem("", "the row has " + std::to_string(row.cells.size()) +
                             " cells, the heading " + std::to_string(headings_.size()) +
                             ": put cells that hold the delimiter in quotes");
      return std::nullopt;
    }
    const std::string type = type_of(map_, reader);
    if (type.empty()) return std::nullopt;
    auto filled = reader.fill(map_.events.find(type)->second, "", "");
    if (!filled) reader.problem("", "every cell that the map asks for is empty");
    if (!reader.problems.empty()) return std::nullopt;
    json::object& event = filled->get_object();
    auto draft =
        parse_event_json(json::serialize(event), [](const PartyId&) { return std::nullopt; });
    if (!draft) {
      reader.problem(draft.error());
      return std::nullopt;
    }
    draft->id = draft->event.id = id_of(*draft, reader);
    if (const auto fine = check_values(draft->event, now_); !fine) {
      reader.problem(fine.error());
      return std::nullopt;
    }
    if (!reader.problems.empty()) return std::nullopt;
    event["id"] = format_uuid(*draft->id);
    return ImportedEvent{row.line, *std::move(draft), json::serialize(event)};
  }

  Uuid id_of(const EventDraft& draft, RowReader& reader) {
    if (map_.id_column.empty()) {
      const std::string content = content_of(draft);
      const std::size_t before = seen_[sha256(content)]++;
      return id_from(draft.event.occurred.millis, content + "\n" + std::to_string(before));
    }
    const std::string text(reader.cell(map_.id_column));
    if (const auto id = parse_uuid(text)) return *id;
    const std::string key = draft.event.author.value() + "\n" + text;
    if (text.empty())
      reader.problem(map_.id_column, "the cell is empty, and the map makes the id of it");
    else if (seen_[sha256(key)]++ > 0)
      reader.problem(map_.id_column, "\"" + text + "\" stands in a row above: ids stand once");
    return id_from(UnixMillis(0), key);  // its date may be corrected, the id stays
  }

  const ImportMap& map_;
  const Headings& headings_;
  UnixMillis now_;
  std::map<Digest, std::size_t> seen_;
};

}  // namespace

Result<Imported> import_rows(std::string_view csv, const ImportMap& map, UnixMillis now) {
  CsvReader reader(csv, map.delimiter);
  const auto headings = read_headings(reader);
  if (!headings) return std::unexpected(headings.error());
  for (const std::string& column : {map.type_column, map.id_column})
    if (auto there = check_column(*headings, column); !column.empty() && !there)
      return std::unexpected(there.error());
  for (const auto& [type, event] : map.events)
    if (auto there = check_columns(*headings, event); !there) return std::unexpected(there.error());
  Importer importer(map, *headings, now);
  while (auto row = reader.next()) {
    if (!*row) return std::unexpected(row->error());
    if (std::ranges::all_of((*row)->cells, [](const auto& c) { return trimmed(c).empty(); }))
      continue;
    importer.take(**row);
  }
  return std::move(importer.imported);
}

}  // namespace tallinn
