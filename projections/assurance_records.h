// View records of corrections and assurance: corrected events, disputes, findings, attestations.
// Pure values. Keys: correction/<hex uuid of the corrected event>, dispute/<hex uuid>,
// finding/<name>, attestation/<party>/<hex uuid>, resolution/<exception>. `stands` false: the event
// that said it was declared wrong.
#pragma once

#include "events/assurance.h"
#include "projections/event_records.h"

namespace tallinn {

/// An exception about an event, kept while the event is corrected.
struct KeptException {
  std::string id;
  ExceptionRecord record;
  static constexpr auto fields() {
    return std::tuple{member("id", &KeptException::id), member("record", &KeptException::record)};
  }
};

struct CorrectionRecord {
  static constexpr std::string_view kPrefix = "correction/";
  Uuid by;
  ErrorReason reason{};
  std::vector<Uuid> replaced_by;
  bool stands = true;
  std::uint8_t depth = 1;  ///< 1: of an event, 2: of a correction of an event...
  std::vector<KeptException> exceptions;
  static constexpr auto fields() {
    return std::tuple{member("by", &CorrectionRecord::by),
                      member("reason", &CorrectionRecord::reason),
                      member("replaced_by", &CorrectionRecord::replaced_by),
                      member("stands", &CorrectionRecord::stands),
                      member("depth", &CorrectionRecord::depth),
                      member("exceptions", &CorrectionRecord::exceptions)};
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
  static constexpr auto fields() {
    return std::tuple{member("raised", &DisputeRecord::raised),
                      member("raised_by", &DisputeRecord::raised_by),
                      member("event", &DisputeRecord::event),
                      member("by", &DisputeRecord::by),
                      member("text", &DisputeRecord::text),
                      member("resolved", &DisputeRecord::resolved),
                      member("resolved_by", &DisputeRecord::resolved_by),
                      member("outcome", &DisputeRecord::outcome)};
  }
};

/// An ExceptionResolved that names an exception that is not open (yet).
struct ResolutionRecord {
  static constexpr std::string_view kPrefix = "resolution/";
  Uuid by;
  std::string outcome;
  static constexpr auto fields() {
    return std::tuple{member("by", &ResolutionRecord::by),
                      member("outcome", &ResolutionRecord::outcome)};
  }
};

struct ResponseRecord {
  Uuid event;
  PartyId by;
  std::string text;
  bool stands = true;
  static constexpr auto fields() {
    return std::tuple{member("event", &ResponseRecord::event), member("by", &ResponseRecord::by),
                      member("text", &ResponseRecord::text),
                      member("stands", &ResponseRecord::stands)};
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
  static constexpr auto fields() {
    using F = FindingRecord;
    return std::tuple{member("registered", &F::registered),
                      member("event", &F::event),
                      member("auditor", &F::auditor),
                      member("severity", &F::severity),
                      member("auditee", &F::auditee),
                      member("events", &F::events),
                      member("text", &F::text),
                      member("stands", &F::stands),
                      member("responses", &F::responses)};
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
  static constexpr auto fields() {
    using A = AttestationRecord;
    return std::tuple{member("from", &A::from),     member("to", &A::to),
                      member("agrees", &A::agrees), member("figures", &A::figures),
                      member("text", &A::text),     member("stands", &A::stands)};
  }
};

}  // namespace tallinn
