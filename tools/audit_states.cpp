#include "tools/audit_states.h"

#include <algorithm>

namespace tallinn {
namespace {

constexpr std::uint64_t kRecordsAnEntry = 2;
constexpr std::uint64_t kRecordsAtLeast =
    65'536;  // so that a small ledger's notes are all recomputed

void add_failures(const std::vector<std::string>& failures, const AuditedStateNote& note,
                  AuditReport& report) {
  for (const std::string& failure : failures)
    report.add_failure(
        {.origin = "",
         .index = std::nullopt,
         .sentence = "the state note of " + std::to_string(note.settled.value()) + ": " + failure});
}

}  // namespace

Result<AuditStates> AuditStates::read(LogSource& source, const Charter& charter, AuditLogs& logs,
                                      AuditOptions::States which) {
  AuditStates out(source, charter);
  auto newest = source.state_note();
  if (!newest) return std::unexpected(newest.error());
  out.newest_ = *std::move(newest);
  const auto want = [&](const std::string& text) -> std::optional<Lamport> {
    const auto state = state_in(text);
    if (!state) return std::nullopt;  // said when it is told
    out.ahead_.insert(state->settled);
    for (const Checkpoint& named : state->logs)
      for (auto& [id, log] : logs)
        if (named.origin == charter.origin(id)) log.want_root(named.size);
    return state->settled;
  };
  if (auto earlier = source.earlier_state_notes(want); !earlier)
    return std::unexpected(earlier.error());
  if (out.newest_)
    if (const auto point = want(*out.newest_)) out.always_.insert(*point);
  if (which == AuditOptions::States::every) out.always_ = out.ahead_;
  return out;
}

void AuditStates::pass(std::optional<Lamport> next, ViewReader& views, std::uint64_t entries) {
  while (!ahead_.empty() && (!next || *ahead_.begin() < *next)) {
    const Lamport point = *ahead_.begin();
    ahead_.erase(ahead_.begin());
    if (!root_after(entries)) {
      const std::uint64_t cost = last_ ? last_->second.records : 0;
      const bool affordable = hashed_ + cost <= kRecordsAnEntry * entries + kRecordsAtLeast;
      if (!affordable && !always_.contains(point)) continue;
      last_ = {entries, state_root(views)};
      hashed_ += last_->second.records;
    }
    roots_.emplace(point, last_->second);
  }
}

std::optional<StateRoot> AuditStates::root_after(std::uint64_t entries) const {
  return last_ && last_->first == entries ? std::optional(last_->second) : std::nullopt;
}

Result<void> AuditStates::tell(const AuditLogs& logs, const Roster& roster, Folded folded,
                               AuditReport& report) const {
  const auto tell_one = [&](const std::string& text) {
    const auto state = state_in(text);
    const auto root = state ? roots_.find(state->settled) : roots_.end();
    const auto recomputed = folded == Folded::stopped || root == roots_.end()
                                ? std::nullopt
                                : std::optional(root->second);
    std::vector<std::string> failures;
    AuditedStateNote note = check_state_note(text, logs, *charter_, roster, recomputed, failures);
    add_failures(failures, note, report);
    return note;
  };
  if (newest_) report.state_note = tell_one(*newest_);
  return source_->earlier_state_notes([&](const std::string& text) {
    using enum AuditedStateNote::Verdict;
    EarlierStates& told = report.earlier_states;
    const auto verdict = tell_one(text).verdict;
    ++(verdict == holds ? told.hold : verdict == differs ? told.differ : told.not_recomputed);
  });
}

}  // namespace tallinn
