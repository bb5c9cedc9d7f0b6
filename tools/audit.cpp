#include "tools/audit.h"

#include <algorithm>
#include <set>

#include "tools/audit_notes.h"
#include "tools/audit_standpoint.h"
#include "tools/audit_states.h"
#include "tools/audit_stream.h"
#include "tools/audit_tree.h"

namespace tallinn {

namespace {

/// What an earlier pass has found, and the next one counts by.
struct FoundSeals {
  std::optional<Roster> of_all;
  std::optional<Roster> of_standpoint;
  bool any() const { return of_all || of_standpoint; }
};

class Auditor {
 public:
  Auditor(LogSource& source, const Charter& charter, const AuditOptions& options, FoundSeals seals)
      : source_(source),
        charter_(charter),
        options_(options),
        seals_(std::move(seals)),
        roster_(charter),
        pool_(options.threads) {
    report_.ledger = charter.ledger;
    report_.ledger_id = charter.id;
  }

  Result<AuditReport> run() {
    for (const SourceFault& fault : source_.faults())
      fail(fault.origin, std::nullopt, fault.sentence);
    if (auto opened = open_logs(); !opened) return std::unexpected(opened.error());
    if (auto begun = begin_folds(); !begun) return std::unexpected(begun.error());
    if (auto replayed = replay(); !replayed) return std::unexpected(replayed.error());
    if (auto compared = finish_trees(); !compared) return std::unexpected(compared.error());
    if (folding_)
      if (auto told = tell_state(); !told) return std::unexpected(told.error());
    if (auto checked = check_logs(); !checked) return std::unexpected(checked.error());
    check_claims();
    for (const auto& [log, claims] : forked_) keep_evidence(log, claims);
    if (auto told = tell_states(); !told) return std::unexpected(told.error());
    if (auto checked = fold_->check(); !checked) return std::unexpected(checked.error());
    return std::move(report_);
  }

  FoundSeals other_seals() {
    return {.of_all = fold_->other_seals(),
            .of_standpoint = standpoint_ ? standpoint_->other_seals() : std::nullopt};
  }

 private:
  Views& views() { return fold_->views(); }

  Result<void> begin_folds() {
    auto fold = AuditFold::begin(charter_, seals_.of_all);
    if (!fold) return std::unexpected(fold.error());
    fold_ = *std::move(fold);
    if (options_.standpoint.is_now()) return {};
    auto standpoint =
        StandpointFold::begin(options_.standpoint, charter_, seals_.of_standpoint, logs_);
    if (!standpoint) return std::unexpected(standpoint.error());
    standpoint_ = *std::move(standpoint);
    return {};
  }

  Result<void> tell_state() {
    states_->pass(std::nullopt, views(), report_.entries);
    const auto hashed = states_->root_after(report_.entries);
    report_.state =
        hashed ? AuditedState{.records = hashed->records, .root = hashed->root} : fold_->state();
    auto exceptions = fold_->exceptions();
    if (!exceptions) return std::unexpected(exceptions.error());
    report_.exceptions = *std::move(exceptions);
    if (!standpoint_) return {};
    auto standpoint = standpoint_->finish(logs_);
    if (!standpoint) return std::unexpected(standpoint.error());
    report_.standpoint = *std::move(standpoint);
    return {};
  }

  void fail(const std::string& origin, std::optional<LogIndex> index, std::string sentence) {
    report_.add_failure({.origin = origin, .index = index, .sentence = std::move(sentence)});
  }

  Result<void> open_logs() {
    const auto logs = source_.logs();
    if (!logs) return std::unexpected(logs.error());
    for (const LogSource::Log& log : *logs) {
      to_do_ += log.size.value();
      auto checkpoints = source_.checkpoints(log.id);
      if (!checkpoints) return std::unexpected(checkpoints.error());
      AuditLog& kept = logs_.emplace(log.id, HeldLog{log.id, log.size}).first->second;
      AuditTree& tree = trees_.try_emplace(log.id, source_, log).first->second;
      kept.on_completed([&tree](NodeId node, const Digest& hash) { tree.add(node, hash); });
      for (const std::string& note : *checkpoints)
        if (const auto checkpoint = checkpoint_in(note)) kept.want_root(checkpoint->size);
      for (const AuditClaim& claim : options_.claims)
        if (claim.log == log.id) kept.want_root(claim.checkpoint.size);
      if (seals_.of_all) want_sealed_root(*seals_.of_all, kept);
      checkpoints_.emplace(log.id, *std::move(checkpoints));
      streams_.push_back(std::make_unique<LogStream>(source_, pool_, charter_, log));
    }
    auto states = AuditStates::read(source_, charter_, logs_, options_.states);
    if (!states) return std::unexpected(states.error());
    states_ = *std::move(states);
    return {};
  }

