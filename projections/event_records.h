// View records about events themselves: where each stands, what it did, and whose trail it is in.
// Pure values. Keys: event/<hex uuid>, trail/<party>/<position>, move/<aggregate>/<position>,
// exception/<code>/<subject>.
#pragma once

#include "events/parts.h"
#include "projections/record_codec.h"

namespace tallinn {

/// What an entry did: applied, or the code why not.
enum class Effect : std::uint8_t {
  applied = 1,
  not_admissible,      ///< void: authority, bounds or a rule of its home failed
  duplicate_id,        ///< the id was taken by other bytes
  duplicate_name,      ///< the name was registered before
  unknown_reference,   ///< waits for what it names
  wrong_counterparty,  ///< signed by another party than what it names says
  unit_mismatch,       ///< currency or unit differs from what it names
  unknown_type         ///< newer than this build
};
template <>
struct Spelling<Effect> {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"applied", "not_admissible", "duplicate_id", "duplicate_name", "unknown_reference",
       "wrong_counterparty", "unit_mismatch", "unknown_type"});
};

struct EventRecord {
  static constexpr std::string_view kPrefix = "event/";
  Position position;
  std::uint8_t type = 0;  ///< place in Body plus 1; 0: unknown
  PartyId author;
  Digest bytes;  ///< SHA-256 of the event's bytes
  Effect effect{};
  std::uint8_t home = 0;         ///< an OfficeRole, or 0 for a fact
  std::vector<PartyId> parties;  ///< whose trails it stands in
  std::vector<PartyId> signers;
  std::vector<std::string> touched;  ///< aggregates with a movement of it, records it changed
  std::optional<Uuid> corrected_by;
  template <class Self = EventRecord>
  static constexpr auto fields() {
    return std::tuple{
        member("position", &Self::position), member("type", &Self::type),
        member("author", &Self::author),     member("bytes", &Self::bytes),
        member("effect", &Self::effect),     member("home", &Self::home),
        member("parties", &Self::parties),   member("signers", &Self::signers),
        member("touched", &Self::touched),   member("corrected_by", &Self::corrected_by)};
  }
};

struct TrailRecord {
  Digest leaf;  ///< RFC 6962 leaf hash of the entry
  Uuid event;
  std::uint8_t type = 0;
  When occurred;
  UnixMillis recorded;
  std::vector<PublicKey> signers;
  Effect effect{};
  template <class Self = TrailRecord>
  static constexpr auto fields() {
    return std::tuple{member("leaf", &Self::leaf),         member("event", &Self::event),
                      member("type", &Self::type),         member("occurred", &Self::occurred),
                      member("recorded", &Self::recorded), member("signers", &Self::signers),
                      member("effect", &Self::effect)};
  }
};

/// A governance entry's record: what the chain is made from.
struct GovernanceRecord {
  Uuid event;
  Digest leaf;
  UnixMillis recorded;
  std::vector<PublicKey> signers;
  template <class Self = GovernanceRecord>
  static constexpr auto fields() {
    return std::tuple{member("event", &Self::event), member("leaf", &Self::leaf),
                      member("recorded", &Self::recorded), member("signers", &Self::signers)};
  }
};

enum class MovementKind : std::uint8_t {
  registered = 1,
  revised,
  endorsed,
  withdrawn,
  lapsed,
  closed,  // needs, pledges
  amended,
  committed,
  suspended,
  resumed,
  terminated,
  disbursed,
  received,
  refunded,  // money
  drawn,
  consented_donor,
  consented_recipient,
  released,
  cancelled,  // allocations
  dispatched,
  rendered,
  accepted,
  rejected,
  returned_in_transit,
  returned,
  lost_in_transit,
  lost,
  placed_in_service,
  checked,
  valued  // goods
};
template <>
struct Spelling<MovementKind> {
  static constexpr auto kNames = std::to_array<std::string_view>({"registered",
                                                                  "revised",
                                                                  "endorsed",
                                                                  "withdrawn",
                                                                  "lapsed",
                                                                  "closed",
                                                                  "amended",
                                                                  "committed",
                                                                  "suspended",
                                                                  "resumed",
                                                                  "terminated",
                                                                  "disbursed",
                                                                  "received",
                                                                  "refunded",
                                                                  "drawn",
                                                                  "consented_donor",
                                                                  "consented_recipient",
                                                                  "released",
                                                                  "cancelled",
                                                                  "dispatched",
                                                                  "rendered",
                                                                  "accepted",
                                                                  "rejected",
                                                                  "returned_in_transit",
                                                                  "returned",
                                                                  "lost_in_transit",
                                                                  "lost",
                                                                  "placed_in_service",
                                                                  "checked",
                                                                  "valued"});
};

/// Does a movement count in its aggregate's sums?
enum class MovementStanding : std::uint8_t {
  counts = 1,
  corrected,
  wrong_counterparty,
  unit_mismatch,
  awaits_payment  ///< said by a payee whose payment is not known (any more)
};

struct LineMove {
  LineNumber line;
  Quantity quantity;
  Unit unit{};             ///< where the event says it
  std::int64_t minor = 0;  ///< where the event says a value
  Currency currency;
  template <class Self = LineMove>
  static constexpr auto fields() {
    return std::tuple{member("line", &Self::line), member("quantity", &Self::quantity),
                      member("unit", &Self::unit), member("minor", &Self::minor),
                      member("currency", &Self::currency)};
  }
};

/// What one event did to one aggregate. An aggregate's record is the sum of its movements that
/// count.
struct Movement {
  Uuid event;
  MovementKind kind{};
  MovementStanding standing = MovementStanding::counts;
  Money amount;
  std::string child;  ///< the aggregate below, for example "commitment/EE-2024-C1"
  std::vector<LineMove> lines;
  template <class Self = Movement>
  static constexpr auto fields() {
    return std::tuple{member("event", &Self::event),       member("kind", &Self::kind),
                      member("standing", &Self::standing), member("amount", &Self::amount),
                      member("child", &Self::child),       member("lines", &Self::lines)};
  }
};

enum class ExceptionState : std::uint8_t { open = 1, resolved };
template <>
struct Spelling<ExceptionState> {
  static constexpr auto kNames = std::to_array<std::string_view>({"open", "resolved"});
};

struct ExceptionRecord {
  static constexpr std::string_view kPrefix = "exception/";
  std::vector<Uuid> events;
  ExceptionState state = ExceptionState::open;
  std::string text;
  std::optional<Uuid> resolved_by;
  std::optional<std::string> outcome;
  template <class Self = ExceptionRecord>
  static constexpr auto fields() {
    return std::tuple{member("events", &Self::events), member("state", &Self::state),
                      member("text", &Self::text), member("resolved_by", &Self::resolved_by),
                      member("outcome", &Self::outcome)};
  }
};

}  // namespace tallinn
