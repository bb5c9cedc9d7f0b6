// Correction and assurance events: errors, disputes, attestations, findings.
// Pure values; shapes and meanings are docs/domain.md's, field order is events/event.fbs's.
#pragma once

#include "events/parts.h"

namespace tallinn {

struct ErrorDeclared {
  Uuid event;
  ErrorReason reason{};
  std::vector<Uuid> replaced_by;
  bool operator==(const ErrorDeclared&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("event", &ErrorDeclared::event),
                      field("reason", &ErrorDeclared::reason),
                      field("replaced_by", &ErrorDeclared::replaced_by, kMayBeEmpty)};
  }
};

struct DisputeRaised {
  Uuid event;
  std::string text;
  bool operator==(const DisputeRaised&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("event", &DisputeRaised::event),
                      field("text", &DisputeRaised::text, kLong)};
  }
};

struct DisputeResolved {
  Uuid dispute;
  std::string outcome;
  bool operator==(const DisputeResolved&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("dispute", &DisputeResolved::dispute),
                      field("outcome", &DisputeResolved::outcome, kLong)};
  }
};

struct ExceptionResolved {
  std::string exception;
  std::string outcome;
  std::string text;
  bool operator==(const ExceptionResolved&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("exception", &ExceptionResolved::exception),
                      field("outcome", &ExceptionResolved::outcome),
                      field("text", &ExceptionResolved::text, kLong)};
  }
};

struct ReconciliationAttested {
  PartyId party;
  Day from;
  Day to;
  bool agrees = false;
  std::vector<Figure> figures;
  std::optional<std::string> text;
  bool operator==(const ReconciliationAttested&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("party", &ReconciliationAttested::party),
                      field("from", &ReconciliationAttested::from),
                      field("to", &ReconciliationAttested::to),
                      field("agrees", &ReconciliationAttested::agrees),
                      field("figures", &ReconciliationAttested::figures, kMayBeEmpty),
                      field("text", &ReconciliationAttested::text, kLong)};
  }
};

struct AuditFindingRecorded {
  Name finding;
  Severity severity{};
  std::optional<PartyId> auditee;
  std::vector<Uuid> events;
  std::string text;
  bool operator==(const AuditFindingRecorded&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("finding", &AuditFindingRecorded::finding),
                      field("severity", &AuditFindingRecorded::severity),
                      field("auditee", &AuditFindingRecorded::auditee),
                      field("events", &AuditFindingRecorded::events, kMayBeEmpty),
                      field("text", &AuditFindingRecorded::text, kLong)};
  }
};

struct ManagementResponseRecorded {
  Name finding;
  std::string text;
  bool operator==(const ManagementResponseRecorded&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("finding", &ManagementResponseRecorded::finding),
                      field("text", &ManagementResponseRecorded::text, kLong)};
  }
};

}  // namespace tallinn
