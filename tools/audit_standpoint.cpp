#include "tools/audit_standpoint.h"

#include <algorithm>

namespace tallinn {

Result<std::unique_ptr<StandpointFold>> StandpointFold::begin(const Standpoint& standpoint,
                                                              const Charter& charter,
                                                              const std::optional<Roster>& seals,
                                                              AuditLogs& logs) {
  std::vector<HeldLog> held;
  for (const auto& [id, log] : logs) held.push_back(log.log());
  if (auto covers = check_covers(held, standpoint, charter); !covers)
    return std::unexpected(covers.error());
  if (standpoint.sizes)
    for (const auto& [id, size] : *standpoint.sizes)
      if (const auto log = logs.find(id); log != logs.end()) log->second.want_root(size);
  auto fold = AuditFold::begin(charter, seals);
  if (!fold) return std::unexpected(fold.error());
  return std::unique_ptr<StandpointFold>(new StandpointFold(standpoint, charter, *std::move(fold)));
}

Result<void> StandpointFold::take(const OrderedEntry& entry, AuditLog& log) {
  const LogSize before = filter_.known_of(log.log().log);
  const bool counts = filter_.counts(entry);
  // A day's first entry that was not known: the log's root at that day is the one it has now.
  if (before == log.size() && filter_.known_of(log.log().log) == before) log.want_root(before);
  if (!counts || !fold_->counts(entry.position.place)) return {};
  ++entries_;
  return fold_->fold(entry);
}

Result<AuditedStandpoint> StandpointFold::finish(const AuditLogs& logs) {
  AuditedStandpoint out{.as_of = standpoint_.as_of,
                        .known = format_sizes(filter_.known(), charter_),
                        .logs = {},
                        .entries = entries_,
                        .state = fold_->state(),
                        .exceptions = {}};
  for (const auto& [id, size] : filter_.known())
    if (const auto log = logs.find(id); log != logs.end())
      out.logs.push_back({.origin = charter_.origin(id),
                          .size = size,
                          .root = size == log->second.size()
                                      ? log->second.root()
                                      : log->second.root_at(size).value_or(Digest())});
  auto exceptions = fold_->exceptions();
  if (!exceptions) return std::unexpected(exceptions.error());
  out.exceptions = *std::move(exceptions);
  if (auto checked = fold_->check(); !checked) return std::unexpected(checked.error());
  return out;
}

}  // namespace tallinn
