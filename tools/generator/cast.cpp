#include "tools/generator/cast.h"

#include "events/assert.h"
#include "ledger/charter.h"
#include "tools/generator/words.h"

namespace tallinn::generator {
namespace {

struct Country {
  const char* party;
  const char* en;
  const char* uk;
  const char* currency;
};
/// The donors, the largest first; coordinators are among the first.
constexpr auto kCountries =
    std::to_array<Country>({{"US", "United States", "Сполучені Штати", "USD"},
                            {"EE", "Estonia", "Естонія", "EUR"},
                            {"PL", "Poland", "Польща", "PLN"},
                            {"DE", "Germany", "Німеччина", "EUR"},
                            {"NL", "Netherlands", "Нідерланди", "EUR"},
                            {"GB", "United Kingdom", "Велика Британія", "GBP"},
                            {"CA", "Canada", "Канада", "CAD"},
                            {"SE", "Sweden", "Швеція", "SEK"},
                            {"DK", "Denmark", "Данія", "DKK"},
                            {"FR", "France", "Франція", "EUR"},
                            {"NO", "Norway", "Норвегія", "NOK"},
                            {"IT", "Italy", "Італія", "EUR"},
                            {"JP", "Japan", "Японія", "JPY"}});

Actor numbered(const char* prefix, const char* en, const char* uk, PartyKind kind,
               unsigned number) {
  return {.party = PartyId(std::string(prefix) + "-" + padded(number, 3)),
          .kind = kind,
          .name = {en + (" " + std::to_string(number)), uk + (" " + std::to_string(number))},
          .roles = {},
          .currency = {}};
}

std::vector<Actor> make_donors(unsigned count) {
  std::vector<Actor> donors;
  for (unsigned i = 0; i < count; ++i) {
    const Country& model = kCountries[i % kCountries.size()];
    Actor donor = numbered("DONOR", "Donor", "Донор", PartyKind::donor, i + 1);
    if (i < kCountries.size()) {
      donor.party = PartyId(model.party);
      donor.name = {model.en, model.uk};
    }
    donor.currency = parse_currency(model.currency).value();
    donor.roles = {Role::pledge, Role::deliver};
    donors.push_back(std::move(donor));
  }
  return donors;
}

Actor office(const char* name, const char* en, const char* uk) {
  return {.party = office_party(name),
          .kind = PartyKind::office,
          .name = {en, uk},
          .roles = {Role::allocate, Role::accept},
          .currency = {}};
}

}  // namespace

const std::vector<PartyId>& coordinators() {
  static const std::vector<PartyId> all{PartyId("EE"), PartyId("PL"), PartyId("UA")};
  return all;
}

Cast make_cast(const CastSizes& sizes) {
  TALLINN_ASSERT(sizes.donors >= 3 && sizes.implementers >= 1 && sizes.recipients >= 1);
  Cast cast;
  cast.donors = make_donors(sizes.donors);
  for (unsigned i = 1; i <= sizes.implementers; ++i) {
    cast.implementers.push_back(
        numbered("IMPL", "Implementer", "Виконавець", PartyKind::implementer, i));
    cast.implementers.back().roles = {Role::deliver};
  }
  for (unsigned i = 1; i <= sizes.recipients; ++i) {
    Actor recipient = numbered("UA-ORG", "Agency", "Установа", PartyKind::recipient, i);
    if (i == 1) {
      recipient.party = PartyId("UA");
      recipient.name = {"Ukraine", "Україна"};
    }
    recipient.roles = {Role::need, Role::accept};
    cast.recipients.push_back(std::move(recipient));
  }
  cast.front = office("kyiv", "Front office, Kyiv", "Фронт-офіс, Київ");
  cast.back = office("warsaw", "Back office, Warsaw", "Бек-офіс, Варшава");
  cast.monitor = {PartyId("EU"),
                  PartyKind::observer,
                  {"European Union", "Європейський Союз"},
                  {Role::monitor},
                  {}};
  cast.auditor = {PartyId("AUDIT"),
                  PartyKind::auditor,
                  {"Joint auditors", "Спільні аудитори"},
                  {Role::audit},
                  {}};
  return cast;
}

std::vector<const Actor*> Cast::everyone() const {
  std::vector<const Actor*> all;
  for (const auto* group : {&donors, &implementers, &recipients})
    for (const Actor& actor : *group) all.push_back(&actor);
  for (const Actor* actor : {&front, &back, &monitor, &auditor}) all.push_back(actor);
  return all;
}

std::vector<Body> admission_of(const Actor& actor, const KeyLookup& keys) {
  const auto key = keys(actor.party);
  TALLINN_ASSERT(key.has_value());
  std::vector<Body> bodies;
  bodies.emplace_back(PartyAdmitted{actor.party, actor.kind, actor.name, std::nullopt, {}});
  bodies.emplace_back(KeyEnrolled{actor.party, *key, actor.roles});
  return bodies;
}

}  // namespace tallinn::generator
