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
    return std::tuple{member("event", &ErrorDeclared::event),
                      member("reason", &ErrorDeclared::reason),
                      member("replaced_by", &ErrorDeclared::replaced_by, kMayBeEmpty)};
  }
};

struct DisputeRaised {
  Uuid event;
  std::string text;
  bool operator==(const DisputeRaised&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("event", &DisputeRaised::event),
                      member("text", &DisputeRaised::text, kLong)};
  }
};

struct DisputeResolved {
  Uuid dispute;
  std::string outcome;
  bool operator==(const DisputeResolved&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("dispute", &DisputeResolved::dispute),
                      member("outcome", &DisputeResolved::outcome, kLong)};
  }
};

struct ExceptionResolved {
  std::string exception;
  std::string outcome;
  std::string text;
  bool operator==(const ExceptionResolved&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("exception", &ExceptionResolved::exception),
                      member("outcome", &ExceptionResolved::outcome),
                      member("text", &ExceptionResolved::text, kLong)};
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
    return std::tuple{member("party", &ReconciliationAttested::party),
                      member("from", &ReconciliationAttested::from),
                      member("to", &ReconciliationAttested::to),
                      member("agrees", &ReconciliationAttested::agrees),
                      member("figures", &ReconciliationAttested::figures, kMayBeEmpty),
                      member("text", &ReconciliationAttested::text, kLong)};
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
    return std::tuple{member("finding", &AuditFindingRecorded::finding),
                      member("severity", &AuditFindingRecorded::severity),
                      member("auditee", &AuditFindingRecorded::auditee),
                      member("events", &AuditFindingRecorded::events, kMayBeEmpty),
                      member("text", &AuditFindingRecorded::text, kLong)};
  }
};

struct ManagementResponseRecorded {
  Name finding;
  std::string text;
  bool operator==(const ManagementResponseRecorded&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("finding", &ManagementResponseRecorded::finding),
                      member("text", &ManagementResponseRecorded::text, kLong)};
  }
};

}  // namespace tallinn
