#include "ledger/charter.h"

#include <algorithm>
#include <set>

#include "events/assert.h"
#include "events/limits.h"
#include "events/text.h"
#include "ledger/sha256.h"
#include "ledger/text_lines.h"

namespace tallinn {

namespace {

constexpr std::string_view kCharterHeader = "tallinn-ledger/charter@v1";
constexpr std::size_t kMaxCoordinators = kMaxNoteSignatures;

std::unexpected<Error> bad_charter(std::string detail) {
  return refuse(Code::malformed, std::move(detail));
}

Result<CharterCoordinator> parse_coordinator(std::string_view rest) {
  const auto words = split_words(rest);
  const auto key = words.size() == 2 ? fixed_from_base64<PublicKey>(words[1]) : std::nullopt;
  if (!key || !valid_party_id(words[0]))
    return bad_charter("a coordinator line is a party and its public key");
  return CharterCoordinator{.party = PartyId(std::string(words[0])), .key = *key};
}

std::string format_coordinator_line(const CharterCoordinator& coordinator) {
  return "coordinator " + coordinator.party.value() + " " + to_base64(coordinator.key.view());
}

bool names_match(const Charter& charter, const CharterOffice& office) {
  const OfficePublicKeys keys{.log = office.log.key,
                              .witness = office.witness.key,
                              .state = office.state.key,
                              .transport = office.transport};
  return valid_office_name(office.name) &&
         office == make_charter_office(charter.ledger, office.name, office.role, keys);
}

Result<void> check_offices(const Charter& charter) {
  if (charter.offices.size() > kMaxOffices) return bad_charter("too many offices");
  std::set<std::string> names;
  for (const CharterOffice& office : charter.offices) {
    if (!names_match(charter, office))
      return bad_charter("the keys of office " + office.name + " are not named after it");
    if (!names.insert(office.name).second) return bad_charter("an office stands twice");
  }
  for (OfficeRole role : {OfficeRole::front, OfficeRole::back})
    if (std::ranges::count(charter.offices, role, &CharterOffice::role) != 1)
      return bad_charter("a charter names exactly one " + std::string(spell(role)) + " office");
  return {};
}

Result<void> check_coordinators(const Charter& charter) {
  if (charter.coordinators.size() > kMaxCoordinators) return bad_charter("too many coordinators");
  std::set<PartyId> parties;
  for (const CharterCoordinator& coordinator : charter.coordinators) {
    if (!valid_party_id(coordinator.party.value()))
      return bad_charter("a coordinator's name is not a party");
    if (!parties.insert(coordinator.party).second) return bad_charter("a coordinator stands twice");
  }
  if (charter.quorum == 0 || charter.quorum > charter.coordinators.size())
    return bad_charter("the quorum is between 1 and the number of coordinators");
  return {};
}

Result<void> check_keys(const Charter& charter) {
  std::vector<PublicKey> keys;
  for (const CharterOffice& office : charter.offices)
    keys.insert(keys.end(),
                {office.log.key, office.witness.key, office.state.key, office.transport});
  for (const CharterCoordinator& coordinator : charter.coordinators)
    keys.push_back(coordinator.key);
  if (!std::ranges::all_of(keys, valid_public_key))
    return bad_charter("a key of the charter is not a valid point");
  if (std::set<PublicKey>(keys.begin(), keys.end()).size() != keys.size())
    return bad_charter("a key of the charter stands twice");
  return {};
}

Result<void> check_charter(const Charter& charter) {
  if (!valid_ledger_name(charter.ledger)) return bad_charter("not the name of a ledger");
  if (auto offices = check_offices(charter); !offices) return offices;
  if (auto coordinators = check_coordinators(charter); !coordinators) return coordinators;
  return check_keys(charter);
}

LedgerId ledger_id(std::string_view text) {
  return *LedgerId::from(sha256(text).view());
}

std::vector<VerifierKey> coordinator_vkeys(const Charter& charter) {
  std::vector<VerifierKey> keys;
  for (const CharterCoordinator& coordinator : charter.coordinators)
    keys.push_back(make_vkey(coordinator.party.value(), kNoteEd25519, coordinator.key));
  return keys;
}

Result<Charter> parse_charter_text(std::string_view text) {
  Charter charter;
  std::string_view rest = text;
  if (take_line(rest) != kCharterHeader) return bad_charter("not a charter");
  auto line = take_line(rest);
  const auto ledger = line ? after_keyword(*line, "ledger") : std::nullopt;
  if (!ledger) return bad_charter("a charter names its ledger");
  charter.ledger = std::string(*ledger);
  line = take_line(rest);
  for (; line && after_keyword(*line, "office"); line = take_line(rest)) {
    auto office = parse_office_line(*line);
    if (!office) return std::unexpected(office.error());
    charter.offices.push_back(std::move(*office));
  }
  for (; line && after_keyword(*line, "coordinator"); line = take_line(rest)) {
    auto coordinator = parse_coordinator(*after_keyword(*line, "coordinator"));
    if (!coordinator) return std::unexpected(coordinator.error());
    charter.coordinators.push_back(std::move(*coordinator));
  }
  const auto quorum = line ? after_keyword(*line, "quorum").and_then(parse_decimal) : std::nullopt;
  if (!quorum || *quorum > kMaxCoordinators) return bad_charter("a charter ends with its quorum");
  charter.quorum = static_cast<unsigned>(*quorum);
  if (auto checked = check_charter(charter); !checked) return std::unexpected(checked.error());
  if (format_charter_text(charter) != text)
    return bad_charter("the charter is not in its one spelling");
  charter.id = ledger_id(text);
  return charter;
}

/// A text is a note without signatures yet.
Result<Note> as_note(std::string_view text_or_note) {
  if (text_or_note.find("\n\n") != std::string_view::npos) return parse_note(text_or_note);
  if (text_or_note.size() > kMaxNoteBytes || !valid_note_text(text_or_note))
    return bad_charter("the charter is not plain text");
  return Note{.text = std::string(text_or_note), .signatures = {}};
}

}  // namespace

CharterOffice make_charter_office(std::string_view ledger, std::string_view name, OfficeRole role,
                                  const OfficePublicKeys& keys) {
  TALLINN_ASSERT(valid_ledger_name(ledger) && valid_office_name(name));
  const Origin first{.ledger = std::string(ledger), .office = std::string(name), .epoch = Epoch(1)};
  return {.name = std::string(name),
          .role = role,
          .log = make_vkey(format_origin(first), kNoteEd25519, keys.log),
          .witness = make_vkey(witness_key_name(ledger, name), kNoteCosignature, keys.witness),
          .state = make_vkey(state_key_name(ledger, name), kNoteEd25519, keys.state),
          .transport = keys.transport};
}

std::string format_office_line(const CharterOffice& office) {
  return "office " + office.name + " " + std::string(spell(office.role)) + " " +
         format_vkey(office.log) + " " + format_vkey(office.witness) + " " +
         format_vkey(office.state) + " " + to_base64(office.transport.view());
}

Result<CharterOffice> parse_office_line(std::string_view line) {
  const auto rest = after_keyword(line, "office");
  const auto words = rest ? split_words(*rest) : std::vector<std::string_view>();
  if (words.size() != 6)
    return bad_charter("an office line is a name, a role, three verifier keys and a transport key");
  const auto role = unspell<OfficeRole>(words[1]);
  const auto log = parse_vkey(words[2]);
  const auto witness = parse_vkey(words[3]);
  const auto state = parse_vkey(words[4]);
  const auto transport = fixed_from_base64<PublicKey>(words[5]);
  if (!valid_office_name(words[0])) return bad_charter("not the name of an office");
  if (!role) return bad_charter("an office is front or back");
  if (!log || !witness || !state || !transport)
    return bad_charter("a key of office " + std::string(words[0]) + " does not read");
  return CharterOffice{.name = std::string(words[0]),
                       .role = *role,
                       .log = *log,
                       .witness = *witness,
                       .state = *state,
                       .transport = *transport};
}

PartyId office_party(std::string_view office_name) {
  std::string party(office_name);
  for (char& c : party)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return PartyId(party + "-OFFICE");
}

const CharterOffice* Charter::office(OfficeNumber number) const {
  return number.value() < offices.size() ? &offices[number.value()] : nullptr;
}

std::optional<OfficeNumber> Charter::office_number(std::string_view name) const {
  const auto found = std::ranges::find(offices, name, &CharterOffice::name);
  if (found == offices.end()) return std::nullopt;
  return OfficeNumber(static_cast<std::uint16_t>(found - offices.begin()));
}

OfficeNumber Charter::office_in_role(OfficeRole role) const {
  const auto found = std::ranges::find(offices, role, &CharterOffice::role);
  TALLINN_ASSERT(found != offices.end());
  return OfficeNumber(static_cast<std::uint16_t>(found - offices.begin()));
}

std::string Charter::origin(LogId log) const {
  const CharterOffice* named = office(log.office);
  TALLINN_ASSERT(named != nullptr);
  return format_origin({.ledger = ledger, .office = named->name, .epoch = log.epoch});
}

Result<LogId> Charter::parse_origin(std::string_view text) const {
  const auto parsed = tallinn::parse_origin(text);
  if (!parsed) return std::unexpected(parsed.error());
  const auto number = office_number(parsed->office);
  if (parsed->ledger != ledger || !number)
    return refuse(Code::not_found, "the charter knows no log " + std::string(text));
  return LogId{.office = *number, .epoch = parsed->epoch};
}

Result<Charter> parse_charter_draft(std::string_view text_or_note) {
  auto note = as_note(text_or_note);
  if (!note) return std::unexpected(note.error());
  auto charter = parse_charter_text(note->text);
  if (charter && !note->signatures.empty()) charter->note = std::string(text_or_note);
  return charter;
}

Result<Charter> parse_charter(std::string_view text) {
  auto note = parse_note(text);
  if (!note) return std::unexpected(note.error());
  auto charter = parse_charter_text(note->text);
  if (!charter) return charter;
  const auto verified = verify_note(*note, coordinator_vkeys(*charter));
  if (!verified) return std::unexpected(verified.error());
  if (verified->size() < charter->quorum)
    return refuse(Code::failed, "the charter is signed by " + std::to_string(verified->size()) +
                                    " coordinators, " + std::to_string(charter->quorum) +
                                    " are needed");
  charter->note = std::string(text);
  return charter;
}

std::string format_charter_text(const Charter& charter) {
  std::string text = std::string(kCharterHeader) + "\nledger " + charter.ledger + "\n";
  for (const CharterOffice& office : charter.offices) text += format_office_line(office) + "\n";
  for (const CharterCoordinator& coordinator : charter.coordinators)
    text += format_coordinator_line(coordinator) + "\n";
  return text + "quorum " + std::to_string(charter.quorum) + "\n";
}

Result<Charter> make_charter(std::string ledger, std::vector<CharterOffice> offices,
                             std::vector<CharterCoordinator> coordinators, unsigned quorum) {
  Charter charter{.ledger = std::move(ledger),
                  .offices = std::move(offices),
                  .coordinators = std::move(coordinators),
                  .quorum = quorum,
                  .id = {},
                  .note = {}};
  if (auto checked = check_charter(charter); !checked) return std::unexpected(checked.error());
  charter.id = ledger_id(format_charter_text(charter));
  return charter;
}

Result<std::string> sign_charter(std::string_view text_or_note, const PartyId& party,
                                 const SigningKey& key) {
  auto note = as_note(text_or_note);
  if (!note) return std::unexpected(note.error());
  const auto charter = parse_charter_text(note->text);
  if (!charter) return std::unexpected(charter.error());
  const CharterCoordinator self{.party = party, .key = key.public_key()};
  if (std::ranges::count(charter->coordinators, self) == 0)
    return refuse(Code::unauthorised, party.value() + " with this key is no coordinator");
  NoteSignature signature = sign_note(party.value(), key, note->text);
  if (std::ranges::count(note->signatures, signature) == 0)
    note->signatures.push_back(std::move(signature));
  return format_note(*note);
}

}  // namespace tallinn
