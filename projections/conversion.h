// Totals in one currency: a donor's ladder, each year's currencies summed at recorded exchange
// rates. Pure. Only shown: no balance and no rule ever uses a conversion (docs/domain.md, section
// 6).
#pragma once

#include <optional>

#include "events/date.h"
#include "events/parts.h"
#include "projections/ladder.h"

namespace tallinn {

/// A recorded rate: one unit of `base` is `rate` units of `quote`.
struct UsedRate {
  Currency base;
  Currency quote;
  DecimalRate rate;
  Day date;
  std::string source;
};

/// Minor units of one of the rate's two currencies as minor units of the other, `from` being the
/// one given: multiplied from base to quote, divided from quote to base; half to even. Nothing when
/// it does not fit 64 bits.
std::optional<std::int64_t> convert(std::int64_t minor, Currency from, const UsedRate& rate);

/// The newest rate between the two, in either direction, dated no later than `until` (nothing:
/// whenever). The pair as asked goes before its inverse of the same date.
std::optional<UsedRate> find_rate(ViewReader& views, Currency from, Currency to,
                                  std::optional<Day> until);

/// One year in one currency.
struct ConvertedRow {
  LadderRow total;
  std::vector<UsedRate> rates;  ///< each once, in the order of the currencies converted
};

/// By year. Every figure is converted by itself, so that rungs and losses may differ from closing
/// by minor units. Error not_found with the pair that no rate is recorded for, invalid_value when a
/// total does not fit.
Result<std::vector<ConvertedRow>> convert_ladder(ViewReader& views, const Ladder& ladder,
                                                 Currency into, std::optional<Day> until);

}  // namespace tallinn
