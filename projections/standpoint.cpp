#include "projections/standpoint.h"

#include <algorithm>

#include "ledger/held_logs.h"
#include "ledger/text_lines.h"
#include "projections/event_rules.h"

namespace tallinn {
namespace {

constexpr std::string_view kNone = "none";

UnixMillis end_of_day(Day day) {
  return start_of(Day(day.value() + 1));
}

Result<std::vector<HeldLog>> parse_sizes(std::string_view text, const Charter& charter) {
  std::vector<HeldLog> out;
  if (text == kNone) return out;
  const NamedLogs how{
      .shape = "\"" + std::string(text.substr(0, 60)) +
               "\" is neither a date (2025-06-30) nor sizes as a report prints them "
               "(kyiv/1:120,warsaw/1:98)",
      .field = "known_on"};
  auto read =
      read_named_logs(text, charter, how, [&](LogId log, std::string_view said) -> Result<void> {
        const auto size = parse_decimal(said);
        if (!size) return refuse(Code::malformed, how.shape, how.field);
        out.push_back({log, LogSize(*size)});
        return {};
      });
  if (!read) return std::unexpected(read.error());
  return out;
}

}  // namespace

Result<Standpoint> parse_standpoint(std::string_view as_of, std::string_view known_on,
                                    const Charter& charter) {
  Standpoint out;
  if (!as_of.empty()) {
    const auto day = parse_day(as_of);
    if (!day) return refuse(Code::malformed, day.error().detail, "as_of");
    out.as_of = *day;
  }
  if (known_on.empty()) return out;
  if (const auto day = parse_day(known_on)) {
    out.known_on = *day;
    return out;
  }
  auto sizes = parse_sizes(known_on, charter);
  if (!sizes) return std::unexpected(sizes.error());
  out.sizes = *std::move(sizes);
  return out;
}

std::string format_sizes(const std::vector<HeldLog>& sizes, const Charter& charter) {
  std::string out;
  for (const auto& [log, size] : sizes) {
    if (!out.empty()) out += ',';
    out += short_origin(log, charter) + ":" + std::to_string(size.value());
  }
  return out.empty() ? std::string(kNone) : out;
}

Result<void> check_covers(const std::vector<HeldLog>& held, const Standpoint& standpoint,
                          const Charter& charter) {
  if (!standpoint.sizes) return {};
  for (const auto& [log, size] : *standpoint.sizes) {
    const LogSize have = size_in(held, log);
    if (have < size)
      return refuse(Code::not_found,
                    "only " + std::to_string(have.value()) + " entries of " + charter.origin(log) +
                        " are held here, " + std::to_string(size.value()) +
                        " are asked for: ask where they are held, or ask again later",
                    "known_on");
  }
  return {};
}

bool had_occurred(const OrderedEntry& entry, Day as_of) {
  if (!entry.event) return true;  // nobody can say
  if (rule_of(entry.event->body).governance ||
      std::holds_alternative<ErrorDeclared>(entry.event->body))
    return true;
  return end_of(entry.event->occurred) <= end_of_day(as_of);
}

bool StandpointFilter::was_known(const OrderedEntry& next) {
  const auto& [log, index] = next.position.place;
  if (standpoint_.sizes) {
    return index.value() < size_in(*standpoint_.sizes, log).value();
  }
  if (!standpoint_.known_on) return true;
  if (known_[log].value() < index.value()) return false;  // one before it was not
  return next.entry.recorded < end_of_day(*standpoint_.known_on) &&
         std::ranges::all_of(
             next.entry.seen,
             [&](const Seen& seen) { return known_[seen.log].value() >= seen.size.value(); });
}

bool StandpointFilter::counts(const OrderedEntry& next) {
  if (!was_known(next)) return false;
  known_[next.position.place.log] = LogSize(next.position.place.index.value() + 1);
  return !standpoint_.as_of || had_occurred(next, *standpoint_.as_of);
}

LogSize StandpointFilter::known_of(LogId log) const {
  const auto found = known_.find(log);
  return found == known_.end() ? LogSize(0) : found->second;
}

std::vector<HeldLog> StandpointFilter::known() const {
  if (standpoint_.sizes) return *standpoint_.sizes;
  std::vector<HeldLog> out;
  for (const auto& [log, size] : known_)
    if (size > LogSize(0)) out.push_back({log, size});
  return out;
}

}  // namespace tallinn
