// Commitment events (decisions of the back office) and the facts of money moving under a commitment.
// Pure values; shapes and meanings are docs/domain.md's, field order is events/event.fbs's.
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
    return std::tuple{field("commitment", &CommitmentSigned::commitment),
                      field("pledge", &CommitmentSigned::pledge),
                      field("donor", &CommitmentSigned::donor),
                      field("receiver", &CommitmentSigned::receiver),
                      field("value", &CommitmentSigned::value),
                      field("mode", &CommitmentSigned::mode),
                      field("agreement", &CommitmentSigned::agreement)};
  }
};

struct CommitmentAmended {
  Name commitment;
  Money change;
  std::string reason;
  bool operator==(const CommitmentAmended&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("commitment", &CommitmentAmended::commitment),
                      field("change", &CommitmentAmended::change, kChange),
                      field("reason", &CommitmentAmended::reason, kLong)};
  }
};

struct CommitmentSuspended {
  Name commitment;
  std::string reason;
  bool operator==(const CommitmentSuspended&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("commitment", &CommitmentSuspended::commitment),
                      field("reason", &CommitmentSuspended::reason, kLong)};
  }
};

struct CommitmentResumed {
  Name commitment;
  std::string reason;
  bool operator==(const CommitmentResumed&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("commitment", &CommitmentResumed::commitment),
                      field("reason", &CommitmentResumed::reason, kLong)};
  }
};

struct CommitmentTerminated {
  Name commitment;
  std::string reason;
  bool operator==(const CommitmentTerminated&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("commitment", &CommitmentTerminated::commitment),
                      field("reason", &CommitmentTerminated::reason, kLong)};
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
    return std::tuple{field("commitment", &FundsDisbursed::commitment),
                      field("value", &FundsDisbursed::value),
                      field("value_date", &FundsDisbursed::value_date),
                      field("payer", &FundsDisbursed::payer),
                      field("payee", &FundsDisbursed::payee)};
  }
};

struct FundsReceived {
  Name commitment;
  Money value;
  Day value_date;
  PartyId payee;
  bool operator==(const FundsReceived&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("commitment", &FundsReceived::commitment),
                      field("value", &FundsReceived::value),
                      field("value_date", &FundsReceived::value_date),
                      field("payee", &FundsReceived::payee)};
  }
};

struct FundsRefunded {
  Name commitment;
  Money value;
  Day value_date;
  std::string reason;
  bool operator==(const FundsRefunded&) const = default;
  static constexpr auto fields() {
    return std::tuple{field("commitment", &FundsRefunded::commitment),
                      field("value", &FundsRefunded::value),
                      field("value_date", &FundsRefunded::value_date),
                      field("reason", &FundsRefunded::reason, kLong)};
  }
};

}  // namespace tallinn
