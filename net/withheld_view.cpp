#include "net/withheld_view.h"

#include <algorithm>
#include <boost/json.hpp>

#include "events/uuid.h"
#include "ledger/proof_file.h"
#include "net/event_json.h"
#include "net/receipt.h"
#include "net/refused.h"
#include "projections/canonical_note.h"

namespace tallinn {
namespace {

namespace json = boost::json;

std::string_view state_of(const WithheldView& view, const Name& field) {
  if (view.erasure_of(field) != nullptr) return "erased";
  return view.value_of(field) != nullptr ? "held" : "not_held";
}

/// With no signature line that a reader of the roster could not check.
Result<std::string> canonical_receipt(std::string_view receipt, const Roster& roster) {
  auto proof = parse_proof_file(receipt);
  if (!proof) return std::unexpected(proof.error());
  auto checkpoint = canonical_note(proof->checkpoint, roster.checkpoint_keys());
  if (!checkpoint) return checkpoint;
  proof->checkpoint = *std::move(checkpoint);
  return format_proof_file(*proof);
}

}  // namespace

const Erasure* WithheldView::erasure_of(const Name& field) const {
  const auto found = std::ranges::find_if(
      erasures, [&](const KeptErasure& kept) { return kept.erasure.field == field; });
  return found == erasures.end() ? nullptr : &found->erasure;
}

const WithheldValue* WithheldView::value_of(const Name& field) const {
  const auto found = std::ranges::find(values, field, &WithheldValue::field);
  return found != values.end() && check_withheld(event, *found) ? &*found : nullptr;
}

Stored<Result<WithheldView>> withheld_view(const Head& head, const Uuid& id) {
  const auto place = place_of_event(head, id);
  if (!place) return std::unexpected(place.error());
  if (!*place) return refused(place->error());
  const StoredLogs logs(*head.snapshot);
  const auto bytes = logs.entry(**place);
  if (!bytes) return std::unexpected(bytes.error());
  auto entry = decode_entry(*bytes);
  if (!entry) return broken(Fault::corrupt, "a stored entry does not decode");
  auto event = decode_event(entry->event);
  if (!event) return refused(Code::not_found, "the event is of a newer schema than this program");
  WithheldView view{.place = **place,
                    .entry = *std::move(entry),
                    .event = *std::move(event),
                    .erasures = {},
                    .values = {}};
  auto erasures = erasures_of(*head.snapshot, view.event);
  if (!erasures) return std::unexpected(erasures.error());
  view.erasures = *std::move(erasures);
  auto values = logs.withheld_of(id);
  if (!values) return std::unexpected(values.error());
  view.values = *std::move(values);
  return view;
}

json::object withheld_list(const WithheldView& view, std::span<const Withheld> fields) {
  json::array items;
  for (const Withheld& withheld : fields)
    items.push_back(json::object{{"field", withheld.field.value()},
                                 {"tlp", spell(withheld.tlp)},
                                 {"state", state_of(view, withheld.field)}});
  return {{"event", format_uuid(view.event.id)}, {"items", std::move(items)}};
}

Stored<Result<json::object>> withheld_value(const Head& head, const Charter& charter,
                                            const WithheldView& view, const Withheld& withheld) {
  const std::string& name = withheld.field.value();
  if (const Erasure* erasure = view.erasure_of(withheld.field))
    return refused(Code::not_found, "the " + name + " was " + erasure_text(*erasure));
  const WithheldValue* value = view.value_of(withheld.field);
  if (value == nullptr)
    return refused(Code::not_found, "the " + name + " is not held here; ask the other office");
  const auto made = make_receipt(head, charter, view.place);
  if (!made) return std::unexpected(made.error());
  if (!*made) return refused(made->error());
  auto receipt = canonical_receipt(**made, head.roster);
  if (!receipt) return refused(receipt.error());
  return json::object{{"event", format_uuid(value->event)}, {"field", name},
                      {"tlp", spell(withheld.tlp)},         {"salt", to_base64(value->salt.view())},
                      {"value", to_base64(value->value)},   {"receipt", *std::move(receipt)}};
}

}  // namespace tallinn
