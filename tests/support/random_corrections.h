// What RandomEvents states of events that are past or still to come, and of who may sign.
#pragma once

#include "tests/support/random_events.h"

namespace tallinn::test {

/// Of anything, also of corrections, and of what is still to come.
inline StatedEvent RandomEvents::correction() {
  if (past_.empty() || chance(8)) {
    const std::string author = one_of(parties()).value();
    return stated(ErrorDeclared{to_come(), ErrorReason::duplicate, {}}, author, At::anywhere);
  }
  // Mostly of what is not long ago: a chain of corrections needs the last one.
  const std::uint64_t back =
      1 + random(chance(50) ? std::min<std::size_t>(8, past_.size()) : past_.size());
  const Past& target = past_[past_.size() - back];
  if (chance(6)) return dispute_or_finding(target);
  std::vector<Uuid> replaced_by;
  if (chance(25)) replaced_by.push_back(to_come());
  return stated(ErrorDeclared{target.id, ErrorReason::incorrect_data, std::move(replaced_by)},
                target.author.value(), target.at);
}

inline StatedEvent RandomEvents::dispute_or_finding(const Past& target) {
  const std::string author = one_of(parties()).value();
  switch (random(4)) {
    case 0: {
      StatedEvent out =
          stated(DisputeResolved{target.id, "o"}, offices().front().value(), At::anywhere);
      out.signers = offices();
      return out;
    }
    case 1:
      return stated(AuditFindingRecorded{.finding = fresh('F'),
                                         .severity = Severity::low,
                                         .auditee = PartyId(chance(50) ? "LV" : "EE"),
                                         .events = {target.id, to_come(), to_come()},
                                         .text = "t"},
                    author, At::anywhere);
    default:
      return stated(DisputeRaised{chance(50) ? target.id : to_come(), "t"}, author, At::anywhere);
  }
}

inline StatedEvent RandomEvents::governance() {
  const PartyId party = one_of(std::vector{PartyId("PL"), PartyId("ESTDEV"), PartyId("NATO")});
  StatedEvent out;
  switch (random(6)) {
    case 0: {
      std::optional<When> since;
      if (chance(50)) since = When{UnixMillis(1'700'000'100'000), 0, Precision::instant};
      out =
          stated(KeyRevoked{test_key(party.value()).public_key(), "r", since}, "EE", At::anywhere);
      break;
    }
    case 1: out = stated(PartyWithdrawn{party, "r"}, "EE", At::back); break;
    case 2:
      out = chance(70) ? stated(enrolled(party), "EE", At::back)
                       : stated(PartyAdmitted{.party = PartyId("LV"),
                                              .kind = PartyKind::donor,
                                              .name = {"LV", "LV"},
                                              .country = {},
                                              .identifiers = {}},
                                "EE", At::back);
      break;
    case 3: {
      static constexpr std::array kCodes = {"received_exceeds_dispatched/K", "unknown_reference/K",
                                            "receipt_without_dispatch/K"};
      out = stated(ExceptionResolved{kCodes[random(3)] + std::to_string(random(4)), "found", "t"},
                   office(OfficeRole::front).value(), At::anywhere);
      out.signers = offices();
      return out;
    }
    case 4:
      return stated(ReconciliationAttested{.party = PartyId("EE"),
                                           .from = day(),
                                           .to = day(),
                                           .agrees = true,
                                           .figures = {},
                                           .text = {}},
                    "EE", At::anywhere);
    default:
      return stated(ExchangeRateRecorded{.base = parse_currency("EUR").value(),
                                         .quote = parse_currency("USD").value(),
                                         .rate = DecimalRate("1.08"),
                                         .date = day(),
                                         .source = "ECB"},
                    office(OfficeRole::back).value(), At::back);
  }
  out.signers = coordinators();
  return out;
}

}  // namespace tallinn::test
