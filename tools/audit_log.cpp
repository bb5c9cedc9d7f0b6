#include "tools/audit_log.h"

#include <algorithm>

#include "ledger/order.h"

namespace tallinn {

void AuditLog::want_root(LogSize size) {
  roots_.emplace(size, size == LogSize(0) ? std::optional(empty_root()) : std::nullopt);
}

std::optional<Digest> AuditLog::root_at(LogSize size) const {
  const auto found = roots_.find(size);
  return found == roots_.end() ? std::nullopt : found->second;
}

void AuditLog::grow(const std::optional<Digest>& leaf, Lamport lamport) {
  if (!leaf) whole_ = false;
  lamports_.push_back(lamport.value());
  if (!whole_) return;
  frontier_.append(*leaf);
  if (const auto wanted = roots_.find(size()); wanted != roots_.end())
    wanted->second = frontier_.root();
}

void AuditLog::add_unknown(const std::optional<Digest>& leaf) {
  unread_.insert(lamports_.size());
  grow(leaf, lamports_.empty() ? Lamport(0) : Lamport(lamports_.back()));
}

std::optional<std::string> AuditLog::add(const Digest& leaf, const Entry& entry,
                                         const std::map<LogId, AuditLog>& all) {
  Ground ground{.last_of_seen = {}, .whole = known(size())};
  std::optional<std::string> failure = check_seen(entry, all, ground);
  std::optional<Lamport> previous;
  if (!lamports_.empty()) previous = Lamport(lamports_.back());
  // A later epoch's first entry follows the sealed one's last, which the fold judges.
  const bool first_of_later_epoch = lamports_.empty() && log_.id.epoch > Epoch(1);
  if (!failure && ground.whole && !first_of_later_epoch)
    if (const auto exact = check_lamport(entry.lamport, previous, ground.last_of_seen); !exact)
      failure = exact.error().detail;
  seen_ = entry.seen;
  grow(leaf, entry.lamport);
  return failure;
}

std::optional<std::string> AuditLog::check_seen(const Entry& entry,
                                                const std::map<LogId, AuditLog>& all,
                                                Ground& ground) const {
  for (const Seen& before : seen_) {
    const auto now = std::ranges::find(entry.seen, before.log.office,
                                       [](const Seen& seen) { return seen.log.office; });
    const bool grown = now != entry.seen.end() &&
                       (now->log.epoch > before.log.epoch ||
                        (now->log.epoch == before.log.epoch && now->size >= before.size));
    if (!grown) return "its `seen` goes back behind that of the entry before it";
  }
  for (const Seen& seen : entry.seen) {
    if (seen.log.office == log_.id.office) return "its `seen` names its own office";
    if (seen.size == LogSize(0)) continue;
    const auto other = all.find(seen.log);
    if (other == all.end() || seen.size > other->second.log().size)
      return "its `seen` names entries of another log that are not here";
    if (seen.size > other->second.size())
      return "its `seen` names entries that come after it in the order";
    ground.last_of_seen.emplace_back(other->second.lamports_[seen.size.value() - 1]);
    if (!other->second.known(seen.size)) ground.whole = false;
  }
  return std::nullopt;
}

LogSize AuditLog::prefix_at(Lamport lamport) const {
  const auto end = std::ranges::upper_bound(lamports_, lamport.value());
  return LogSize(static_cast<std::uint64_t>(end - lamports_.begin()));
}

}  // namespace tallinn
