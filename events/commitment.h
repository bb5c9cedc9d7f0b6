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
  static constexpr auto fields() {
    return std::tuple{member("commitment", &CommitmentSigned::commitment),
                      member("pledge", &CommitmentSigned::pledge),
                      member("donor", &CommitmentSigned::donor),
                      member("receiver", &CommitmentSigned::receiver),
                      member("value", &CommitmentSigned::value),
                      member("mode", &CommitmentSigned::mode),
                      member("agreement", &CommitmentSigned::agreement)};
  }
};

struct CommitmentAmended {
  Name commitment;
  Money change;
  std::string reason;
  bool operator==(const CommitmentAmended&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("commitment", &CommitmentAmended::commitment),
                      member("change", &CommitmentAmended::change, kChange),
                      member("reason", &CommitmentAmended::reason, kLong)};
  }
};

struct CommitmentSuspended {
  Name commitment;
  std::string reason;
  bool operator==(const CommitmentSuspended&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("commitment", &CommitmentSuspended::commitment),
                      member("reason", &CommitmentSuspended::reason, kLong)};
  }
};

struct CommitmentResumed {
  Name commitment;
  std::string reason;
  bool operator==(const CommitmentResumed&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("commitment", &CommitmentResumed::commitment),
                      member("reason", &CommitmentResumed::reason, kLong)};
  }
};

struct CommitmentTerminated {
  Name commitment;
  std::string reason;
  bool operator==(const CommitmentTerminated&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("commitment", &CommitmentTerminated::commitment),
                      member("reason", &CommitmentTerminated::reason, kLong)};
  }
};

struct FundsDisbursed {
  Name commitment;
  Money value;
  Day value_date;
  PartyId payer;
  PartyId payee;
  bool operator==(const FundsDisbursed&) const = default;
  static constexpr auto fields() {
    return std::tuple{
        member("commitment", &FundsDisbursed::commitment), member("value", &FundsDisbursed::value),
        member("value_date", &FundsDisbursed::value_date), member("payer", &FundsDisbursed::payer),
        member("payee", &FundsDisbursed::payee)};
  }
};

struct FundsReceived {
  Name commitment;
  Money value;
  Day value_date;
  PartyId payee;
  bool operator==(const FundsReceived&) const = default;
  static constexpr auto fields() {
    return std::tuple{
        member("commitment", &FundsReceived::commitment), member("value", &FundsReceived::value),
        member("value_date", &FundsReceived::value_date), member("payee", &FundsReceived::payee)};
  }
};

struct FundsRefunded {
  Name commitment;
  Money value;
  Day value_date;
  std::string reason;
  bool operator==(const FundsRefunded&) const = default;
  static constexpr auto fields() {
    return std::tuple{member("commitment", &FundsRefunded::commitment),
                      member("value", &FundsRefunded::value),
                      member("value_date", &FundsRefunded::value_date),
                      member("reason", &FundsRefunded::reason, kLong)};
  }
};

}  // namespace tallinn
