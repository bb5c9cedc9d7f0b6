// View records of corrections and assurance: corrected events, disputes, findings, attestations.
// Pure values. Keys: correction/<hex uuid of the corrected event>, dispute/<hex uuid>,
// finding/<name>, attestation/<party>/<hex uuid>, resolution/<exception>, waiting/<hex uuid of what
// waits>, awaited/<key of what it waits for>/<position of what waits>. `stands` false: the event
// that said it was declared wrong.
#pragma once

#include "events/assurance.h"
#include "projections/event_records.h"

namespace tallinn {

/// An exception about an event, kept while the event is corrected.
struct KeptException {
  std::string id;
  ExceptionRecord record;
  template <class Self = KeptException>
  static constexpr auto fields() {
    return std::tuple{member("id", &Self::id), member("record", &Self::record)};
  }
};

/// By the id of the event that declares another one wrong.
struct CorrectionRecord {
  static constexpr std::string_view kPrefix = "correction/";
  Uuid event;  ///< what it corrects
  ErrorReason reason{};
  std::vector<Uuid> replaced_by;
  bool stands = false;                    ///< it is what the event is corrected by now
  std::uint8_t depth = 1;                 ///< 1: of an event, 2: of a correction of an event...
  std::vector<KeptException> exceptions;  ///< about the event, while this stands
  template <class Self = CorrectionRecord>
  static constexpr auto fields() {
    return std::tuple{member("event", &Self::event),
                      member("reason", &Self::reason),
                      member("replaced_by", &Self::replaced_by),
                      member("stands", &Self::stands),
                      member("depth", &Self::depth),
                      member("exceptions", &Self::exceptions)};
  }
};

struct DisputeRecord {
  static constexpr std::string_view kPrefix = "dispute/";
  bool raised = false;  ///< and not taken back
  Uuid raised_by;
  Uuid event;
  PartyId by;
  std::string text;
  bool resolved = false;  ///< and that was not taken back
  std::optional<Uuid> resolved_by;
  std::optional<std::string> outcome;
  template <class Self = DisputeRecord>
  static constexpr auto fields() {
    return std::tuple{member("raised", &Self::raised),
                      member("raised_by", &Self::raised_by),
                      member("event", &Self::event),
                      member("by", &Self::by),
                      member("text", &Self::text),
                      member("resolved", &Self::resolved),
                      member("resolved_by", &Self::resolved_by),
                      member("outcome", &Self::outcome)};
  }
};

/// An ExceptionResolved that names an exception that is not open (yet).
struct ResolutionRecord {
  static constexpr std::string_view kPrefix = "resolution/";
  Uuid by;
  std::string outcome;
  template <class Self = ResolutionRecord>
  static constexpr auto fields() {
    return std::tuple{member("by", &Self::by), member("outcome", &Self::outcome)};
  }
};

/// What an event names another one as.
enum class NamedAs : std::uint8_t { disputed = 1, audited, replacing };

/// What an event names that is not known yet, though the event has its effect.
struct WaitingRecord {
  static constexpr std::string_view kPrefix = "waiting/";
  NamedAs as{};
  std::vector<Uuid> events;
  std::optional<PartyId> party;
  template <class Self = WaitingRecord>
  static constexpr auto fields() {
    return std::tuple{member("as", &Self::as), member("events", &Self::events),
                      member("party", &Self::party)};
  }
};

struct AwaitedRecord {
  Uuid by;
  template <class Self = AwaitedRecord>
  static constexpr auto fields() {
    return std::tuple{member("by", &Self::by)};
  }
};

struct ResponseRecord {
  Uuid event;
  PartyId by;
  std::string text;
  bool stands = true;
  template <class Self = ResponseRecord>
  static constexpr auto fields() {
    return std::tuple{member("event", &Self::event), member("by", &Self::by),
                      member("text", &Self::text), member("stands", &Self::stands)};
  }
};

struct FindingRecord {
  static constexpr std::string_view kPrefix = "finding/";
  bool registered = false;
  Uuid event;
  PartyId auditor;
  Severity severity{};
  std::optional<PartyId> auditee;
  std::vector<Uuid> events;
  std::string text;
  bool stands = true;
  std::vector<ResponseRecord> responses;
  template <class Self = FindingRecord>
  static constexpr auto fields() {
    return std::tuple{member("registered", &Self::registered),
                      member("event", &Self::event),
                      member("auditor", &Self::auditor),
                      member("severity", &Self::severity),
                      member("auditee", &Self::auditee),
                      member("events", &Self::events),
                      member("text", &Self::text),
                      member("stands", &Self::stands),
                      member("responses", &Self::responses)};
  }
};

struct AttestationRecord {
  static constexpr std::string_view kPrefix = "attestation/";
  Day from;
  Day to;
  bool agrees = false;
  std::vector<Figure> figures;
  std::optional<std::string> text;
  bool stands = true;
  template <class Self = AttestationRecord>
  static constexpr auto fields() {
    return std::tuple{member("from", &Self::from),     member("to", &Self::to),
                      member("agrees", &Self::agrees), member("figures", &Self::figures),
                      member("text", &Self::text),     member("stands", &Self::stands)};
  }
};

}  // namespace tallinn
