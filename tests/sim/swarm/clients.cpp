#include "tests/sim/swarm/clients.h"

#include <algorithm>

#include "ledger/proof_file.h"
#include "ledger/value_statement.h"
#include "net/receipt.h"
#include "net/stored_bundle.h"
#include "projections/bundle.h"
#include "projections/event_rules.h"
#include "tests/ledger/keys_for_tests.h"

namespace tallinn::swarm {
namespace {

std::optional<PublicKey> key_of_party(const PartyId& party) {
  return test::test_key(party.value()).public_key();
}

generator::KeyOf keys_by_name() {
  auto made = std::make_shared<std::map<PartyId, SigningKey>>();
  return [made](const PartyId& party) -> const SigningKey& {
    return made->try_emplace(party, test::test_key(party.value())).first->second;
  };
}

/// It may be taken later, or elsewhere.
bool worth_trying_again(Code code) {
  return code == Code::not_appending || code == Code::behind || code == Code::unknown_reference ||
         code == Code::unauthorised;
}

}  // namespace

Clients::Clients(const Plan& plan, Cluster& cluster, Tally& tally)
    : plan_(plan),
      cluster_(cluster),
      tally_(tally),
      random_(plan.seed * 3 + 5),
      keys_(keys_by_name()),
      history_(plan.history, key_of_party) {}

std::optional<Clients::Given> Clients::next() {
  const auto event = history_.next();
  if (!event) return std::nullopt;
  return Given{.submission = generator::sign(*event, cluster_.charter().id, keys_),
               .office = event->office == OfficeRole::front ? kKyiv : kWarsaw};
}

Submission Clients::sign(const std::string& line, const std::vector<const char*>& signers) const {
  generator::GivenEvent given{.draft = parse_event_json(line, key_of_party).value(),
                              .office = OfficeRole::back,
                              .day = {},
                              .expected = {}};
  for (const char* signer : signers) given.draft.signers.emplace_back(signer);
  return generator::sign(given, cluster_.charter().id, keys_);
}

void Clients::begin() {
  constexpr unsigned kAtOnce = 10;
  for (unsigned given = 0; given < plan_.before; given += kAtOnce) {
    record(kAtOnce);
    cluster_.run_ms(plan_.most_delay_ms * 2);
  }
}

void Clients::record() {
  record(random_.percent(plan_.rush_percent) ? random_.between(10, 40) : random_.between(1, 4));
}

void Clients::record(std::int64_t count) {
  std::array<std::vector<Given>, 2> given;
  for (; count > 0; --count) {
    if (!waiting_.empty() && random_.percent(50)) {
      Given again = std::move(waiting_.front());
      waiting_.pop_front();
      given[again.office].push_back(std::move(again));
      continue;
    }
    std::optional<Given> fresh = next();
    if (!fresh) break;
    const auto event = decode_event(fresh->submission.event);
    const bool anywhere = rule_of(event->body).home == Home::anywhere;
    if (anywhere && random_.percent(8)) given[1 - fresh->office].push_back(*fresh);
    if (random_.percent(8)) given[fresh->office].push_back(*fresh);
    given[fresh->office].push_back(*std::move(fresh));
  }
  for (std::size_t office = 0; office < 2; ++office) {
    const bool at_clone = cluster_.up(kClone) && random_.percent(50) &&
                          cluster_.node(kClone).office()->value() == office;
    if (!given[office].empty()) hand_in(at_clone ? kClone : office, std::move(given[office]));
  }
}

void Clients::keep_waiting(Given given) {
  constexpr unsigned kMostTries = 8;
  if (++given.tries < kMostTries) waiting_.push_back(std::move(given));
}

void Clients::hand_in(std::size_t n, std::vector<Given> given) {
  std::vector<Submission> submissions;
  for (const Given& one : given) submissions.push_back(one.submission);
  const auto answers = cluster_.up(n) ? cluster_.submit(n, submissions)
                                      : std::optional<std::vector<Result<Admitted>>>();
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!answers || (!(*answers)[i] && worth_trying_again((*answers)[i].error().code))) {
      keep_waiting(std::move(given[i]));
    } else if ((*answers)[i]) {
      if (recorded_.size() < 200) recorded_.push_back(given[i].submission);
      if (!given[i].submission.values.empty()) withholding_.push_back(given[i].submission);
      if (random_.percent(15) && cluster_.up(n)) ask_for_receipt(n, (*answers)[i]->place);
    }
  }
}

void Clients::expect_refusal(std::size_t n, const Submission& submission, const std::string& what) {
  const auto answers = cluster_.submit(n, {submission});
  if (answers) tally_.require(!answers->front(), Promise::refused, what + " was recorded");
}

