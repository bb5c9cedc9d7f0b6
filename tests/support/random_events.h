// RandomEvents: what parties of a small ledger state, one event after another from one seed: mostly
// what fits, often what comes too early, too late, twice, from the wrong party or beyond a balance.
// Names are few, so that everything meets. Governance but for the first admissions, logs excepted.
#pragma once

#include <array>
#include <random>

#include "events/event.h"
#include "events/uuid.h"
#include "tests/ledger/keys_for_tests.h"

namespace tallinn::test {

/// An event, whose keys sign it, and where it is at home.
struct StatedEvent {
  Event event;
  std::vector<PartyId> signers;
  enum class At : std::uint8_t { front, back, anywhere } at = At::anywhere;
};

class RandomEvents {
 public:
  RandomEvents(std::uint64_t seed, const Charter& charter) : random_(seed), charter_(charter) {}

  /// Everybody is admitted, with every role, by the coordinators.
  std::vector<StatedEvent> admissions() {
    std::vector<StatedEvent> out;
    for (const PartyId& party : parties()) {
      out.push_back(stated(PartyAdmitted{.party = party,
                                         .kind = kind_of(party),
                                         .name = {party.value(), party.value()},
                                         .country = {},
                                         .identifiers = {}},
                           "EE", StatedEvent::At::back));
      out.push_back(stated(enrolled(party), "EE", StatedEvent::At::back));
    }
    for (StatedEvent& one : out) one.signers = coordinators();
    return out;
  }

  StatedEvent next() {
    StatedEvent out = any();
    if (chance(4)) out.event.author = out.signers.front() = one_of(parties());
    if (chance(3)) out.signers.pop_back();
    if (out.signers.empty()) out.signers.push_back(one_of(parties()));
    past_.push_back({out.event.id, out.event.author, out.at});
    return out;
  }

  std::uint64_t random(std::uint64_t bound) { return random_() % bound; }
  bool chance(unsigned percent) { return random(100) < percent; }

  std::vector<PartyId> parties() const {
    std::vector<PartyId> out{PartyId("EE"), PartyId("PL"), PartyId("UA"), PartyId("ESTDEV"),
                             PartyId("NATO")};
    for (const CharterOffice& office : charter_.offices) out.push_back(office_party(office.name));
    return out;
  }

 private:
  using At = StatedEvent::At;
  struct Past {
    Uuid id;
    PartyId author;
    At at;
  };

  static std::vector<PartyId> coordinators() {
    return {PartyId("EE"), PartyId("PL"), PartyId("UA")};
  }
  PartyId office(OfficeRole role) const {
    return office_party(charter_.office(charter_.office_in_role(role))->name);
  }
  std::vector<PartyId> offices() const {
    std::vector<PartyId> out;
    for (const CharterOffice& one : charter_.offices) out.push_back(office_party(one.name));
    return out;
  }
  PartyKind kind_of(const PartyId& party) const {
    if (party.value().ends_with("-OFFICE")) return PartyKind::office;
    if (party == PartyId("UA")) return PartyKind::recipient;
    return party == PartyId("ESTDEV") ? PartyKind::implementer : PartyKind::donor;
  }
  KeyEnrolled enrolled(const PartyId& party) const {
    return {.party = party,
            .key = test_key(party.value()).public_key(),
            .roles = {Role::need, Role::pledge, Role::allocate, Role::deliver, Role::accept,
                      Role::monitor, Role::audit}};
  }

