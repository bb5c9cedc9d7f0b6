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
  template <class Self = ErrorDeclared>
  static constexpr auto fields() {
    return std::tuple{member("event", &Self::event), member("reason", &Self::reason),
                      member("replaced_by", &Self::replaced_by, kMayBeEmpty)};
  }
};

struct DisputeRaised {
  Uuid event;
  std::string text;
  bool operator==(const DisputeRaised&) const = default;
  template <class Self = DisputeRaised>
  static constexpr auto fields() {
    return std::tuple{member("event", &Self::event), member("text", &Self::text, kLong)};
  }
};

struct DisputeResolved {
  Uuid dispute;
  std::string outcome;
  bool operator==(const DisputeResolved&) const = default;
  template <class Self = DisputeResolved>
  static constexpr auto fields() {
    return std::tuple{member("dispute", &Self::dispute), member("outcome", &Self::outcome, kLong)};
  }
};

struct ExceptionResolved {
  std::string exception;
  std::string outcome;
  std::string text;
  bool operator==(const ExceptionResolved&) const = default;
  template <class Self = ExceptionResolved>
  static constexpr auto fields() {
    return std::tuple{member("exception", &Self::exception), member("outcome", &Self::outcome),
                      member("text", &Self::text, kLong)};
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
  template <class Self = ReconciliationAttested>
  static constexpr auto fields() {
    return std::tuple{member("party", &Self::party),
                      member("from", &Self::from),
                      member("to", &Self::to),
                      member("agrees", &Self::agrees),
                      member("figures", &Self::figures, kMayBeEmpty),
                      member("text", &Self::text, kLong)};
  }
};

struct AuditFindingRecorded {
  Name finding;
  Severity severity{};
  std::optional<PartyId> auditee;
  std::vector<Uuid> events;
  std::string text;
  bool operator==(const AuditFindingRecorded&) const = default;
  template <class Self = AuditFindingRecorded>
  static constexpr auto fields() {
    return std::tuple{member("finding", &Self::finding), member("severity", &Self::severity),
                      member("auditee", &Self::auditee),
                      member("events", &Self::events, kMayBeEmpty),
                      member("text", &Self::text, kLong)};
  }
};

struct ManagementResponseRecorded {
  Name finding;
  std::string text;
  bool operator==(const ManagementResponseRecorded&) const = default;
  template <class Self = ManagementResponseRecorded>
  static constexpr auto fields() {
    return std::tuple{member("finding", &Self::finding), member("text", &Self::text, kLong)};
  }
};

}  // namespace tallinn
