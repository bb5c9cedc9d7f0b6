// AuditLog: what an audit keeps of one log while it goes through it: tree, Lamport times, what its
// entries have seen. Pure. Entries come in index order. Memory: about 8 bytes for each entry that
// was added, missing ones too: who asks bounds those by cut(); and 16 for each that has seen more
// of another log than the one before it.
#pragma once

#include <functional>
#include <map>

#include "events/entry.h"
#include "ledger/merkle.h"
#include "ledger/order.h"
#include "projections/roster.h"

namespace tallinn {

class AuditLog {
 public:
  explicit AuditLog(const HeldLog& log) : log_(log) {}

  /// What there is of the log, or should be.
  const HeldLog& log() const { return log_; }
  /// Called for every complete subtree that a leaf finishes, as long as no entry is missing.
  void on_completed(std::function<void(NodeId, const Digest&)> completed) {
    completed_ = std::move(completed);
  }
  /// The root at this size is wanted later: one that is not passed yet.
  void want_root(LogSize size);
  /// Nothing when it was not wanted, or entries before it are missing.
  std::optional<Digest> root_at(LogSize size) const;
  Digest root() const { return frontier_.root(); }
  LogSize size() const { return LogSize(lamports_.size()); }
  bool whole() const { return whole_; }
  /// How many entries were missing or unreadable.
  std::uint64_t unread() const { return unread_count_; }
  /// The rest of the log is not gone through: roots and what others have seen of it are unknown.
  void cut() {
    cut_ = true;
    whole_ = false;
  }

  /// The next entry's bytes cannot be had, or not read as an entry: later roots, or only later
  /// Lamport times, are unknown.
  void add_missing() { add_unknown(std::nullopt); }
  void add_unreadable(const Digest& leaf) { add_unknown(leaf); }
  /// Checks `seen` and the Lamport time against what came before, in this log and in `all`; a
  /// sentence if they do not hold. `roster`: with this log in it.
  std::optional<std::string> add(const Digest& leaf, const Entry& entry,
                                 const std::map<LogId, AuditLog>& all, const Roster& roster);

  /// How many entries have a Lamport time up to this one.
  LogSize prefix_at(Lamport lamport) const;

 private:
  /// What an entry's Lamport time is made from; not whole when an entry that it needs could not be
  /// read.
  struct Ground {
    std::vector<Lamport> last_of_seen;
    bool whole = true;
    std::vector<Seen> seen_before;  ///< by the entry before it, also of an earlier epoch
  };
  std::optional<std::string> check_seen(const Entry& entry, const std::map<LogId, AuditLog>& all,
                                        const Roster& roster, Ground& ground) const;
  std::optional<std::string> check_closed(const Entry& entry, const Seen& beyond,
                                          const Roster& roster) const;
  /// What the entry has seen; less, where entries before it could not be read.
  std::vector<Seen> seen_at(LogIndex index) const;
  void keep_seen(const std::vector<Seen>& seen);
  std::optional<Lamport> previous_of(const Entry& entry, const std::map<LogId, AuditLog>& all,
                                     const Roster& roster, Ground& ground) const;
  void add_unknown(const std::optional<Digest>& leaf);
  void grow(const std::optional<Digest>& leaf, Lamport lamport);
  /// The last of `size` entries could be read, so that its Lamport time is known.
  bool known(LogSize size) const { return size == LogSize(0) || !unread_[size.value() - 1]; }

  HeldLog log_;
  std::function<void(NodeId, const Digest&)> completed_;
  Frontier frontier_;
  bool whole_ = true;
  std::vector<std::uint64_t> lamports_;
  std::vector<bool> unread_;  // by index: its Lamport time stands for the one before
  std::uint64_t unread_count_ = 0;
  bool cut_ = false;
  /// From this entry on, so many of another log were seen.
  struct SeenFrom {
    std::uint64_t index;
    std::uint64_t size;
  };
  std::map<LogId, std::vector<SeenFrom>> seen_from_;
  std::map<LogSize, std::optional<Digest>> roots_;
};

}  // namespace tallinn