  template <class T>
  const T& one_of(const std::vector<T>& items) {
    return items[random(items.size())];
  }
  /// Ids count up, so that one that is still to come can be named.
  Uuid id_of(std::uint64_t number) const {
    std::array<std::uint8_t, 10> bytes{};
    for (std::size_t i = 0; i < 8; ++i) bytes[9 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    return make_uuid(UnixMillis(1'700'000'000'000), bytes);
  }
  StatedEvent stated(Body body, const std::string& author, At at) {
    StatedEvent out;
    out.event.id = id_of(++made_);
    out.event.author = PartyId(author);
    out.event.occurred = {UnixMillis(1'717'200'000'000), 0, Precision::day};  // 2024-06-01
    out.event.body = std::move(body);
    out.signers = {out.event.author};
    out.at = at;
    return out;
  }

  /// "P1": mostly one that was named before.
  Name name(char kind) {
    const std::uint64_t most = kind == 'K' ? 12 : kind == 'A' ? 8 : kind == 'C' ? 5 : 3;
    std::uint64_t& known = known_[static_cast<unsigned char>(kind)];
    std::uint64_t number = random(known + (chance(10) ? 2 : 1));
    if (number >= most) number = random(most);
    return Name(std::string(1, kind) + std::to_string(number));
  }
  /// One that is new, but for a mistake now and then.
  Name fresh(char kind) {
    std::uint64_t& known = known_[static_cast<unsigned char>(kind)];
    if (chance(12)) return name(kind);
    return Name(std::string(1, kind) + std::to_string(known++));
  }
  std::string donor_of(const Name& pledge_or_commitment) {
    return (pledge_or_commitment.value().back() - '0') % 3 == 2 ? "PL" : "EE";
  }
  Money money(std::uint64_t most) {
    return {AmountMinor(1 + static_cast<std::int64_t>(random(most))),
            parse_currency(chance(8) ? "USD" : "EUR").value()};
  }
  Money change(std::uint64_t most) {
    Money out = money(most);
    if (chance(50)) out.minor = AmountMinor(-out.minor.value());
    return out;
  }
  /// Mostly the receiver.
  PartyId payee() { return PartyId(chance(65) ? "ESTDEV" : "NATO"); }
  LineNumber line() { return LineNumber(static_cast<std::uint16_t>(1 + random(2))); }
  Quantity quantity() { return Quantity(1 + static_cast<std::int64_t>(random(12))); }
  Unit unit() { return chance(4) ? Unit::SET : Unit::H87; }
  Day day() { return Day(19'875); }

  /// Each line once, but for a mistake now and then.
  template <class Line, class Make>
  std::vector<Line> lines(const Make& make) {
    std::vector<Line> out{make()};
    if (chance(50)) return out;
    out.push_back(make());
    if (out[0].line == out[1].line && !chance(4))
      out[1].line = LineNumber(static_cast<std::uint16_t>(3 - out[0].line.value()));
    return out;
  }
  std::vector<CountLine> counts() {
    return lines<CountLine>([&] { return CountLine{line(), quantity()}; });
  }
  std::vector<DispatchLine> dispatched() {
    auto out =
        lines<DispatchLine>([&] { return DispatchLine{line(), quantity(), unit(), money(120)}; });
    if (!chance(4)) out.back().value.currency = out.front().value.currency;
    return out;
  }
  std::vector<NeedLine> need_lines() {
    std::vector<NeedLine> out;
    for (std::uint16_t number = 1; number <= 1 + random(2); ++number)
      out.push_back({LineNumber(number), "radio sets", quantity(), Unit::H87, {}});
    return out;
  }

  StatedEvent any() {
    const std::uint64_t dice = random(100);
    if (dice < 8) return need();
    if (dice < 18) return pledge();
    if (dice < 34) return commitment();
    if (dice < 54) return allocation();
    if (dice < 82) return delivery();
    if (dice < 95) return correction();
    return governance();
  }

  StatedEvent need() {
    const Name known = name('N');
    switch (random(6)) {
      case 0: return stated(NeedRevised{known, need_lines(), "r"}, "UA", At::front);
      case 1: return stated(NeedEndorsed{known, Priority(2)}, "EE", At::front);
      case 2: {
        StatedEvent out = stated(NeedClosed{known, NeedOutcome::met, {}}, "UA", At::front);
        out.signers.push_back(office(OfficeRole::front));
        return out;
      }
      case 3:
        return chance(50) ? stated(NeedWithdrawn{known, "r"}, "UA", At::front)
                          : stated(NeedRejected{known, "r"}, "PL", At::front);
      default:
        return stated(NeedRegistered{.need = fresh('N'),
                                     .title = {"Radios", "Радіо"},
                                     .kind = NeedKind::hardware,
                                     .sector = Sector::energy,
                                     .lines = need_lines(),
                                     .recipient = PartyId("UA"),
                                     .needed_by = {},
                                     .urgency = Urgency::low},
                      "UA", At::front);
    }
  }

  StatedEvent pledge() {
    const Name known = name('P');
    switch (random(8)) {
      case 0:
      case 1: return stated(PledgeAmended{known, change(300), "r"}, donor_of(known), At::back);
      case 2: return stated(PledgeWithdrawn{known, "r"}, donor_of(known), At::back);
      case 3: return stated(PledgeLapsed{known, "r"}, office(OfficeRole::back).value(), At::back);
      default: {
        const Name made = fresh('P');
        return stated(PledgeAnnounced{.pledge = made,
                                      .donor = PartyId(donor_of(made)),
                                      .year = Year(static_cast<std::uint16_t>(2024 + random(2))),
                                      .value = money(2'000),
                                      .purpose = "p",
                                      .source = {"s", {}, {}},
                                      .expires = {}},
                      donor_of(made), At::back);
      }
    }
  }

  StatedEvent commitment() {
    const Name known = name('C');
    const std::string donor = donor_of(known);
    switch (random(12)) {
      case 0:
      case 1: return stated(CommitmentAmended{known, change(200), "r"}, donor, At::back);
      case 2: return stated(CommitmentSuspended{known, "r"}, donor, At::back);
      case 3: return stated(CommitmentResumed{known, "r"}, donor, At::back);
      case 4: return stated(CommitmentTerminated{known, "r"}, donor, At::back);
      case 5:
      case 6:
        return stated(FundsDisbursed{known, money(400), day(), PartyId(donor), payee()}, donor,
                      At::anywhere);
      case 7: {
        const PartyId paid = payee();
        return stated(FundsReceived{known, money(400), day(), paid}, paid.value(), At::anywhere);
      }
      case 8:
        return stated(FundsRefunded{known, money(100), day(), "r"}, payee().value(), At::anywhere);
      default: {
        const Name made = fresh('C');
        std::optional<Name> under;
        if (!chance(25)) under = name('P');
        const std::string by = under && !chance(15) ? donor_of(*under) : donor_of(made);
        return stated(CommitmentSigned{.commitment = made,
                                       .pledge = under,
                                       .donor = PartyId(by),
                                       .receiver = PartyId("ESTDEV"),
                                       .value = money(700),
                                       .mode = chance(60) ? Mode::cash : Mode::in_kind,
                                       .agreement = {"a", {}}},
                      by, At::back);
      }
    }
  }

  StatedEvent allocation() {
    const Name known = name('A');
    const std::string back = office(OfficeRole::back).value();
    switch (random(11)) {
      case 0:
      case 1: return stated(AllocationConsented{known, Side::donor}, "EE", At::back);
      case 2:
      case 3: return stated(AllocationConsented{known, Side::recipient}, "UA", At::back);
      case 4:
      case 5: {
        std::optional<Money> value;
        if (!chance(30)) value = money(100);
        return stated(AllocationReleased{known, value, "r"}, back, At::back);
      }
      case 6: return stated(AllocationCancelled{known, {}, "r"}, back, At::back);
      default: {
        std::optional<Quantity> most;
        if (!chance(20)) most = quantity();
        return stated(AllocationProposed{.allocation = fresh('A'),
                                         .commitment = name('C'),
                                         .need = name('N'),
                                         .line = line(),
                                         .quantity = most,
                                         .value = money(250)},
                      back, At::back);
      }
    }
  }

  StatedEvent delivery() {
    const Name known = name('K');
    const std::string deliverer = chance(85) ? "ESTDEV" : "EE";
    switch (random(13)) {
      case 0:
      case 1:
        return stated(GoodsReceived{known, lines<ReceiptLine>([&] {
                                      return ReceiptLine{line(), quantity(), Condition::good};
                                    })},
                      "UA", At::anywhere);
      case 2:
      case 3: {
        StatedEvent out = stated(
            DeliveryAccepted{
                known,
                lines<AcceptedLine>([&] { return AcceptedLine{line(), quantity(), money(100)}; }),
                {"act", day(), Digest{}}},
            "UA", At::anywhere);
        out.signers.push_back(PartyId(deliverer));
        return out;
      }
      case 4: return stated(DeliveryRejected{known, counts(), "r"}, "UA", At::anywhere);
      case 5:
        return stated(ConsignmentReturned{known, counts(), "c", day()},
                      chance(50) ? "UA" : deliverer, At::anywhere);
      case 6:
        return stated(LossReported{known, counts(), "c", day()}, chance(50) ? "UA" : deliverer,
                      At::anywhere);
      case 7: return stated(PlacedInService{known, counts(), day()}, "UA", At::anywhere);
      case 8:
        return chance(50)
                   ? stated(EndUseChecked{known, counts(), CheckMethod::remote, "r"}, "NATO",
                            At::anywhere)
                   : stated(ValuationRecorded{known, line(), money(90), ValuationBasis::market, {}},
                            deliverer, At::anywhere);
      case 9:
        return stated(ServiceRendered{fresh('K'), name('A'), dispatched(), day(), day()}, deliverer,
                      At::anywhere);
      default:
        return stated(ConsignmentDispatched{fresh('K'), name('A'), dispatched(), {}, {}}, deliverer,
                      At::anywhere);
    }
  }

  // random_corrections.h
  StatedEvent correction();
  StatedEvent dispute_or_finding(const Past& target);
  StatedEvent governance();
  /// The next one is the event itself.
  Uuid to_come() { return id_of(made_ + 1 + random(6)); }

  std::mt19937_64 random_;
  const Charter& charter_;
  std::uint64_t made_ = 0;
  std::array<std::uint64_t, 128> known_{};
  std::vector<Past> past_;
};

}  // namespace tallinn::test

#include "tests/support/random_corrections.h"
