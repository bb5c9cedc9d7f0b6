// View records of corrections and assurance: corrected events, disputes, findings, attestations.
// Pure values. Keys: correction/<hex uuid of the corrected event>, dispute/<hex uuid>,
// finding/<name>, attestation/<party>/<hex uuid>.
#pragma once

#include "events/assurance.h"
#include "projections/record_codec.h"

namespace tallinn {

struct CorrectionRecord {
  static constexpr std::string_view kPrefix = "correction/";
  Uuid by;
  ErrorReason reason{};
  std::vector<Uuid> replaced_by;
  static constexpr auto fields() {
    return std::tuple{member("by", &CorrectionRecord::by),
                      member("reason", &CorrectionRecord::reason),
                      member("replaced_by", &CorrectionRecord::replaced_by)};
  }
};

struct DisputeRecord {
  static constexpr std::string_view kPrefix = "dispute/";
  Uuid event;
  PartyId by;
  std::string text;
  std::optional<Uuid> resolved_by;
  std::optional<std::string> outcome;
  static constexpr auto fields() {
    return std::tuple{member("event", &DisputeRecord::event), member("by", &DisputeRecord::by),
                      member("text", &DisputeRecord::text),
                      member("resolved_by", &DisputeRecord::resolved_by),
                      member("outcome", &DisputeRecord::outcome)};
  }
};

struct ResponseRecord {
  Uuid event;
  PartyId by;
  std::string text;
  static constexpr auto fields() {
    return std::tuple{member("event", &ResponseRecord::event), member("by", &ResponseRecord::by),
                      member("text", &ResponseRecord::text)};
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
  static constexpr auto fields() {
    using A = AttestationRecord;
    return std::tuple{member("from", &A::from), member("to", &A::to), member("agrees", &A::agrees),
                      member("figures", &A::figures), member("text", &A::text)};
  }
};

}  // namespace tallinn
