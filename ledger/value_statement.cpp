#include "ledger/value_statement.h"

#include "events/assert.h"
#include "events/text.h"
#include "events/uuid.h"
#include "ledger/text_lines.h"

namespace tallinn {
namespace {

constexpr std::size_t kMaxStatementNoteBytes = 2'048;
constexpr std::string_view kEveryField = "*";
constexpr std::uint64_t kLastSecond = 253'402'300'799;  // of the year 9999

/// A note by one signer.
struct Opened {
  std::string text;
  std::string name;
  NoteSignature line;
};

Result<Opened> open_single(std::string_view note) {
  if (note.size() > kMaxStatementNoteBytes)
    return refuse(Code::malformed, "the statement is too long");
  auto parsed = parse_note(note);
  if (!parsed) return std::unexpected(parsed.error());
  if (parsed->signatures.size() != 1)
    return refuse(Code::malformed, "the statement has not exactly one signature");
  NoteSignature line = parsed->signatures.front();
  if (!valid_party_id(line.name))
    return refuse(Code::malformed, "the statement is not signed by a party");
  std::string name = line.name;
  return Opened{.text = std::move(parsed->text), .name = std::move(name), .line = std::move(line)};
}

Result<void> check_signature(const Opened& opened, const PublicKey& key) {
  const VerifierKey verifier = make_vkey(opened.name, kNoteEd25519, key);
  const auto verified =
      verify_note({.text = opened.text, .signatures = {opened.line}}, std::span(&verifier, 1));
  if (!verified) return std::unexpected(verified.error());
  if (verified->empty())
    return refuse(Code::failed, "the statement is not signed by the key that it names");
  return {};
}

std::optional<Name> name_of(std::string_view text) {
  return valid_name(text) ? std::optional(Name(std::string(text))) : std::nullopt;
}

std::optional<UnixSeconds> moment_of(std::string_view text) {
  const auto seconds = parse_decimal(text);
  return seconds && *seconds <= kLastSecond ? std::optional(UnixSeconds(*seconds)) : std::nullopt;
}

std::string head_of(std::string_view format, const LedgerId& ledger, const Uuid& event,
                    std::string_view field) {
  std::string text(format);
  text += "\nledger " + to_hex(ledger.view()) + "\nevent " + format_uuid(event) + "\nfield ";
  return text.append(field) + "\n";
}

std::string tail_of(UnixSeconds at, const PublicKey& key) {
  return "at " + std::to_string(at.value()) + "\nkey " + to_base64(key.view()) + "\n";
}

std::string text_of(const Erasure& erasure) {
  return head_of(kErasureFormat, erasure.ledger, erasure.event, erasure.field.value()) +
         "commitment " + to_hex(erasure.commitment.view()) + "\n" +
         tail_of(erasure.at, erasure.key);
}

std::string text_of(const DisclosureRequest& request) {
  return head_of(kDisclosureRequestFormat, request.ledger, request.event,
                 request.field ? std::string_view(request.field->value()) : kEveryField) +
         tail_of(request.at, request.key);
}

std::string signed_note(std::string text, const PartyId& party, const SigningKey& key) {
  Note note{.text = std::move(text), .signatures = {}};
  note.signatures.push_back(sign_note(party.value(), key, note.text));
  return format_note(note);
}

/// The statement that the lines spell, if that is how it is spelled and its key has signed it.
template <class Statement>
Result<Statement> checked(const Opened& opened, const std::optional<Statement>& read) {
  if (!read || text_of(*read) != opened.text)
    return refuse(Code::malformed, "the statement does not read as one about a withheld value");
  if (auto holds = check_signature(opened, read->key); !holds)
    return std::unexpected(holds.error());
  return *read;
}

}  // namespace

std::string sign_erasure(const Erasure& erasure, const SigningKey& key) {
  TALLINN_ASSERT(erasure.key == key.public_key());
  return signed_note(text_of(erasure), erasure.party, key);
}

Result<Erasure> open_erasure(std::string_view note) {
  const auto opened = open_single(note);
  if (!opened) return std::unexpected(opened.error());
  const auto read = [&]() -> std::optional<Erasure> {
    std::string_view rest = opened->text;
    if (take_line(rest) != kErasureFormat) return std::nullopt;
    const auto ledger = take_value(rest, "ledger").and_then(fixed_from_hex<LedgerId>);
    const auto event = take_value(rest, "event").and_then(parse_uuid);
    const auto field = take_value(rest, "field").and_then(name_of);
    const auto commitment = take_value(rest, "commitment").and_then(fixed_from_hex<Digest>);
    const auto at = take_value(rest, "at").and_then(moment_of);
    const auto key = take_value(rest, "key").and_then(fixed_from_base64<PublicKey>);
    if (!ledger || !event || !field || !commitment || !at || !key) return std::nullopt;
    return Erasure{.ledger = *ledger,
                   .event = *event,
                   .field = *field,
                   .commitment = *commitment,
                   .at = *at,
                   .party = PartyId(opened->name),
                   .key = *key};
  }();
  return checked(*opened, read);
}

std::string sign_disclosure_request(const DisclosureRequest& request, const SigningKey& key) {
  TALLINN_ASSERT(request.key == key.public_key());
  return signed_note(text_of(request), request.party, key);
}

Result<DisclosureRequest> open_disclosure_request(std::string_view note) {
  const auto opened = open_single(note);
  if (!opened) return std::unexpected(opened.error());
  const auto read = [&]() -> std::optional<DisclosureRequest> {
    std::string_view rest = opened->text;
    if (take_line(rest) != kDisclosureRequestFormat) return std::nullopt;
    const auto ledger = take_value(rest, "ledger").and_then(fixed_from_hex<LedgerId>);
    const auto event = take_value(rest, "event").and_then(parse_uuid);
    const auto field = take_value(rest, "field");
    const auto at = take_value(rest, "at").and_then(moment_of);
    const auto key = take_value(rest, "key").and_then(fixed_from_base64<PublicKey>);
    if (!ledger || !event || !field || !at || !key) return std::nullopt;
    const auto name = name_of(*field);
    if (!name && *field != kEveryField) return std::nullopt;
    return DisclosureRequest{.ledger = *ledger,
                             .event = *event,
                             .field = name,
                             .at = *at,
                             .party = PartyId(opened->name),
                             .key = *key};
  }();
  return checked(*opened, read);
}

}  // namespace tallinn
