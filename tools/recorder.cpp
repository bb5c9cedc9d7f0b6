#include "tools/recorder.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>

#include "events/entry.h"
#include "events/json.h"
#include "events/limits.h"
#include "events/uuid.h"
#include "ledger/file_text.h"
#include "ledger/proof_file.h"
#include "ledger/text_lines.h"
#include "net/http_client.h"
#include "projections/chain.h"
#include "tools/messages.h"
#include "tools/shell.h"
#include "tools/text_table.h"

namespace tallinn {

namespace {

constexpr int kBehindTries = 3;  // each waits up to 10 s at the node
constexpr int kBehindPause_ms = 200;
constexpr int kMaxRedirections = 2;
constexpr std::int64_t kForgetTrouble_ms = 5'000;  // an office in trouble is asked again after that

constexpr auto kGovernance = std::to_array<std::string_view>(
    {"PartyAdmitted", "PartyWithdrawn", "KeyEnrolled", "KeyRevoked", "LogSealed", "LogOpened"});

RecordOutcome waiting(const Uuid& id, const std::string& office) {
  return {.kind = RecordOutcome::Kind::waiting,
          .line = printable("waiting " + format_uuid(id) + " " + office)};
}

std::string_view largest_in(const boost::json::object& object) {
  return std::ranges::max_element(
             object, {},
             [](const auto& member) { return boost::json::serialize(member.value()).size(); })
      ->key();
}

/// The member that most of an event consists of: "documents", "body.lines".
std::string largest_member(const Event& event) {
  const auto object = boost::json::parse(event_to_json(event)).as_object();
  std::string path(largest_in(object));
  const auto& body = object.at("body").as_object();
  if (path == "body" && !body.empty()) path.append(".").append(largest_in(body));
  return path;
}

/// A receipt proves that the very event stands where the node says.
Result<Place> check_receipt(const std::string& text, const Charter& charter,
                            std::span<const VerifierKey> known, BytesView event) {
  const auto file = parse_proof_file(text);
  if (!file) return std::unexpected(file.error());
  const auto receipt = verify_receipt(*file, known);
  if (!receipt) return std::unexpected(receipt.error());
  const auto entry = decode_entry(receipt->entry);
  if (!entry) return std::unexpected(entry.error());
  if (entry->event != event) return refuse(Code::failed, "it is of another event");
  const auto log = charter.parse_origin(receipt->checkpoint.origin);
  if (!log) return std::unexpected(log.error());
  return Place{.log = *log, .index = receipt->index};
}

}  // namespace

std::string refused_line(const std::string& which, const Error& error, Language language) {
  std::string line = "refused " + which + " " + std::string(code_name(error.code)) + " ";
  if (language == Language::ukrainian)
    line.append(word(language, code_name(error.code))).append(": ");
  return printable(line + sentence_of(error, language));
}

RecordOutcome Recorder::refused(const std::string& which, const Error& error) const {
  return {.kind = RecordOutcome::Kind::refused,
          .line = refused_line(which, error, options_.language)};
}

Recorder::Recorder(NodePort& port, const KeyFolder& keys, Charter charter, Options options,
                   Surroundings surroundings)
    : port_(port),
      keys_(keys),
      charter_(std::move(charter)),
      roster_(charter_),
      options_(std::move(options)),
      surroundings_(std::move(surroundings)) {}

RecordOutcome Recorder::record(std::string_view line, std::uint64_t number) {
  const auto prepared = prepare(line, number);
  return prepared ? submit(*prepared) : prepared.error();
}

Result<std::vector<PartyId>> Recorder::signers_of(const EventDraft& draft) const {
  std::set<PartyId> signers(draft.signers.begin(), draft.signers.end());
  if (signers.empty() &&
      std::ranges::find(kGovernance, type_name(draft.event.body)) != kGovernance.end()) {
    for (const CharterCoordinator& coordinator : charter_.coordinators) {
      const SigningKey* key = keys_.key_of(coordinator.party);
      if (key != nullptr && key->public_key() == coordinator.key) signers.insert(coordinator.party);
    }
    if (signers.empty())
      return refuse(Code::unauthorised, "the key folder has no coordinator's key");
  }
  if (signers.empty()) signers.insert(draft.event.author);
  for (const PartyId& signer : signers)
    if (keys_.key_of(signer) == nullptr)
      return refuse(Code::unauthorised, "the key folder has no key of " + signer.value(),
                    draft.signers.empty() ? "author" : "signers");
  return std::vector<PartyId>(signers.begin(), signers.end());
}

std::expected<Recorder::Prepared, RecordOutcome> Recorder::prepare(std::string_view line,
                                                                   std::uint64_t number) {
  std::string which = "line " + std::to_string(number);
  const KeyLookup lookup = [this](const PartyId& party) -> std::optional<PublicKey> {
    const SigningKey* key = keys_.key_of(party);
    return key != nullptr ? std::optional(key->public_key()) : std::nullopt;
  };
  auto draft = parse_event_json(line, lookup);
  if (!draft) return std::unexpected(refused(which, draft.error()));
  if (draft->id) which = format_uuid(*draft->id);
  const auto signers = signers_of(*draft);
  if (!signers) return std::unexpected(refused(which, signers.error()));
  // Only a withheld value needs the author's own key.
  const SigningKey* author = keys_.key_of(draft->event.author);
  if (author == nullptr && !draft->withhold.empty())
    return std::unexpected(
        refused(which, {.code = Code::unauthorised,
                        .detail = "the key folder has no key of " + draft->event.author.value() +
                                  ", who withholds a value",
                        .field = "author"}));
  if (author == nullptr) author = keys_.key_of(signers->front());

  std::array<std::uint8_t, 10> random{};
  surroundings_.random(random);
  SealedDraft sealed =
      seal_draft(*std::move(draft), make_uuid(surroundings_.clock(), random), *author);
  Prepared prepared{
      .id = sealed.event.id, .type = std::string(type_name(sealed.event.body)), .submission = {}};
  prepared.submission.event = encode_event(sealed.event);
  prepared.submission.values = std::move(sealed.values);
  if (auto canonical = decode_event(prepared.submission.event); !canonical) {
    if (prepared.submission.event.size() > kMaxEventBytes)
      canonical.error().field = largest_member(sealed.event);
    return std::unexpected(refused(format_uuid(prepared.id), canonical.error()));
  }
  for (const PartyId& signer : *signers)
    prepared.submission.signatures.push_back(
        sign_event(*keys_.key_of(signer), charter_.id, prepared.submission.event));
  std::ranges::sort(prepared.submission.signatures);
  return prepared;
}

HttpRequest Recorder::request_with(const std::string& body) const {
  HttpRequest request{.method = "POST", .target = "/api/v1/events", .headers = {}, .body = body};
  request.headers.emplace_back("content-type", "application/octet-stream");
  for (const auto& [origin, size] : answered_)
    request.headers.emplace_back("tallinn-after", origin + " " + std::to_string(size));
  return request;
}

std::optional<HttpResponse> Recorder::send(const Home& home, const std::string& body) {
  const auto trouble = in_trouble_.find(home.url);
  if (trouble != in_trouble_.end() &&
      surroundings_.clock().value() - trouble->second.value() < kForgetTrouble_ms)
    return std::nullopt;
  for (int i = 0; i < kBehindTries; ++i) {
    if (i > 0) surroundings_.pause(kBehindPause_ms);
    auto response = port_.request(home.url, request_with(body));
    if (!response) break;
    if (response->status == 503 && error_of(*response).code == Code::behind) continue;
    in_trouble_.erase(home.url);
    return *std::move(response);
  }
  in_trouble_[home.url] = surroundings_.clock();
  return std::nullopt;
}

RecordOutcome Recorder::submit(const Prepared& prepared) {
  const std::string body = encode_submission(prepared.submission);
  const auto remembered = homes_.find(prepared.type);
  Home home = remembered != homes_.end() ? remembered->second
                                         : Home{.url = options_.node, .office = options_.node_name};
  for (int redirections = 0;; ++redirections) {
    const auto response = send(home, body);
    if (!response) return waiting(prepared.id, home.office);
    if (response->status == 200) return accept(prepared, *response, home.url);
    const Error error = error_of(*response);
    if (error.code != Code::wrong_office || error.url.empty() || error.url == home.url ||
        redirections == kMaxRedirections)
      return refused(format_uuid(prepared.id), error);
    home = Home{.url = error.url, .office = error.office};
    // An ErrorDeclared has the home of what it corrects: nothing to remember by its type.
    if (prepared.type != "ErrorDeclared") homes_[prepared.type] = home;
  }
}

Result<Roster> Recorder::roster_of(const std::string& url) {
  const auto chain = port_.request(
      url, {.method = "GET", .target = "/api/v1/charter?chain=1", .headers = {}, .body = {}});
  if (!chain) return std::unexpected(chain.error());
  if (chain->status != 200) return std::unexpected(error_of(*chain));
  return verify_chain(chain->body, charter_);
}

RecordOutcome Recorder::accept(const Prepared& prepared, const HttpResponse& response,
                               const std::string& url) {
  const std::string id = format_uuid(prepared.id);
  const auto check = [&] {
    return check_receipt(response.body, charter_, roster_.checkpoint_keys(),
                         prepared.submission.event);
  };
  auto place = check();
  if (!place)  // the office may have opened another epoch since
    if (auto learned = roster_of(url); learned && *learned != roster_) {
      roster_ = *std::move(learned);
      place = check();
    }
  if (!place)
    return refused(
        id, {.code = Code::failed, .detail = "the receipt does not hold: " + place.error().detail});
  const std::string origin = charter_.origin(place->log);
  std::uint64_t& size = answered_[origin];
  size = std::max(size, place->index.value() + 1);
  if (!options_.receipts.empty()) {
    const auto written =
        write_file_durably(options_.receipts / (id + ".tlog-proof"), response.body);
    if (!written) return refused(id, written.error());
  }
  return {.kind = RecordOutcome::Kind::recorded,
          .line = origin + " " + std::to_string(place->index.value()) + " " + id + " recorded"};
}

}  // namespace tallinn
