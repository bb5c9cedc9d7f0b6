// Standpoint: which facts a report counts, on two clocks: when they occurred, and when they became
// known. Pure. The same standpoint over the same logs gives the same report to the byte, whenever
// it is asked for (docs/domain.md, "As of, on two clocks").
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/date.h"
#include "ledger/charter.h"
#include "ledger/order.h"
#include "projections/fold.h"

namespace tallinn {

struct Standpoint {
  /// Only what had occurred by the end of that day, 24:00 UTC; nothing: whenever it occurred.
  std::optional<Day> as_of;
  /// Only what was recorded by the end of that day: of each log the entries before the first that
  /// was recorded later.
  std::optional<Day> known_on;
  /// Only entries within these sizes, exactly; a log that is not named counts as empty. Nothing:
  /// whatever is held. Not together with known_on.
  std::optional<std::vector<HeldLog>> sizes;

  bool operator==(const Standpoint&) const = default;
  /// Everything counts.
  bool is_now() const { return *this == Standpoint{}; }
};

/// `as_of`: a day, or empty. `known_on`: a day, sizes as reports print them
/// ("kyiv/1:120,warsaw/1:98"), or empty. Error malformed with the field, or not_found for an office
/// that the charter does not name.
Result<Standpoint> parse_standpoint(std::string_view as_of, std::string_view known_on,
                                    const Charter& charter);

/// "kyiv/1:120,warsaw/1:98", in the order of the logs; "none" where nothing is held.
std::string format_sizes(const std::vector<HeldLog>& sizes, const Charter& charter);

/// Are the logs held as far as the standpoint names them? Error not_found with the first that is
/// not.
Result<void> check_covers(const std::vector<HeldLog>& held, const Standpoint& standpoint,
                          const Charter& charter);

/// Had it occurred? A period counts when all of it had passed. Governance and corrections always
/// count: they say who may speak, and what was mistaken, not what happened.
bool had_occurred(const OrderedEntry& entry, Day as_of);

/// Which of the entries count, asked in the total order from the first one on.
class StandpointFilter {
 public:
  explicit StandpointFilter(Standpoint standpoint) : standpoint_(std::move(standpoint)) {}
  /// By day, what an entry has seen is known before it: where clocks differ, the entry counts as
  /// not yet known, and so does all that follows it in its log.
  bool counts(const OrderedEntry& next);
  /// How many entries of that log were known so far.
  LogSize known_of(LogId log) const;
  /// What was known of each log so far, whether or not it had occurred; the sizes asked for, where
  /// they were.
  std::vector<HeldLog> known() const;

 private:
  bool was_known(const OrderedEntry& next);

  const Standpoint standpoint_;
  std::map<LogId, LogSize> known_;
};

}  // namespace tallinn
