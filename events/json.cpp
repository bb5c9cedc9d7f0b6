#include "events/json.h"

#include <algorithm>

#include "events/json_codec.h"
#include "events/json_reader.h"
#include "events/json_text.h"

namespace tallinn {
namespace {

constexpr std::size_t kMaxJsonBytes = 1 << 20;

bool read_body(JsonReader& reader, const json::object& object, Body& body) {
  std::string type;
  if (!reader.member(object, "type", type)) return false;
  auto empty = body_of_type(type);
  if (!empty)
    return reader.malformed(": \"" + type.substr(0, 40) + "\" is not an event type") ||
           reader.complaint().inside("type");
  body = std::move(*empty);
  return std::visit([&](auto& one) { return reader.member(object, "body", one); }, body);
}

bool read_withholding(JsonReader& reader, const json::value& from, Withholding& to) {
  if (!from.is_object() || from.get_object().size() != 2)
    return reader.malformed(" is not {tlp, value}");
  const json::object& object = from.get_object();
  if (!reader.member(object, "tlp", to.tlp) || !reader.member(object, "value", to.value))
    return false;
  if (to.value.size() <= kMaxWithheldValueBytes) return true;
  return reader.complaint().refuse(
             Code::invalid_value,
             " is over " + std::to_string(kMaxWithheldValueBytes) + " bytes") ||
         reader.complaint().inside("value");
}

bool read_withhold(JsonReader& reader, const json::value* from, std::vector<Withholding>& to) {
  if (from == nullptr) return true;
  if (!from->is_object()) return reader.malformed(" is not an object");
  for (const auto& item : from->get_object()) {
    to.push_back({Name(std::string(item.key())), Tlp{}, {}});
    if (!read_withholding(reader, item.value(), to.back()))
      return reader.complaint().inside(std::string_view(item.key()));
  }
  return true;
}

bool read_draft(JsonReader& reader, const json::value& root, EventDraft& draft) {
  static constexpr auto known =
      std::to_array<std::string_view>({"schema", "id", "type", "author", "occurred", "note",
                                       "documents", "withheld", "body", "signers", "withhold"});
  if (!root.is_object()) return reader.malformed(" is not a JSON object");
  const json::object& object = root.get_object();
  for (const auto& item : object)
    if (std::ranges::find(known, std::string_view(item.key())) == known.end())
      return reader.unknown_member(object, known);
  Event& event = draft.event;
  return reader.member(object, "author", event.author) && reader.member(object, "id", draft.id) &&
         reader.member(object, "occurred", event.occurred) &&
         reader.member(object, "note", event.note) &&
         reader.member(object, "documents", event.documents) &&
         reader.member(object, "withheld", event.withheld) &&
         reader.member(object, "signers", draft.signers) &&
         (!object.contains("schema") || reader.member(object, "schema", event.schema)) &&
         read_body(reader, object, event.body) &&
         (read_withhold(reader, object.if_contains("withhold"), draft.withhold) ||
          reader.complaint().inside("withhold"));
}

}  // namespace

std::string event_to_json(const Event& event) {
  json::object out;
  if (event.schema != kSchema) out["schema"] = event.schema;
  out["id"] = json_of(event.id);
  out["type"] = json::string(type_name(event.body));
  out["author"] = json_of(event.author);
  out["occurred"] = json_of(event.occurred);
  if (event.note) out["note"] = json_of(*event.note);
  if (!event.documents.empty()) out["documents"] = json_of(event.documents);
  if (!event.withheld.empty()) out["withheld"] = json_of(event.withheld);
  out["body"] = std::visit([](const auto& body) { return json_of(body); }, event.body);
  return json::serialize(out);
}

Result<EventDraft> parse_event_json(std::string_view text, const KeyLookup& keys) {
  if (text.size() > kMaxJsonBytes) return refuse(Code::malformed, "the line is over a megabyte");
  const auto root = parse_json(text);
  if (!root) return std::unexpected(root.error());
  JsonReader reader(keys);
  EventDraft draft;
  if (!read_draft(reader, *root, draft))
    return std::unexpected(reader.complaint().error("the event"));
  if (draft.id) draft.event.id = *draft.id;
  return draft;
}

SealedDraft seal_draft(EventDraft draft, const Uuid& fresh, const SigningKey& author) {
  SealedDraft out{std::move(draft.event), {}};
  out.event.id = draft.id.value_or(fresh);
  for (Withholding& withholding : draft.withhold) {
    WithheldValue value{out.event.id, withholding.field,
                        withheld_salt(author, out.event.id, withholding.field),
                        std::move(withholding.value)};
    out.event.withheld.push_back({withholding.field, withholding.tlp, withheld_commitment(value)});
    out.values.push_back(std::move(value));
  }
  return out;
}

}  // namespace tallinn
