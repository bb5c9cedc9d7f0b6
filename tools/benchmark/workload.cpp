#include "tools/benchmark/workload.h"

#include <algorithm>

#include "events/assert.h"
#include "events/uuid.h"
#include "ledger/sha256.h"

namespace tallinn::bench {
namespace {

constexpr std::string_view kLedger = "bench.example";
constexpr std::int64_t kStart = 1'700'000'000'000;

Secret seed_of(std::string_view name) {
  return Secret(sha256(name).bytes);
}
SigningKey key_of(std::string_view name) {
  return SigningKey(seed_of(name).seed());
}

Uuid id_of(std::uint64_t number) {
  std::array<std::uint8_t, 10> random{};
  const Digest digest = sha256("event " + std::to_string(number));
  std::copy_n(digest.bytes.begin(), random.size(), random.begin());
  return make_uuid(UnixMillis(kStart + static_cast<std::int64_t>(number)), random);
}

Submission signed_by_all(const Parties& parties, std::uint64_t number, std::string_view author,
                         Body body, std::vector<const SigningKey*> keys) {
  const Event event{.schema = kSchema,
                    .id = id_of(number),
                    .author = PartyId(std::string(author)),
                    .occurred = {UnixMillis(kStart), 0, Precision::instant},
                    .documents = {},
                    .withheld = {},
                    .note = std::nullopt,
                    .body = std::move(body)};
  Submission out{.event = encode_event(event), .signatures = {}, .values = {}, .after = {}};
  for (const SigningKey* key : keys)
    out.signatures.push_back(sign_event(*key, parties.charter.id, out.event));
  std::ranges::sort(out.signatures, {}, &EventSignature::key);
  return out;
}

Money euros(std::int64_t minor) {
  return {AmountMinor(minor), *parse_currency("EUR")};
}

}  // namespace

Parties make_parties() {
  const auto office = [](std::string_view name, OfficeRole role) {
    return make_charter_office(kLedger, name, role,
                               public_keys(derive_office_keys(seed_of(name).seed())));
  };
  auto draft = make_charter(
      std::string(kLedger), {office("kyiv", OfficeRole::front), office("warsaw", OfficeRole::back)},
      {{PartyId("EE"), key_of("EE").public_key()}, {PartyId("UA"), key_of("UA").public_key()}}, 2);
  TALLINN_ASSERT(draft.has_value());
  std::string note = format_charter_text(*draft);
  for (const char* party : {"EE", "UA"}) note = *sign_charter(note, PartyId(party), key_of(party));
  return {*parse_charter(note),
          derive_office_keys(seed_of("kyiv").seed()),
          derive_office_keys(seed_of("warsaw").seed()),
          key_of("EE"),
          key_of("ESTDEV"),
          key_of("UA")};
}

KeyFile office_key_file(const std::string& office) {
  return make_key_file({.kind = KeyOwner::Kind::office, .name = office}, seed_of(office));
}

std::vector<Submission> founding(const Parties& parties) {
  std::vector<Submission> out;
  std::uint64_t number = 1'000'000'000;
  const auto found = [&](const char* party, PartyKind kind, const PublicKey& key,
                         std::vector<Role> roles) {
    const std::vector<const SigningKey*> quorum{&parties.estonia, &parties.ukraine};
    out.push_back(signed_by_all(
        parties, number++, "EE",
        PartyAdmitted{PartyId(party), kind, {party, party}, std::nullopt, {}}, quorum));
    out.push_back(signed_by_all(parties, number++, "EE",
                                KeyEnrolled{PartyId(party), key, std::move(roles)}, quorum));
  };
  found("EE", PartyKind::donor, parties.estonia.public_key(), {Role::pledge, Role::deliver});
  found("ESTDEV", PartyKind::implementer, parties.implementer.public_key(), {Role::deliver});
  found("UA", PartyKind::recipient, parties.ukraine.public_key(), {Role::need, Role::accept});
  return out;
}

std::vector<Submission> cycle(const Parties& parties, std::uint64_t number) {
  const PartyId estonia("EE");
  const PartyId implementer("ESTDEV");
  const Name pledge("P-" + std::to_string(number));
  const Name commitment("C-" + std::to_string(number));
  const Money value = euros(100'000 + static_cast<std::int64_t>(number % 1'000));
  const Day day(19'700);
  const std::uint64_t first = number * 4;
  return {
      signed_by_all(
          parties, first, "EE",
          PledgeAnnounced{
              pledge, estonia, Year(2024), value, "Civilian cyber support", {"Budget", {}, {}}, {}},
          {&parties.estonia}),
      signed_by_all(parties, first + 1, "EE",
                    CommitmentSigned{
                        commitment, pledge, estonia, implementer, value, Mode::cash, {"A-1", {}}},
                    {&parties.estonia}),
      signed_by_all(parties, first + 2, "EE",
                    FundsDisbursed{commitment, value, day, estonia, implementer},
                    {&parties.estonia}),
      signed_by_all(parties, first + 3, "ESTDEV",
                    FundsReceived{commitment, value, day, implementer}, {&parties.implementer}),
  };
}

}  // namespace tallinn::bench
