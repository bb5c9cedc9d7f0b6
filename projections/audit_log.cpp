#include "projections/audit_log.h"

#include <algorithm>

#include "events/event.h"

namespace tallinn {

void AuditLog::want_root(LogSize size) {
  roots_.emplace(size, whole_ && size == this->size() ? std::optional(root()) : std::nullopt);
}

std::optional<Digest> AuditLog::root_at(LogSize size) const {
  const auto found = roots_.find(size);
  return found == roots_.end() ? std::nullopt : found->second;
}

void AuditLog::grow(const std::optional<Digest>& leaf, Lamport lamport) {
  if (!leaf) whole_ = false;
  lamports_.push_back(lamport.value());
  if (!whole_) return;
  if (completed_)
    frontier_.append(*leaf, completed_);
  else
    frontier_.append(*leaf);
  if (const auto wanted = roots_.find(size()); wanted != roots_.end())
    wanted->second = frontier_.root();
}

void AuditLog::add_unknown(const std::optional<Digest>& leaf) {
  unread_.push_back(true);
  ++unread_count_;
  grow(leaf, lamports_.empty() ? Lamport(0) : Lamport(lamports_.back()));
}

std::optional<Lamport> AuditLog::previous_of(const Entry& entry,
                                             const std::map<LogId, AuditLog>& all,
                                             const Roster& roster, Ground& ground) const {
  if (!lamports_.empty()) return Lamport(lamports_.back());
  const auto event = decode_event(entry.event);
  const LogStart start = start_of(log_.log, event ? &*event : nullptr, roster);
  ground.last_of_seen.push_back(start.after);
  if (!start.follows) return std::nullopt;
  const auto earlier = all.find(start.follows->log);
  const std::uint64_t index = start.follows->index.value();
  if (earlier == all.end() || earlier->second.lamports_.size() <= index) {
    ground.whole = false;
    return std::nullopt;
  }
  return Lamport(earlier->second.lamports_[index]);
}

std::optional<std::string> AuditLog::add(const Digest& leaf, const Entry& entry,
                                         const std::map<LogId, AuditLog>& all,
                                         const Roster& roster) {
  Ground ground{.last_of_seen = {}, .whole = known(size())};
  std::optional<std::string> failure = check_seen(entry, all, ground);
  const auto previous = previous_of(entry, all, roster, ground);
  if (!failure && ground.whole)
    if (const auto exact = check_lamport(entry.lamport, previous, ground.last_of_seen); !exact)
      failure = exact.error().detail;
  seen_ = entry.seen;
  unread_.push_back(false);
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
    if (seen.log.office == log_.log.office) return "its `seen` names its own office";
    if (seen.size == LogSize(0)) continue;
    const auto other = all.find(seen.log);
    if (other == all.end() || seen.size > other->second.log().size)
      return "its `seen` names entries of another log that are not here";
    if (seen.size > other->second.size() && other->second.cut_) {
      ground.whole = false;
      continue;
    }
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
