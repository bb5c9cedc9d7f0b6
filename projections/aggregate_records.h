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
  std::int64_t allocated_quantity = 0;  ///< what its allocations cover
  template <class Self = NeedLineRecord>
  static constexpr auto fields() {
    return std::tuple{member("line", &Self::line),
                      member("allocated_quantity", &Self::allocated_quantity)};
  }
};

/// What a need asked for since its registration, or since a revision: "lines/<need>/<position>".
struct NeedLinesRecord {
  std::vector<NeedLine> lines;
  template <class Self = NeedLinesRecord>
  static constexpr auto fields() {
    return std::tuple{member("lines", &Self::lines)};
  }
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
  template <class Self = NeedRecord>
  static constexpr auto fields() {
    return std::tuple{member("registered", &Self::registered),
                      member("event", &Self::event),
                      member("title", &Self::title),
                      member("kind", &Self::kind),
                      member("sector", &Self::sector),
                      member("recipient", &Self::recipient),
                      member("needed_by", &Self::needed_by),
                      member("urgency", &Self::urgency),
                      member("state", &Self::state),
                      member("priority", &Self::priority),
                      member("outcome", &Self::outcome),
                      member("open", &Self::open),
                      member("lines", &Self::lines)};
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
  template <class Self = PledgeRecord>
  static constexpr auto fields() {
    return std::tuple{member("registered", &Self::registered), member("event", &Self::event),
                      member("donor", &Self::donor),           member("year", &Self::year),
                      member("currency", &Self::currency),     member("purpose", &Self::purpose),
                      member("source", &Self::source),         member("expires", &Self::expires),
                      member("state", &Self::state),           member("pledged", &Self::pledged),
                      member("committed", &Self::committed)};
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
  template <class Self = CommitmentRecord>
  static constexpr auto fields() {
    return std::tuple{member("registered", &Self::registered),
                      member("event", &Self::event),
                      member("pledge", &Self::pledge),
                      member("donor", &Self::donor),
                      member("receiver", &Self::receiver),
                      member("currency", &Self::currency),
                      member("year", &Self::year),
                      member("mode", &Self::mode),
                      member("reference", &Self::reference),
                      member("suspended", &Self::suspended),
                      member("terminated", &Self::terminated),
                      member("committed", &Self::committed),
                      member("disbursed", &Self::disbursed),
                      member("received", &Self::received),
                      member("refunded", &Self::refunded),
                      member("drawn", &Self::drawn),
                      member("open", &Self::open)};
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
  std::int64_t dispatched_quantity = 0;
  std::int64_t covers = 0;  ///< of the need's line (conservation.h)
  std::uint8_t open = 0;
  template <class Self = AllocationRecord>
  static constexpr auto fields() {
    return std::tuple{member("registered", &Self::registered),
                      member("event", &Self::event),
                      member("commitment", &Self::commitment),
                      member("need", &Self::need),
                      member("line", &Self::line),
                      member("quantity", &Self::quantity),
                      member("donor", &Self::donor),
                      member("implementer", &Self::implementer),
                      member("recipient", &Self::recipient),
                      member("mode", &Self::mode),
                      member("currency", &Self::currency),
                      member("consented_donor", &Self::consented_donor),
                      member("consented_recipient", &Self::consented_recipient),
                      member("cancelled", &Self::cancelled),
                      member("value", &Self::value),
                      member("released", &Self::released),
                      member("dispatched", &Self::dispatched),
                      member("dispatched_quantity", &Self::dispatched_quantity),
                      member("covers", &Self::covers),
                      member("open", &Self::open)};
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
  template <class Self = ConsignmentLine>
  static constexpr auto fields() {
    return std::tuple{member("line", &Self::line),
                      member("unit", &Self::unit),
                      member("value", &Self::value),
                      member("dispatched", &Self::dispatched),
                      member("received", &Self::received),
                      member("accepted", &Self::accepted),
                      member("rejected", &Self::rejected),
                      member("in_service", &Self::in_service),
                      member("lost_in_transit", &Self::lost_in_transit),
                      member("lost", &Self::lost),
                      member("returned_in_transit", &Self::returned_in_transit),
                      member("returned", &Self::returned),
                      member("checked", &Self::checked)};
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
  template <class Self = ConsignmentRecord>
  static constexpr auto fields() {
    return std::tuple{member("registered", &Self::registered),
                      member("event", &Self::event),
                      member("kind", &Self::kind),
                      member("allocation", &Self::allocation),
                      member("deliverer", &Self::deliverer),
                      member("donor", &Self::donor),
                      member("recipient", &Self::recipient),
                      member("currency", &Self::currency),
                      member("open", &Self::open),
                      member("lines", &Self::lines)};
  }
};

}  // namespace tallinn
