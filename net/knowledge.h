// Knowledge: what this node knows of every log beyond its entries: whose it is, checkpoints,
// cosignatures, promises; and what follows from it: what is replicated, what is settled. Pure but
// for `load`. One owner; copies. Kept in memory, rebuilt from the store's notes on opening.
#pragma once

#include <map>

#include "ledger/charter.h"
#include "ledger/mirror.h"
#include "ledger/promise.h"
#include "ledger/store_log.h"
#include "projections/roster.h"

namespace tallinn {

/// The newest cosignature of a log by one who cosigns.
struct Cosigned {
  LogSize size;
  UnixSeconds at;  ///< by the cosigner's clock; 0: its note is not here
  bool operator==(const Cosigned&) const = default;
};

struct LogKnowledge {
  LogSize held;
  Lamport last_lamport;       ///< of the last entry held; 0 while there is none
  std::vector<HeldLog> seen;  ///< `seen` of the last entry held
  std::string checkpoint;     ///< newest note of what is held, signed by its key; empty: none
  LogSize checkpoint_size;
  std::string ahead;  ///< such a note that waits to be compared with what comes; empty: none
  LogSize ahead_size;
  std::map<Cosigner, Cosigned> cosigned;
  std::optional<Promise> promise;  ///< newest
  std::string promise_note;        ///< its note; empty: none
  std::optional<Promise>
      counting_promise;  ///< newest whose size this node held when it came or later
};

class Knowledge {
 public:
  /// `mirrors`: those whose cosignatures are kept and shown. The charter must outlive it.
  explicit Knowledge(const Charter& charter, std::vector<MirrorKeys> mirrors = {});
  /// With the roster that the stored views have, and every log that it names or the store holds.
  static Stored<Knowledge> load(const StoreReader& store, const Charter& charter,
                                std::vector<MirrorKeys> mirrors = {});

  const Roster& roster() const { return roster_; }
  const std::vector<MirrorKeys>& mirrors() const { return mirrors_; }
  /// Every key whose line on a checkpoint is looked at: those of a roster, and the mirrors'.
  std::vector<VerifierKey> checkpoint_keys(const Roster& roster) const;
  /// Whose witness key it is now: an office's newest, or a mirror's. Nothing for an earlier
  /// epoch's, which may be in anybody's hands.
  std::optional<Cosigner> cosigner_of(const VerifierKey& key) const;
  /// The views have another roster now: its logs are known from here on.
  void set_roster(Roster roster);

  /// The log must be known.
  LogKnowledge& log(LogId id) { return logs_.at(id); }
  const std::map<LogId, LogKnowledge>& logs() const { return logs_; }
  std::vector<HeldLog> held() const;
  /// Of all entries held that count.
  Stored<Lamport> last_lamport(LamportReader& lamports) const;
  /// What an entry of `own` recorded now has seen: of every other office its newest log that has
  /// entries, within its seal.
  std::vector<HeldLog> seen_by(OfficeNumber own) const;
  /// The newest promise counts once its size is held: moves it over. True when that changed
  /// something.
  bool let_promise_count(LogId id);
  /// What each of them has cosigned, and when: for readers.
  std::map<LogId, std::map<Cosigner, Cosigned>> cosigned() const;
  /// The least size that every other office in force has cosigned; 0 when there is none.
  LogSize replicated(LogId id) const;
  Stored<Lamport> settled(LamportReader& lamports) const;
  /// What a promise says of holding, as HeldLogs of this charter; unknown origins are dropped.
  std::vector<HeldLog> holds_of(const Promise& promise) const;

 private:
  const Charter* charter_;
  std::vector<MirrorKeys> mirrors_;
  Roster roster_;
  std::map<LogId, LogKnowledge> logs_;
};

}  // namespace tallinn
