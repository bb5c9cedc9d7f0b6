// View records of needs, pledges, commitments, allocations and consignments: sums of their
// movements. Pure values. Keys: need/, pledge/, commitment/, allocation/, consignment/ || name.
// `registered` false: only facts that name it are known yet; they count once it is registered.
// Amounts are minor units of the record's own currency.
#pragma once

#include "events/need.h"
#include "events/pledge.h"
#include "projections/record_codec.h"

namespace tallinn {

struct NeedLineRecord {
  NeedLine line;
  std::int64_t allocated_quantity = 0;  ///< of allocations that are not cancelled
  static constexpr auto fields() {
    return std::tuple{member("line", &NeedLineRecord::line),
                      member("allocated_quantity", &NeedLineRecord::allocated_quantity)};
  }
};

/// What a need asked for since its registration, or since a revision: "lines/<need>/<position>".
struct NeedLinesRecord {
  std::vector<NeedLine> lines;
  static constexpr auto fields() { return std::tuple{member("lines", &NeedLinesRecord::lines)}; }
};

enum class NeedState : std::uint8_t { registered = 1, endorsed, rejected, withdrawn, closed };
template <>
struct Spelling<NeedState> {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"registered", "endorsed", "rejected", "withdrawn", "closed"});
};

struct NeedRecord {
  static constexpr std::string_view kPrefix = "need/";
  bool registered = false;
  Uuid event;
  Bilingual title;
  NeedKind kind{};
  Sector sector{};
  PartyId recipient;
  std::optional<Day> needed_by;
  Urgency urgency{};
  NeedState state{};
  std::optional<Priority> priority;
  std::optional<NeedOutcome> outcome;
  std::uint8_t open = 0;  ///< exceptions open about it
  std::vector<NeedLineRecord> lines;
  static constexpr auto fields() {
    return std::tuple{member("registered", &NeedRecord::registered),
                      member("event", &NeedRecord::event),
                      member("title", &NeedRecord::title),
                      member("kind", &NeedRecord::kind),
                      member("sector", &NeedRecord::sector),
                      member("recipient", &NeedRecord::recipient),
                      member("needed_by", &NeedRecord::needed_by),
                      member("urgency", &NeedRecord::urgency),
                      member("state", &NeedRecord::state),
                      member("priority", &NeedRecord::priority),
                      member("outcome", &NeedRecord::outcome),
                      member("open", &NeedRecord::open),
                      member("lines", &NeedRecord::lines)};
  }
};

enum class PledgeState : std::uint8_t { announced = 1, withdrawn, lapsed };
template <>
struct Spelling<PledgeState> {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"announced", "withdrawn", "lapsed"});
};

struct PledgeRecord {
  static constexpr std::string_view kPrefix = "pledge/";
  bool registered = false;
  Uuid event;
  PartyId donor;
  Year year;
  Currency currency;
  std::string purpose;
  Source source;
  std::optional<Day> expires;
  PledgeState state = PledgeState::announced;
  std::int64_t pledged = 0;    ///< announced and amended
  std::int64_t committed = 0;  ///< of commitments that draw on it
  static constexpr auto fields() {
    return std::tuple{
        member("registered", &PledgeRecord::registered), member("event", &PledgeRecord::event),
        member("donor", &PledgeRecord::donor),           member("year", &PledgeRecord::year),
        member("currency", &PledgeRecord::currency),     member("purpose", &PledgeRecord::purpose),
        member("source", &PledgeRecord::source),         member("expires", &PledgeRecord::expires),
        member("state", &PledgeRecord::state),           member("pledged", &PledgeRecord::pledged),
        member("committed", &PledgeRecord::committed)};
  }
};

struct CommitmentRecord {
  static constexpr std::string_view kPrefix = "commitment/";
  bool registered = false;
  Uuid event;
  std::optional<Name> pledge;
  PartyId donor;
  PartyId receiver;
  Currency currency;
  Year year;  ///< of the day it was signed
  Mode mode{};
  std::string reference;
  bool suspended = false;
  bool terminated = false;
  std::int64_t committed = 0;
  std::int64_t disbursed = 0;  ///< before refunds
  std::int64_t received = 0;
  std::int64_t refunded = 0;
  std::int64_t drawn = 0;  ///< by allocations, proposed ones too
  std::uint8_t open = 0;   ///< exceptions open about it
  static constexpr auto fields() {
    using C = CommitmentRecord;
    return std::tuple{member("registered", &C::registered),
                      member("event", &C::event),
                      member("pledge", &C::pledge),
                      member("donor", &C::donor),
                      member("receiver", &C::receiver),
                      member("currency", &C::currency),
                      member("year", &C::year),
                      member("mode", &C::mode),
                      member("reference", &C::reference),
                      member("suspended", &C::suspended),
                      member("terminated", &C::terminated),
                      member("committed", &C::committed),
                      member("disbursed", &C::disbursed),
                      member("received", &C::received),
                      member("refunded", &C::refunded),
                      member("drawn", &C::drawn),
                      member("open", &C::open)};
  }
};