void Clients::be_hostile() {
  const auto n = static_cast<std::size_t>(random_.between(0, 1));
  if (!cluster_.up(n)) return;
  const auto fresh = next();
  if (!fresh) return;
  Submission submission = fresh->submission;
  switch (random_.between(0, 7)) {
    case 0: {
      const auto at = random_.between(0, static_cast<std::int64_t>(submission.event.size()) - 1);
      char& byte = submission.event[static_cast<std::size_t>(at)];
      byte = static_cast<char>(byte ^ (1 << random_.between(0, 7)));
      return expect_refusal(n, submission, "a changed event");
    }
    case 1:
      submission.signatures.clear();
      return expect_refusal(n, submission, "an unsigned event");
    case 2:
      submission.signatures = {
          sign_event(test::test_key("STRANGER"), cluster_.charter().id, submission.event)};
      return expect_refusal(n, submission, "a stranger's event");
    case 3: {
      const LedgerId other{sha256("another ledger").bytes};
      const auto author = decode_event(submission.event)->author;
      submission.signatures = {sign_event(keys_(author), other, submission.event)};
      return expect_refusal(n, submission, "an event of another ledger");
    }
    case 4: {
      const Home home = rule_of(decode_event(submission.event)->body).home;
      const std::size_t at = home == Home::front ? kWarsaw : kKyiv;
      if (home != Home::front && home != Home::back) return;
      if (cluster_.up(at)) expect_refusal(at, submission, "a decision of the other office");
      return;
    }
    case 5:
    case 6: return declare_wrong(n, submission);
    default: {
      if (recorded_.empty()) return;
      const Event before = *decode_event(random_.one_of(recorded_).event);
      Event event = *decode_event(submission.event);
      event.id = before.id;
      submission.event = encode_event(event);
      submission.signatures = {
          sign_event(keys_(event.author), cluster_.charter().id, submission.event)};
      submission.values.clear();
      cluster_.submit(n, {submission});  // taken where the first one is not known, and shown then
    }
  }
}

void Clients::declare_wrong(std::size_t n, const Submission& fresh) {
  const Event model = *decode_event(fresh.event);
  std::vector<Uuid> others{model.id};
  for (const Submission& one : recorded_) others.push_back(decode_event(one.event)->id);
  others.insert(others.end(), corrections_.begin(), corrections_.end());
  Event event = model;
  event.withheld.clear();
  std::ranges::copy(random_.bytes<10>(), event.id.bytes.begin() + 6);
  event.id.bytes[6] = static_cast<std::uint8_t>(0x70 | (event.id.bytes[6] & 0x0f));
  event.id.bytes[8] = static_cast<std::uint8_t>(0x80 | (event.id.bytes[8] & 0x3f));
  if (!corrections_.empty() && random_.percent(10)) event.id = random_.one_of(corrections_);
  others.push_back(event.id);
  ErrorDeclared wrong{
      .event = random_.one_of(others), .reason = ErrorReason::duplicate, .replaced_by = {}};
  const bool early = random_.percent(30);
  if (early) wrong.event = model.id;
  if (random_.percent(30)) wrong.replaced_by.push_back(random_.one_of(others));
  if (!recorded_.empty() && random_.percent(50))
    event.author = decode_event(random_.one_of(recorded_).event)->author;
  event.body = wrong;
  Submission submission;
  submission.event = encode_event(event);
  submission.signatures = {
      sign_event(keys_(event.author), cluster_.charter().id, submission.event)};
  const auto answer = cluster_.submit(n, {submission});
  if (answer && answer->front()) corrections_.push_back(event.id);
  if (early) keep_waiting({.submission = fresh, .office = n});
}

