#include "events/json.h"

#include "events/json_codec.h"

namespace tallinn {
namespace {

constexpr std::size_t kMaxJsonBytes = 1 << 20;

Result<Body> read_body(const JsonReader& reader, std::string_view type, const json::value* from) {
  auto body = body_of_type(type);
  if (!body) return refuse(Code::malformed, "\"" + std::string(type.substr(0, 40)) + "\" is not an event type", "type");
  if (from == nullptr) return JsonReader::malformed("body", "is missing");
  return std::visit(
      [&](const auto& empty) -> Result<Body> {
        auto read = reader.record<std::remove_cvref_t<decltype(empty)>>(*from, "body");
        if (!read) return std::unexpected(read.error());
        return Body(std::move(*read));
      },
      *body);
}

Result<std::vector<Withholding>> read_withhold(const json::value* from) {
  std::vector<Withholding> out;
  if (from == nullptr) return out;
  if (!from->is_object()) return JsonReader::malformed("withhold", "is not an object");
  for (const auto& item : from->get_object()) {
    const std::string path = "withhold." + std::string(item.key());
    const json::object* object = item.value().if_object();
    const json::value* tlp = object ? object->if_contains("tlp") : nullptr;
    const json::value* value = object ? object->if_contains("value") : nullptr;
    if (tlp == nullptr || value == nullptr || object->size() != 2) return JsonReader::malformed(path, "is not {tlp, value}");
    auto label = JsonReader::text(*tlp, path + ".tlp");
    if (!label) return std::unexpected(label.error());
    const auto level = unspell<Tlp>(*label);
    if (!level) return JsonReader::malformed(path + ".tlp", "is not GREEN, AMBER, AMBER+STRICT or RED");
    auto text = JsonReader::text(*value, path + ".value");
    if (!text) return std::unexpected(text.error());
    if (text->size() > kMaxWithheldValueBytes)
      return refuse(Code::invalid_value, path + ".value is over " + std::to_string(kMaxWithheldValueBytes) + " bytes", path);
    out.push_back({Name(std::string(item.key())), *level, std::move(*text)});
  }
  return out;
}

Result<void> refuse_unknown(const json::object& object) {
  for (const auto& item : object) {
    bool known_here = false;
    for (std::string_view name : {"schema", "id", "type", "author", "occurred", "note", "documents", "withheld", "body",
                                  "signers", "withhold"})
      known_here |= item.key() == name;
    if (!known_here) return JsonReader::malformed(std::string(item.key()), "is not a member of an event");
  }
  return {};
}

/// The first refusal of several reads, in order.
class Gather {
 public:
  void operator()(Result<void> read) {
    if (outcome_) outcome_ = std::move(read);
  }
  const Result<void>& outcome() const { return outcome_; }

 private:
  Result<void> outcome_;
};

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
  boost::system::error_code failed;
  const json::value root = json::parse(text, failed);
  if (failed) return refuse(Code::malformed, "not JSON: " + failed.message());
  if (!root.is_object()) return JsonReader::malformed("", "is not a JSON object");
  const json::object& object = root.get_object();
  if (auto known = refuse_unknown(object); !known) return std::unexpected(known.error());

  const JsonReader reader(keys);
  EventDraft draft;
  Event& event = draft.event;
  std::string type;
  Gather gather;
  gather(reader.member(object.if_contains("type"), type, "type"));
  gather(reader.member(object.if_contains("author"), event.author, "author"));
  gather(reader.member(object.if_contains("id"), draft.id, "id"));
  gather(reader.member(object.if_contains("occurred"), event.occurred, "occurred"));
  gather(reader.member(object.if_contains("note"), event.note, "note"));
  gather(reader.member(object.if_contains("documents"), event.documents, "documents"));
  gather(reader.member(object.if_contains("withheld"), event.withheld, "withheld"));
  gather(reader.member(object.if_contains("signers"), draft.signers, "signers"));
  if (object.contains("schema")) gather(reader.member(object.if_contains("schema"), event.schema, "schema"));
  if (!gather.outcome()) return std::unexpected(gather.outcome().error());
  auto body = read_body(reader, type, object.if_contains("body"));
  if (!body) return std::unexpected(body.error());
  event.body = std::move(*body);
  auto withhold = read_withhold(object.if_contains("withhold"));
  if (!withhold) return std::unexpected(withhold.error());
  draft.withhold = std::move(*withhold);
  if (draft.id) event.id = *draft.id;
  return draft;
}

SealedDraft seal_draft(EventDraft draft, const Uuid& fresh, const SigningKey& author) {
  SealedDraft out{std::move(draft.event), {}};
  out.event.id = draft.id.value_or(fresh);
  for (Withholding& withholding : draft.withhold) {
    WithheldValue value{out.event.id, withholding.field, withheld_salt(author, out.event.id, withholding.field),
                        std::move(withholding.value)};
    out.event.withheld.push_back({withholding.field, withholding.tlp, withheld_commitment(value)});
    out.values.push_back(std::move(value));
  }
  return out;
}

}  // namespace tallinn
