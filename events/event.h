// Event: what a party states, as a value; and the exact bytes that it signs.
// Pure. One event has exactly one byte string: `encode_event` is the only encoder, and
// `decode_event` refuses bytes that it would not make again. Format: FlatBuffers table Event of
// events/event.fbs, identifier "TLEV".
#pragma once

#include <variant>

#include "events/allocation.h"
#include "events/assurance.h"
#include "events/commitment.h"
#include "events/delivery.h"
#include "events/governance.h"
#include "events/need.h"
#include "events/pledge.h"
#include "events/result.h"

namespace tallinn {

/// In the order of the union in event.fbs: the type number of an event is its place here plus 1.
using BodyVariant = std::variant<
    PartyAdmitted, PartyWithdrawn, KeyEnrolled, KeyRevoked, LogSealed, LogOpened,
    ExchangeRateRecorded,                                                                //
    NeedRegistered, NeedRevised, NeedEndorsed, NeedRejected, NeedWithdrawn, NeedClosed,  //
    PledgeAnnounced, PledgeAmended, PledgeWithdrawn, PledgeLapsed,                       //
    CommitmentSigned, CommitmentAmended, CommitmentSuspended, CommitmentResumed,
    CommitmentTerminated,                                                              //
    FundsDisbursed, FundsReceived, FundsRefunded,                                      //
    AllocationProposed, AllocationConsented, AllocationReleased, AllocationCancelled,  //
    ConsignmentDispatched, GoodsReceived, ServiceRendered, DeliveryAccepted, DeliveryRejected,
    ConsignmentReturned, LossReported, PlacedInService, EndUseChecked, ValuationRecorded,  //
    ErrorDeclared, DisputeRaised, DisputeResolved, ExceptionResolved,                      //
    ReconciliationAttested, AuditFindingRecorded, ManagementResponseRecorded>;

/// A variant of its own name, so that copying and destroying 46 types is compiled once, in
/// event.cpp.
struct Body : BodyVariant {
  using Alternatives = BodyVariant;
  using BodyVariant::BodyVariant;
  Body();
  Body(const Body&);
  Body(Body&&) noexcept;
  Body& operator=(const Body&);
  Body& operator=(Body&&) noexcept;
  ~Body();
  bool operator==(const Body&) const;
};
template <>
inline constexpr bool is_variant<Body> = true;

/// The schema version that this build writes and understands.
inline constexpr std::uint16_t kSchema = 1;

struct Event {
  std::uint16_t schema = kSchema;
  Uuid id;
  PartyId author;
  When occurred;
  std::vector<Document> documents;
  std::vector<Withheld> withheld;
  std::optional<NoteText> note;
  Body body;

  bool operator==(const Event&) const = default;
  template <class Self = Event>
  static constexpr auto fields() {
    return std::tuple{member("schema", &Self::schema),
                      member("id", &Self::id),
                      member("author", &Self::author),
                      member("occurred", &Self::occurred),
                      member("documents", &Self::documents, kMayBeEmpty),
                      member("withheld", &Self::withheld, kMayBeEmpty),
                      member("note", &Self::note),
                      member("body", &Self::body)};
  }
};

/// "PledgeAnnounced"; also the JSON spelling.
std::string_view type_name(const Body& body);
/// Every type name in union order.
std::span<const std::string_view> type_names();
/// An empty body of that type, or nothing.
std::optional<Body> body_of_type(std::string_view name);

/// The one encoding. Asserts nothing about values; bounds are check_values' to refuse.
Bytes encode_event(const Event& event);

/// Error malformed (with the field where one is at fault): over kMaxEventBytes, not a canonical
/// Event of a schema up to kSchema, unknown type or enumeration value, text that is not NFC UTF-8.
/// Cost: linear, about 2 microseconds.
Result<Event> decode_event(BytesView bytes);

/// What can be told of an event of any schema, also a newer one: enough to store and index it.
struct EventHeader {
  std::uint16_t schema;
  Uuid id;
};
Result<EventHeader> decode_event_header(BytesView bytes);

/// The bounds of events/limits.h and the signs and ranges of numbers: invalid_value with the field,
/// or nothing. `now` bounds `occurred` (at most 24 h ahead).
Result<void> check_values(const Event& event, UnixMillis now);

}  // namespace tallinn
