#include "projections/audit_log.h"

#include <algorithm>
#include <tuple>

#include "events/event.h"

namespace tallinn {
namespace {

/// Does `seen` reach as far as `one`, in that epoch or a later one?
bool covers(const std::vector<Seen>& seen, const Seen& one) {
  const auto found =
      std::ranges::find(seen, one.log.office, [](const Seen& held) { return held.log.office; });
  return found != seen.end() &&
         std::tie(one.log.epoch, one.size) <= std::tie(found->log.epoch, found->size);
}

}  // namespace

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
  if (!lamports_.empty()) {
    ground.seen_before = seen_at(LogIndex(size().value() - 1));
    return Lamport(lamports_.back());
  }
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
  ground.seen_before = earlier->second.seen_at(LogIndex(index));
  return Lamport(earlier->second.lamports_[index]);
}

std::optional<std::string> AuditLog::add(const Digest& leaf, const Entry& entry,
                                         const std::map<LogId, AuditLog>& all,
                                         const Roster& roster) {
  Ground ground{.last_of_seen = {}, .whole = known(size()), .seen_before = {}};
  const auto previous = previous_of(entry, all, roster, ground);
  std::optional<std::string> failure = check_seen(entry, all, roster, ground);
  if (!failure && ground.whole)
    if (const auto exact = check_lamport(entry.lamport, previous, ground.last_of_seen); !exact)
      failure = exact.error().detail;
  keep_seen(entry.seen);
  unread_.push_back(false);
  grow(leaf, entry.lamport);
  return failure;
}

std::optional<std::string> AuditLog::check_seen(const Entry& entry,
                                                const std::map<LogId, AuditLog>& all,
                                                const Roster& roster, Ground& ground) const {
  for (const Seen& before : ground.seen_before)
    if (!covers(entry.seen, before))
      return "its `seen` goes back behind that of the entry before it";
  for (const Seen& seen : entry.seen) {
    if (seen.log.office == log_.log.office) return "its `seen` names its own office";
    if (seen.size == LogSize(0)) return "its `seen` names a log and no entry of it";
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
    if (std::ranges::find(ground.seen_before, seen) != ground.seen_before.end()) continue;
    for (const Seen& beyond : other->second.seen_at(LogIndex(seen.size.value() - 1)))
      if (auto open = check_closed(entry, beyond, roster)) return open;
  }
  return std::nullopt;
}

std::optional<std::string> AuditLog::check_closed(const Entry& entry, const Seen& beyond,
                                                  const Roster& roster) const {
  if (beyond.log.office != log_.log.office) {
    if (covers(entry.seen, beyond)) return std::nullopt;
    return "its `seen` lacks what the entries that it names have seen";
  }
  if (beyond.log != log_.log && roster.limit(beyond.log) < beyond.size)
    return "it follows a seal that cuts off what the entries that its `seen` names have seen";
  return std::nullopt;
}

std::vector<Seen> AuditLog::seen_at(LogIndex index) const {
  std::vector<Seen> seen;
  for (const auto& [log, changes] : seen_from_) {  // by office, then epoch: the latest counts
    const auto after = std::ranges::upper_bound(changes, index.value(), {}, &SeenFrom::index);
    if (after == changes.begin()) continue;
    if (!seen.empty() && seen.back().log.office == log.office) seen.pop_back();
    seen.push_back({log, LogSize(std::prev(after)->size)});
  }
  return seen;
}

void AuditLog::keep_seen(const std::vector<Seen>& seen) {
  for (const Seen& one : seen) {
    std::vector<SeenFrom>& changes = seen_from_[one.log];
    if (changes.empty() || changes.back().size < one.size.value())
      changes.push_back({.index = size().value(), .size = one.size.value()});
  }
}

LogSize AuditLog::prefix_at(Lamport lamport) const {
  const auto end = std::ranges::upper_bound(lamports_, lamport.value());
  return LogSize(static_cast<std::uint64_t>(end - lamports_.begin()));
}

}  // namespace tallinn
