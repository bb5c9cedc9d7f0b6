// Head: what readers see, one immutable state after one commit; reads never wait for the writer.
// Shell. A Head is shared and never changes; the store it reads must outlive every Head.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "ledger/charter.h"
#include "ledger/standing.h"
#include "ledger/store_log.h"
#include "net/knowledge.h"
#include "net/shared_trees.h"
#include "projections/levels.h"
#include "projections/roster.h"
#include "projections/views.h"

namespace tallinn {

/// View records of a store or a snapshot. A Fault of the store is latched: reads answer nothing
/// from then on, and the caller must look at `fault()` before it trusts what it computed.
class StoredViews final : public ViewReader {
 public:
  explicit StoredViews(const StoreReader& store) : store_(store) {}
  std::optional<Bytes> get(BytesView key) override;
  void scan(BytesView begin, BytesView end, const Visit& visit) override;
  void get_each(std::span<const Bytes> keys, const VisitOf& visit) override;
  void scan_each(std::span<const Range> ranges, const VisitOf& visit) override;
  const std::optional<Fault>& fault() const { return fault_; }

 private:
  const StoreReader& store_;
  std::optional<Fault> fault_;
};

/// What `views` changed, into a batch.
void put_changes(Batch& batch, const Views& views);

struct Head final : public LevelReader {
  std::shared_ptr<const StoreReader> snapshot;
  std::shared_ptr<SharedTrees> trees;  ///< of the snapshot
  std::uint64_t revision = 0;          ///< counts commits of this process
  Roster roster;                       ///< offices, logs and keys as the views have them
  std::vector<HeldLog> held;           ///< every log held, by office, then epoch
  std::map<LogId, std::map<Cosigner, Cosigned>> cosigned;  ///< by each office and mirror, and when
  std::map<LogId, LogSize> replicated;  ///< cosigned by every other office in force
  Lamport settled;
  Lamport last;  ///< greatest Lamport time held
  Standing standing = Standing::may_append;
  std::optional<OfficeNumber> office;  ///< whose node this is
  std::optional<LogId> own;            ///< the log that it signs; nothing: none that is opened
  std::optional<Lamport>
      joint_state;  ///< settled time of the newest state note that every office in force signed
  std::vector<std::string>
      alarms;  ///< contradictions met, one sentence each: forked checkpoints, unequal states

  std::set<LogId> frozen;  ///< logs of which there is evidence (net/kept_evidence.h)

  LogSize held_of(LogId log) const;
  /// What peers are given: every log held, of a frozen one what its seal covers.
  std::vector<HeldLog> given() const;
  Level level_of(const Position& position) override;
};

/// The Head of a store that nobody writes to: for the command line on a data directory. `standing`
/// is not judged.
Stored<std::shared_ptr<Head>> load_head(const Store& store, const Charter& charter);

/// Where the writer leaves the newest Head and readers find it. Thread-safe.
class HeadSlot {
 public:
  std::shared_ptr<Head> get() const {
    const std::lock_guard lock(mutex_);
    return head_;
  }
  void set(std::shared_ptr<Head> head) {
    const std::lock_guard lock(mutex_);
    head_ = std::move(head);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<Head> head_;
};

}  // namespace tallinn
