// Knowledge: what this node knows of every log beyond its entries: whose it is, checkpoints,
// cosignatures, promises; and what follows from it: what is replicated, what is settled. Pure but
// for `load`. One owner; copies. Kept in memory, rebuilt from the store's notes on opening.
#pragma once

#include <map>

#include "ledger/charter.h"
#include "ledger/promise.h"
#include "ledger/store_log.h"
#include "projections/roster.h"

namespace tallinn {

/// An office's newest cosignature of a log.
struct Cosigned {
  LogSize size;
  UnixSeconds at;  ///< by the cosigner's clock; 0: its note is not here
  bool operator==(const Cosigned&) const = default;
};

struct LogKnowledge {
  LogSize held;
  Lamport last_lamport;       ///< of the last entry held; 0 while there is none
  std::vector<HeldLog> seen;  ///< `seen` of the last entry held
  std::string checkpoint;     ///< newest checkpoint note, signed by the log's key; empty: none
  LogSize checkpoint_size;
  std::map<OfficeNumber, LogSize> cosigned;         ///< newest size that each office has cosigned
  std::map<OfficeNumber, UnixSeconds> cosigned_at;  ///< when, by the cosigner's clock
  std::optional<Promise> promise;                   ///< newest
  std::optional<Promise>
      counting_promise;  ///< newest whose size this node held when it came or later
};

/// The time of a witness's line on a note whose signatures were checked; nothing without one.
std::optional<UnixSeconds> cosignature_time(std::string_view note, OfficeNumber office,
                                            const Roster& roster);

class Knowledge {
 public:
  explicit Knowledge(const Charter& charter);
  /// With the roster that the stored views have, and every log that it names or the store holds.
  static Stored<Knowledge> load(const StoreReader& store, const Charter& charter);

  const Roster& roster() const { return roster_; }
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
  /// What each office has cosigned, and when: for readers.
  std::map<LogId, std::map<OfficeNumber, Cosigned>> cosigned() const;
  /// The least size that every other office in force has cosigned; 0 when there is none.
  LogSize replicated(LogId id) const;
  Stored<Lamport> settled(LamportReader& lamports) const;
  /// What a promise says of holding, as HeldLogs of this charter; unknown origins are dropped.
  std::vector<HeldLog> holds_of(const Promise& promise) const;

 private:
  const Charter* charter_;
  Roster roster_;
  std::map<LogId, LogKnowledge> logs_;
};

}  // namespace tallinn
