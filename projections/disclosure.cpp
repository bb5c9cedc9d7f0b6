#include "projections/disclosure.h"

#include <algorithm>
#include <boost/json.hpp>

#include "events/json_text.h"
#include "events/text.h"
#include "events/uuid.h"
#include "ledger/proof_file.h"
#include "projections/canonical_note.h"

namespace tallinn {
namespace {

namespace json = boost::json;

std::unexpected<Error> no_disclosure(std::string detail) {
  return refuse(Code::malformed, "not a disclosure: " + std::move(detail));
}

/// Text members of one object; the first that is not as it must be is kept.
class TextMembers {
 public:
  explicit TextMembers(const json::object& from) : from_(from) {}
  std::string text(std::string_view name) {
    const json::value* found = from_.if_contains(name);
    if (found != nullptr && found->is_string()) return std::string(found->get_string());
    say(name, found == nullptr ? "missing" : "not a text");
    return {};
  }
  /// What `parse` makes of the text.
  template <class Parse>
  auto read(std::string_view name, Parse parse) {
    auto value = parse(text(name));
    if (!value) say(name, "not well formed");
    return value ? *std::move(value) : typename decltype(value)::value_type{};
  }
  void say(std::string_view name, const char* what) {
    if (!wrong_) wrong_ = "its member " + std::string(name) + " is " + what;
  }
  /// "its member salt is not well formed"
  const std::optional<std::string>& wrong() const { return wrong_; }

 private:
  const json::object& from_;
  std::optional<std::string> wrong_;
};

Result<Event> event_of(const ProofFile& proof) {
  if (!proof.extra) return refuse(Code::failed, "the receipt does not carry its entry");
  const auto entry = decode_entry(*proof.extra);
  if (!entry) return std::unexpected(entry.error());
  return decode_event(entry->event);
}

}  // namespace

Bytes disclosure_message(const LedgerId& ledger, const WithheldValue& value) {
  constexpr std::string_view kDomain{"tallinn-ledger/disclosure/v1\0", 29};
  Bytes message(kDomain);
  message.append(ledger.view()).append(value.event.view()).append(value.field.value());
  message.push_back('\0');
  return message.append(value.salt.view()).append(value.value);
}

Result<Disclosure> make_disclosure(WithheldValue value, std::string receipt, const LedgerId& ledger,
                                   const SigningKey& holder) {
  const auto proof = parse_proof_file(receipt);
  if (!proof) return std::unexpected(proof.error());
  const auto event = event_of(*proof);
  if (!event) return std::unexpected(event.error());
  if (auto holds = check_withheld(*event, value); !holds) return std::unexpected(holds.error());
  const auto withheld = std::ranges::find(event->withheld, value.field, &Withheld::field);
  const Signature signature = holder.sign(disclosure_message(ledger, value));
  return Disclosure{.value = std::move(value),
                    .tlp = withheld->tlp,
                    .receipt = std::move(receipt),
                    .key = holder.public_key(),
                    .signature = signature};
}

std::string encode_disclosure(const Disclosure& disclosure) {
  const WithheldValue& value = disclosure.value;
  const json::object out{{"format", kDisclosureFormat},
                         {"event", format_uuid(value.event)},
                         {"field", value.field.value()},
                         {"tlp", spell(disclosure.tlp)},
                         {"salt", to_base64(value.salt.view())},
                         {"value", to_base64(value.value)},
                         {"receipt", disclosure.receipt},
                         {"key", to_base64(disclosure.key.view())},
                         {"signature", to_base64(disclosure.signature.view())}};
  return json::serialize(out) + "\n";
}

Result<Disclosure> parse_disclosure(std::string_view text) {
  if (text.size() > kMaxDisclosureBytes) return no_disclosure("it is too large");
  const auto value = parse_json(text);
  if (!value) return no_disclosure("it is " + value.error().detail);
  const json::object* object = value->if_object();
  if (object == nullptr) return no_disclosure("it is not a JSON object");
  TextMembers from(*object);
  Disclosure out;
  out.value.event = from.read("event", parse_uuid);
  out.value.field = Name(from.text("field"));
  out.tlp = from.read("tlp", unspell<Tlp>);
  out.value.salt = from.read("salt", fixed_from_base64<Salt>);
  out.value.value = from.read("value", from_base64);
  out.receipt = from.text("receipt");
  out.key = from.read("key", fixed_from_base64<PublicKey>);
  out.signature = from.read("signature", fixed_from_base64<Signature>);
  if (!valid_name(out.value.field.value())) from.say("field", "not well formed");
  if (from.wrong()) return no_disclosure(*from.wrong());
  if (encode_disclosure(out) != text) return no_disclosure("it is not spelled as it must be");
  return out;
}

Result<Event> check_disclosure(const Disclosure& disclosure, const LedgerId& ledger,
                               const Roster& roster) {
  const auto proof = parse_proof_file(disclosure.receipt);
  if (!proof) return std::unexpected(proof.error());
  const auto opened = open_canonical(proof->checkpoint, roster.checkpoint_keys());
  if (!opened)
    return refuse(Code::failed,
                  "the checkpoint of the disclosure's receipt: " + opened.error().detail +
                      "; keys of later epochs need the governance chain");
  auto event = event_of(*proof);
  if (!event) return event;
  const WithheldValue& value = disclosure.value;
  if (auto holds = check_withheld(*event, value); !holds) return std::unexpected(holds.error());
  const auto withheld = std::ranges::find(event->withheld, value.field, &Withheld::field);
  if (withheld->tlp != disclosure.tlp)
    return refuse(Code::failed, "the event gives " + value.field.value() + " another label");
  if (!verify_signature(disclosure.key, disclosure_message(ledger, value), disclosure.signature))
    return refuse(Code::failed, "the holder's signature does not hold for this ledger");
  return event;
}

}  // namespace tallinn
