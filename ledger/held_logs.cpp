#include "ledger/held_logs.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace tallinn {

LogSize size_in(const std::vector<HeldLog>& held, LogId log) {
  const auto at = std::ranges::lower_bound(held, log, {}, &HeldLog::log);
  return at != held.end() && at->log == log ? at->size : LogSize(0);
}

std::vector<HeldLog> merged(const std::vector<HeldLog>& one, const std::vector<HeldLog>& other) {
  std::vector<HeldLog> both(one.size() + other.size());
  std::ranges::merge(one, other, both.begin(), {}, &HeldLog::log, &HeldLog::log);
  std::vector<HeldLog> out;
  out.reserve(both.size());
  for (const HeldLog& log : both)
    if (!out.empty() && out.back().log == log.log)
      out.back().size = std::max(out.back().size, log.size);
    else
      out.push_back(log);
  return out;
}

std::uint64_t missing_from(const std::vector<HeldLog>& here, const std::vector<HeldLog>& there) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t missing = 0;
  for (const HeldLog& log : there) {
    const LogSize held = size_in(here, log.log);
    if (held >= log.size) continue;
    const std::uint64_t more = log.size.value() - held.value();
    missing = more > kMost - missing ? kMost : missing + more;
  }
  return missing;
}

std::string short_origin(LogId log, const Charter& charter) {
  return charter.origin(log).substr(charter.ledger.size() + 1);
}

Result<void> read_named_logs(std::string_view text, const Charter& charter, const NamedLogs& how,
                             const std::function<Result<void>(LogId, std::string_view)>& take) {
  const auto misshapen = [&] { return refuse(Code::malformed, how.shape, how.field); };
  std::optional<LogId> last;
  for (;;) {
    const std::size_t comma = text.find(',');
    const std::string_view one = text.substr(0, comma);
    const std::size_t colon = one.find(':');
    if (colon == std::string_view::npos) return misshapen();
    const std::string name(one.substr(0, colon));
    const auto log = charter.parse_origin(charter.ledger + "/" + name);
    if (!log)
      return refuse(Code::not_found, "the ledger has no log " + name.substr(0, 60), how.field);
    if (last && !(*last < *log)) return misshapen();
    last = *log;
    if (auto taken = take(*log, one.substr(colon + 1)); !taken) return taken;
    if (comma == std::string_view::npos) return {};
    text.remove_prefix(comma + 1);
  }
}

}  // namespace tallinn