struct AllocationRecord {
  static constexpr std::string_view kPrefix = "allocation/";
  bool registered = false;
  Uuid event;
  Name commitment;
  Name need;
  LineNumber line;
  std::optional<Quantity> quantity;
  PartyId donor;
  PartyId implementer;               ///< the commitment's receiver
  std::optional<PartyId> recipient;  ///< the need's, where it is known
  Mode mode{};
  Currency currency;
  bool consented_donor = false;
  bool consented_recipient = false;
  bool cancelled = false;
  std::int64_t value = 0;
  std::int64_t released = 0;
  std::int64_t dispatched = 0;  ///< value of what was dispatched or rendered
  std::uint8_t open = 0;
  static constexpr auto fields() {
    using A = AllocationRecord;
    return std::tuple{member("registered", &A::registered),
                      member("event", &A::event),
                      member("commitment", &A::commitment),
                      member("need", &A::need),
                      member("line", &A::line),
                      member("quantity", &A::quantity),
                      member("donor", &A::donor),
                      member("implementer", &A::implementer),
                      member("recipient", &A::recipient),
                      member("mode", &A::mode),
                      member("currency", &A::currency),
                      member("consented_donor", &A::consented_donor),
                      member("consented_recipient", &A::consented_recipient),
                      member("cancelled", &A::cancelled),
                      member("value", &A::value),
                      member("released", &A::released),
                      member("dispatched", &A::dispatched),
                      member("open", &A::open)};
  }
};

/// Quantities of one line of a consignment. Losses and returns are told apart by who held the
/// goods.
struct ConsignmentLine {
  LineNumber line;
  Unit unit{};
  std::int64_t value = 0;  ///< of what was dispatched
  std::int64_t dispatched = 0;
  std::int64_t received = 0;
  std::int64_t accepted = 0;
  std::int64_t rejected = 0;
  std::int64_t in_service = 0;
  std::int64_t lost_in_transit = 0;
  std::int64_t lost = 0;
  std::int64_t returned_in_transit = 0;
  std::int64_t returned = 0;
  std::int64_t checked = 0;
  static constexpr auto fields() {
    using L = ConsignmentLine;
    return std::tuple{member("line", &L::line),
                      member("unit", &L::unit),
                      member("value", &L::value),
                      member("dispatched", &L::dispatched),
                      member("received", &L::received),
                      member("accepted", &L::accepted),
                      member("rejected", &L::rejected),
                      member("in_service", &L::in_service),
                      member("lost_in_transit", &L::lost_in_transit),
                      member("lost", &L::lost),
                      member("returned_in_transit", &L::returned_in_transit),
                      member("returned", &L::returned),
                      member("checked", &L::checked)};
  }
};

enum class ConsignmentKind : std::uint8_t { goods = 1, service };
template <>
struct Spelling<ConsignmentKind> {
  static constexpr auto kNames = std::to_array<std::string_view>({"goods", "service"});
};

struct ConsignmentRecord {
  static constexpr std::string_view kPrefix = "consignment/";
  bool registered = false;  ///< its dispatch (or the service rendered) is known
  Uuid event;
  ConsignmentKind kind = ConsignmentKind::goods;
  std::optional<Name> allocation;
  PartyId deliverer;             ///< who dispatched or rendered
  std::optional<PartyId> donor;  ///< known with the allocation
  std::optional<PartyId> recipient;
  Currency currency;
  std::uint8_t open = 0;  ///< exceptions open about it
  std::vector<ConsignmentLine> lines;
  static constexpr auto fields() {
    using C = ConsignmentRecord;
    return std::tuple{member("registered", &C::registered),
                      member("event", &C::event),
                      member("kind", &C::kind),
                      member("allocation", &C::allocation),
                      member("deliverer", &C::deliverer),
                      member("donor", &C::donor),
                      member("recipient", &C::recipient),
                      member("currency", &C::currency),
                      member("open", &C::open),
                      member("lines", &C::lines)};
  }
};

}  // namespace tallinn