void Clients::erase_a_value() {
  const auto n = static_cast<std::size_t>(random_.between(0, 1));
  if (!cluster_.up(n) || withholding_.empty()) return;
  const Submission& submission = random_.one_of(withholding_);
  const WithheldValue& value = submission.values.front();
  const PartyId author = decode_event(submission.event)->author;
  const std::int64_t now = cluster_.node(n).clock(cluster_.now_ms()).value();
  const std::string statement =
      sign_erasure({.ledger = cluster_.charter().id,
                    .event = value.event,
                    .field = value.field,
                    .commitment = withheld_commitment(value),
                    .at = UnixSeconds(static_cast<std::uint64_t>(now / 1'000)),
                    .party = author,
                    .key = keys_(author).public_key()},
                   keys_(author));
  const auto answer = cluster_.erase(n, statement);
  if (!answer || !*answer) return;
  erased_.push_back({value, n});
  if (!cluster_.node(n).replica().erased_remains())
    look_for_erased(n, value);  // it is answered now
}

void Clients::check_erased(std::size_t n) {
  const auto head = cluster_.node(n).head();
  for (const auto& [value, office] : erased_) {
    // What only a lost machine was told nobody else may have heard.
    const LogId log{OfficeNumber(static_cast<std::uint16_t>(office)), Epoch(1)};
    if (cluster_.watch().is_harmed(office) || cluster_.truth().doubted(log)) continue;
    const auto held = head->snapshot->get(Family::withheld, withheld_key(value.event, value.field));
    tally_.require(held && !*held, Promise::erased,
                   cluster_.node(n).name() + " holds a value that was erased");
    look_for_erased(n, value);
  }
}

void Clients::look_for_erased(std::size_t n, const WithheldValue& value) {
  tally_.require(!cluster_.node(n).has_on_disk(value.salt.view()), Promise::erased,
                 cluster_.node(n).name() + " has a value that was erased in a file");
}

void Clients::ask_for_receipt(std::size_t n, const Place& place) {
  const auto head = cluster_.node(n).head();
  const auto made = make_receipt(*head, cluster_.charter(), place);
  if (!made) return cluster_.on_fault(n, made.error());
  if (!*made) return;  // of a log that its office no longer signs
  receipts_.push_back({place, **made});
  const auto file = parse_proof_file(**made);
  if (file) cluster_.notes().told({NoteKind::checkpoint, file->checkpoint});
}

void Clients::ask_for_bundle() {
  const auto n = static_cast<std::size_t>(random_.between(0, 2));
  constexpr std::size_t kMostKept = 3;
  if (!cluster_.up(n) || bundles_.size() >= kMostKept) return;
  const auto head = cluster_.node(n).head();
  const auto made = make_stored_bundle(*head, cluster_.charter(), PartyId("EE"));
  if (!made) return cluster_.on_fault(n, made.error());
  if (!*made) return;  // no state is signed by every office yet
  bundles_.push_back(**made);
  const auto verified = verify_bundle(bundles_.back(), cluster_.charter());
  tally_.require(verified.has_value(), Promise::receipts,
                 "a bundle does not verify when it is issued: " +
                     (verified ? std::string() : verified.error().detail));
}

void Clients::ask_a_witness() {
  const auto n = static_cast<std::size_t>(random_.between(0, 2));
  if (!cluster_.up(n) || receipts_.empty()) return;
  const std::string text = parse_proof_file(random_.one_of(receipts_).text)->checkpoint;
  const Checkpoint shown = *checkpoint_in(text);
  const LogId log = *cluster_.charter().parse_origin(shown.origin);
  const auto head = cluster_.node(n).head();
  const auto office = cluster_.node(n).office();
  const Cosigner by = office ? Cosigner(*office) : Cosigner(std::string(kMirrorName));
  AddCheckpoint request{.old_size = {}, .proof = {}, .checkpoint = text};
  const auto cosigned = head->cosigned.find(log);
  if (cosigned != head->cosigned.end())
    if (const auto mine = cosigned->second.find(by); mine != cosigned->second.end())
      request.old_size = mine->second.size;
  if (request.old_size > LogSize(0) && request.old_size < shown.size &&
      shown.size <= head->held_of(log))
    request.proof =
        StoredLogs(*head->snapshot).consistency(log, request.old_size, shown.size).value();
  const auto answer = cluster_.ask_witness(n, request);
  if (!answer || !*answer || (*answer)->conflict) return;
  const auto held = cluster_.node(n).head();
  tally_.require(held->held_of(log) >= shown.size &&
                     StoredLogs(*held->snapshot).root(log, shown.size).value() == shown.root,
                 Promise::one_history,
                 cluster_.node(n).name() + " witnesses what it does not hold");
}

void Clients::check_issued(std::size_t n) {
  const auto head = cluster_.node(n).head();
  const auto keys = head->roster.checkpoint_keys();
  for (const Receipt& receipt : receipts_) {
    const auto file = parse_proof_file(receipt.text);
    const auto verified = file ? verify_receipt(*file, keys) : std::unexpected(file.error());
    tally_.require(
        verified.has_value(), Promise::receipts,
        "a receipt does not verify: " + (verified ? std::string() : verified.error().detail));
    const Fact* fact = cluster_.truth().fact(receipt.place);
    tally_.require(cluster_.truth().doubted(receipt.place.log) ||
                       (fact != nullptr && fact->leaf == leaf_hash(verified->entry)),
                   Promise::receipts, "a receipt is of an entry that is not in the log");
  }
  for (const std::string& bundle : bundles_) {
    const auto verified = verify_bundle(bundle, cluster_.charter());
    tally_.require(verified.has_value(), Promise::receipts, "a bundle verifies no more");
  }
}

std::vector<std::string> Clients::shown() const {
  std::vector<std::string> out;
  for (const Receipt& receipt : receipts_)
    out.push_back(parse_proof_file(receipt.text)->checkpoint);
  return out;
}

}  // namespace tallinn::swarm
