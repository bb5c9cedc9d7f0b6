#include "ledger/held_logs.h"

#include <algorithm>
#include <optional>

namespace tallinn {

LogSize size_in(const std::vector<HeldLog>& held, LogId log) {
  const auto at = std::ranges::lower_bound(held, log, {}, &HeldLog::log);
  return at != held.end() && at->log == log ? at->size : LogSize(0);
}

std::vector<HeldLog> merged(const std::vector<HeldLog>& one, const std::vector<HeldLog>& other) {
  std::vector<HeldLog> out = one;
  for (const HeldLog& log : other) {
    const auto at = std::ranges::lower_bound(out, log.log, {}, &HeldLog::log);
    if (at != out.end() && at->log == log.log)
      at->size = std::max(at->size, log.size);
    else
      out.insert(at, log);
  }
  return out;
}

std::uint64_t missing_from(const std::vector<HeldLog>& here, const std::vector<HeldLog>& there) {
  std::uint64_t missing = 0;
  for (const HeldLog& log : there) {
    const LogSize held = size_in(here, log.log);
    if (held < log.size) missing += log.size.value() - held.value();
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
