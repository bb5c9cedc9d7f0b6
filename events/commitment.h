// Commitment events (decisions of the back office) and the facts of money moving under a
// commitment. Pure values; shapes and meanings are docs/domain.md's, field order is
// events/event.fbs's.
#pragma once

#include "events/parts.h"

namespace tallinn {

struct CommitmentSigned {
  Name commitment;
  std::optional<Name> pledge;
  PartyId donor;
  PartyId receiver;
  Money value;
  Mode mode{};
  Agreement agreement;
  bool operator==(const CommitmentSigned&) const = default;
  template <class Self = CommitmentSigned>
  static constexpr auto fields() {
    return std::tuple{member("commitment", &Self::commitment), member("pledge", &Self::pledge),
                      member("donor", &Self::donor),           member("receiver", &Self::receiver),
                      member("value", &Self::value),           member("mode", &Self::mode),
                      member("agreement", &Self::agreement)};
  }
};

struct CommitmentAmended {
  Name commitment;
  Money change;
  std::string reason;
  bool operator==(const CommitmentAmended&) const = default;
  template <class Self = CommitmentAmended>
  static constexpr auto fields() {
    return std::tuple{member("commitment", &Self::commitment),
                      member("change", &Self::change, kChange),
                      member("reason", &Self::reason, kLong)};
  }
};

struct CommitmentSuspended {
  Name commitment;
  std::string reason;
  bool operator==(const CommitmentSuspended&) const = default;
  template <class Self = CommitmentSuspended>
  static constexpr auto fields() {
    return std::tuple{member("commitment", &Self::commitment),
                      member("reason", &Self::reason, kLong)};
  }
};

struct CommitmentResumed {
  Name commitment;
  std::string reason;
  bool operator==(const CommitmentResumed&) const = default;
  template <class Self = CommitmentResumed>
  static constexpr auto fields() {
    return std::tuple{member("commitment", &Self::commitment),
                      member("reason", &Self::reason, kLong)};
  }
};

struct CommitmentTerminated {
  Name commitment;
  std::string reason;
  bool operator==(const CommitmentTerminated&) const = default;
  template <class Self = CommitmentTerminated>
  static constexpr auto fields() {
    return std::tuple{member("commitment", &Self::commitment),
                      member("reason", &Self::reason, kLong)};
  }
};

struct FundsDisbursed {
  Name commitment;
  Money value;
  Day value_date;
  PartyId payer;
  PartyId payee;
  bool operator==(const FundsDisbursed&) const = default;
  template <class Self = FundsDisbursed>
  static constexpr auto fields() {
    return std::tuple{member("commitment", &Self::commitment), member("value", &Self::value),
                      member("value_date", &Self::value_date), member("payer", &Self::payer),
                      member("payee", &Self::payee)};
  }
};

struct FundsReceived {
  Name commitment;
  Money value;
  Day value_date;
  PartyId payee;
  bool operator==(const FundsReceived&) const = default;
  template <class Self = FundsReceived>
  static constexpr auto fields() {
    return std::tuple{member("commitment", &Self::commitment), member("value", &Self::value),
                      member("value_date", &Self::value_date), member("payee", &Self::payee)};
  }
};

struct FundsRefunded {
  Name commitment;
  Money value;
  Day value_date;
  std::string reason;
  bool operator==(const FundsRefunded&) const = default;
  template <class Self = FundsRefunded>
  static constexpr auto fields() {
    return std::tuple{member("commitment", &Self::commitment), member("value", &Self::value),
                      member("value_date", &Self::value_date),
                      member("reason", &Self::reason, kLong)};
  }
};

}  // namespace tallinn