  /// Every entry of every log, in total order as far as they can be read.
  Result<void> replay() {
    for (;;) {
      LogStream* first = nullptr;
      CheckedEntry* next = nullptr;
      for (const auto& stream : streams_) {
        const auto candidate = stream->peek();
        if (!candidate) return std::unexpected(candidate.error());
        if (*candidate == nullptr) continue;
        const bool at_once = !(*candidate)->entry;
        if (next == nullptr || at_once || (*candidate)->entry->position < next->entry->position) {
          first = stream.get();
          next = *candidate;
        }
        if (at_once) break;
      }
      if (next == nullptr) return {};
      AuditLog& log = logs_.at(first->log().id);
      if (auto taken = take(log, *next); !taken) return taken;
      first->pop();
      ++report_.entries;
      if (log.unread() >= kMaxUnread && log.size() < log.log().size) {
        fail(charter_.origin(log.log().log), LogIndex(log.size().value()),
             std::to_string(kMaxUnread) +
                 " entries are missing or do not read: the log is not read from here on");
        log.cut();
        first->cut();
      }
      if (options_.progress && report_.entries % 1'024 == 0)
        options_.progress(report_.entries, to_do_);
    }
  }

  Result<void> take(AuditLog& log, CheckedEntry& next) {
    report_.signatures += next.signatures;
    std::optional<std::string> failure = std::move(next.failure);
    if (!next.leaf) {
      log.add_missing();
    } else if (!next.entry) {
      log.add_unreadable(*next.leaf);
    } else {
      open_own(*next.entry);
      if (standpoint_ && folding_)
        if (auto taken = standpoint_->take(*next.entry, log); !taken) return taken;
      const auto unordered = log.add(*next.leaf, next.entry->entry, logs_, roster_);
      if (!failure) failure = unordered;
    }
    if (auto told = tell_tree(log.log().log); !told) return told;
    if (failure) {
      fail(charter_.origin(log.log().log), next.index, *std::move(failure));
      folding_ = false;  // what follows would be judged on false ground
    }
    if (!folding_) return {};
    if (!fold_->counts({log.log().log, next.index})) {
      ++report_.beyond_seals;
      return {};
    }
    states_->pass(next.entry->position.lamport, views(), report_.entries);
    if (auto folded = fold_->fold(*next.entry); !folded) return folded;
    if (!changes_roster(*next.entry)) return {};
    roster_ = read_roster(views(), charter_);
    for (auto& [id, other] : logs_) want_sealed_root(roster_, other);
    return {};
  }

  /// Wrong tiles do not make the entries wrong: the fold goes on.
  Result<void> tell_tree(LogId log) {
    auto wrong = trees_.at(log).take_wrong();
    if (!wrong) return std::unexpected(wrong.error());
    for (std::string& sentence : *wrong)
      fail(charter_.origin(log), std::nullopt, std::move(sentence));
    return {};
  }

  Result<void> finish_trees() {
    for (const auto& [id, log] : logs_) {
      if (log.whole()) trees_.at(id).finish();
      if (auto told = tell_tree(id); !told) return told;
    }
    return {};
  }

  /// A log may be opened by its own first entry; whether it is, the fold says.
  void open_own(const OrderedEntry& entry) {
    if (roster_.log(entry.position.place.log) != nullptr || !folding_) return;
    if (auto opened = with_log_of(views(), charter_, entry)) roster_ = *std::move(opened);
  }

  static void want_sealed_root(const Roster& roster, AuditLog& log) {
    const RosterLog* known = roster.log(log.log().log);
    if (known != nullptr && known->sealed) log.want_root(known->sealed->size);
  }

  /// A seal names the entries that it covers.
  void check_seal(const AuditLog& log, const std::string& origin) {
    const RosterLog* known = roster_.log(log.log().log);
    if (known == nullptr || !known->sealed) return;
    const auto root = log.root_at(known->sealed->size);
    if (root && *root != known->sealed->root)
      fail(origin, std::nullopt,
           "the first " + std::to_string(known->sealed->size.value()) +
               " entries are not those that the log's seal names");
  }

  Result<void> tell_states() {
    using enum AuditStates::Folded;
    return states_->tell(logs_, roster_, folding_ ? whole : stopped, report_);
  }

  Result<void> check_logs() {
    for (const auto& [id, log] : logs_) {
      const std::string origin = charter_.origin(id);
      AuditedLog audited{
          .origin = origin, .size = log.log().size, .root = log.root(), .checkpoints = {}};
      LogSize covered;
      std::set<std::string> said;
      std::vector<std::string> false_notes;
      for (const std::string& note : checkpoints_.at(id)) {
        auto checked = check_checkpoint(note, log, charter_, roster_);
        if (checked) {
          covered = std::max(covered, checked->size);
          const auto same =
              std::ranges::find(audited.checkpoints, checked->sha256, &AuditedNote::sha256);
          if (same == audited.checkpoints.end()) audited.checkpoints.push_back(*std::move(checked));
        } else {
          false_notes.push_back(note);
          if (said.insert(checked.error().detail).second)
            fail(origin, std::nullopt, checked.error().detail);
        }
      }
      if (covered > LogSize(0)) find_second_history(false_notes, log);
      if (log.whole() && !said.empty()) name_changed_entries(log, origin);
      if (log.whole() && said.empty() && covered < log.log().size)
        fail(origin, LogIndex(covered.value()),
             "no checkpoint that holds covers the log from here on");
      check_seal(log, origin);
      report_.logs.push_back(std::move(audited));
    }
    return {};
  }

  /// A root is wrong though every entry can be read: the source's own tree says which entries are
  /// not those it was made of.
  void name_changed_entries(const AuditLog& log, const std::string& origin) {
    const LogSource::Log asked{.id = log.log().log, .size = log.log().size};
    for (std::uint64_t begin = 0; begin < log.log().size.value(); begin += kTileWidth) {
      const auto count = static_cast<std::size_t>(
          std::min<std::uint64_t>(kTileWidth, log.log().size.value() - begin));
      const auto items = source_.read(asked, LogIndex(begin), count);
      const auto hashes = source_.row(asked, 0, begin, count);
      if (!items || !hashes) continue;  // a tile that cannot be read has been named
      for (std::size_t i = 0; i < count; ++i)
        if ((*items)[i] && leaf_hash(*(*items)[i]) != (*hashes)[i])
          fail(origin, LogIndex(begin + i),
               "the entry is not the one that the log's tree was made of");
    }
  }

  /// Checkpoints of the source itself that are signed, but not of these entries.
  void find_second_history(const std::vector<std::string>& false_notes, const AuditLog& log) {
    for (const std::string& note : false_notes) {
      const auto claims = read_claims("a checkpoint of the source", note, charter_, roster_);
      if (!claims) continue;  // not even signed: that has been said
      for (const AuditClaim& claim : *claims)
        if (const auto broken = judge_claim(claim, log);
            broken && broken->kind == BrokenClaim::Kind::forked)
          forked_[claim.log].push_back(claim);
    }
  }

  /// What a source has of such a log is not known: nothing is lost yet.
  bool not_read(const std::string& origin) const {
    const auto& faults = source_.faults();
    return std::ranges::find(faults, origin, &SourceFault::origin) != faults.end();
  }

  void check_claims() {
    for (const AuditClaim& claim : options_.claims) {
      ++report_.claims;
      const auto log = logs_.find(claim.log);
      if (log == logs_.end() && not_read(claim.checkpoint.origin)) continue;
      const AuditLog none(HeldLog{.log = claim.log, .size = {}});
      const AuditLog& held = log == logs_.end() ? none : log->second;
      const auto broken = judge_claim(claim, held);
      if (!broken) continue;
      fail(claim.checkpoint.origin, broken->index, broken->sentence);
      if (broken->kind == BrokenClaim::Kind::forked) forked_[claim.log].push_back(claim);
    }
  }

  /// One contradiction proves it against the log's key: the first of which there is evidence.
  void keep_evidence(LogId log, const std::vector<AuditClaim>& claims) {
    SourceTree tree(source_, {.id = log, .size = logs_.at(log).log().size});
    for (const AuditClaim& claim : claims)
      for (const std::string& note : checkpoints_.at(log)) {
        const auto evidence = evidence_of(claim, note, tree, charter_, roster_);
        if (!evidence) continue;
        report_.evidence.push_back(format_evidence(*evidence));
        return;
      }
  }

  LogSource& source_;
  const Charter& charter_;
  const AuditOptions& options_;
  const FoundSeals seals_;
  Roster roster_;  ///< after what is folded
  WorkPool pool_;
  std::unique_ptr<AuditFold> fold_;
  std::unique_ptr<StandpointFold> standpoint_;  ///< when one is asked for
  std::map<LogId, AuditTree> trees_;            // before the logs, which add to them
  AuditLogs logs_;
  std::vector<std::unique_ptr<LogStream>> streams_;  // after the pool: they wait for their work
  std::map<LogId, std::vector<std::string>> checkpoints_;
  std::map<LogId, std::vector<AuditClaim>> forked_;  ///< what the entries contradict
  std::optional<AuditStates> states_;
  std::uint64_t to_do_ = 0;
  bool folding_ = true;
  AuditReport report_;
};

}  // namespace

void AuditReport::add_failure(AuditFailure failure) {
  if (failures.size() == kMaxFailures)
    ++failures_left_out;
  else
    failures.push_back(std::move(failure));
}

Result<AuditReport> audit(LogSource& source, const Charter& charter, const AuditOptions& options) {
  FoundSeals seals;
  for (;;) {
    Auditor auditor(source, charter, options, seals);
    auto report = auditor.run();
    if (!report || seals.any()) return report;
    seals = auditor.other_seals();
    if (!seals.any()) return report;
  }
}

}  // namespace tallinn
