#include "net/fsck_logs.h"

#include <algorithm>
#include <set>

#include "ledger/store_compare.h"
#include "ledger/store_log.h"
#include "net/fsck_ids.h"
#include "net/fsck_size.h"
#include "net/fsck_stream.h"
#include "projections/audit_log.h"

namespace tallinn {
namespace {

constexpr std::size_t kMostNamed = Differences::kMostKept;  ///< of one log, before its verdict

/// One log under check.
struct LogCheck {
  LogCheck(AuditLog& of, const StoreReader& store, unsigned ahead)
      : audit(of), stream(store, of.log().log, of.log().size, ahead) {}

  AuditLog& audit;
  FsckStream stream;
  /// Hashes of higher rows made from the entries, not compared yet, and where each row stands.
  std::array<std::vector<KeyValue>, kTileLevels> made;
  std::array<Bytes, kTileLevels> compared_to;
  std::vector<Difference> rows;  ///< until it is known whether they or the entries are wrong
  std::uint64_t rows_found = 0;
  bool entries_whole = true;
  bool rows_readable = true;
  std::set<std::uint64_t> damaged;  ///< at most kMostNamed indexes

  void add_row(Difference difference) {
    ++rows_found;
    if (rows.size() < kMostNamed) rows.push_back(std::move(difference));
  }
};

class LogsCheck {
 public:
  LogsCheck(const StoreReader& store, const SaidOfLogs& said, const Roster& roster,
            const CheckLogsOptions& options, Differences& found)
      : store_(store), said_(said), roster_(roster), options_(options), found_(found) {}

  Stored<CheckedLogs> run() {
    auto ids = std::async(std::launch::async, sum_of_stored_ids, std::cref(store_));
    if (auto opened = open_logs(); !opened) return std::unexpected(opened.error());
    if (auto replayed = replay(); !replayed) return std::unexpected(replayed.error());
    for (auto& [id, log] : logs_)
      if (auto judged = judge(id, log); !judged) return std::unexpected(judged.error());
    if (auto strays = find_strays(); !strays) return std::unexpected(strays.error());
    if (auto checked = check_ids(ids.get()); !checked) return std::unexpected(checked.error());
    return checked_;
  }

 private:
  Stored<void> open_logs() {
    std::set<LogId> ids;
    for (const auto& [id, what] : said_) ids.insert(id);
    for (Bytes begin;;) {
      std::optional<Bytes> next;
      const auto scanned = store_.scan(Family::entries, begin, {}, [&](BytesView key, BytesView) {
        if (key.size() != kPlaceKeyBytes) return StoreReader::Next::go_on;
        ids.insert(parse_place_key(key).log);
        next = log_end(parse_place_key(key).log);
        return StoreReader::Next::stop;
      });
      if (!scanned && scanned.error().kind == Fault::io) return scanned;
      if (!next || next->empty()) break;  // what cannot be read is named where it is missed
      begin = *next;
    }
    for (const LogId id : ids)
      if (auto opened = open_log(id); !opened) return opened;
    return {};
  }

  Stored<void> open_log(LogId id) {
    const auto size = expected_size(store_, id, said_);
    if (!size) return std::unexpected(size.error());
    AuditLog& audit = audits_.try_emplace(id, HeldLog{id, *size}).first->second;
    LogCheck& log = logs_.try_emplace(id, audit, store_, options_.threads + 1).first->second;
    total_ += size->value();
    if (const auto said = said_.find(id); said != said_.end())
      for (const SignedRoot& root : said->second.roots) log.audit.want_root(root.size);
    for (std::uint8_t level = 0; level < kTileLevels; ++level)
      log.compared_to[level] = row_key(id, level, level == 0 ? size->value() : 0);
    log.audit.on_completed([&log, id](NodeId node, const Digest& hash) {
      if (node.level == 0 || node.level % 8 != 0) return;
      const auto level = static_cast<std::uint8_t>(node.level / 8);
      log.made[level].emplace_back(row_key(id, level, node.index), Bytes(hash.view()));
    });
    return {};
  }

  /// Every entry of every log, in total order as far as they can be read.
  Stored<void> replay() {
    for (;;) {
      LogCheck* first = nullptr;
      FsckEntry* next = nullptr;
      Position at;
      for (auto& [id, log] : logs_) {
        const auto candidate = log.stream.peek([&](FsckChunk& chunk) { begin_chunk(log, chunk); });
        if (!candidate) return std::unexpected(candidate.error());
        if (*candidate == nullptr) continue;
        const bool at_once = !(*candidate)->entry;
        const Position here{at_once ? Lamport(0) : (*candidate)->entry->lamport,
                            {id, LogIndex(log.audit.size().value())}};
        if (next == nullptr || at_once || here < at) {
          first = &log;
          next = *candidate;
          at = here;
        }
        if (at_once) break;
      }
      if (next == nullptr) return {};
      if (auto taken = take(at.place.log, *first, *next); !taken) return taken;
      first->stream.pop();
      if (++checked_.entries % 4'096 == 0 && options_.progress)
        options_.progress(checked_.entries, total_);
    }
  }

  void begin_chunk(LogCheck& log, FsckChunk& chunk) {
    ids_.add(chunk.ids);
    checked_.rows += chunk.entries.size();
    for (Difference& difference : chunk.unexpected) found_.add(std::move(difference));
    for (Difference& difference : chunk.rows) log.add_row(std::move(difference));
    if (chunk.rows_fault) lose_rows(log, *chunk.rows_fault);
  }

  void lose_rows(LogCheck& log, const Fault& fault) {
    if (std::exchange(log.rows_readable, false))
      found_.add({.kind = Difference::Kind::unreadable,
                  .origin = Difference::Origin::derived,
                  .family = Family::rows,
                  .key = "a row",
                  .log = log.stream.log(),
                  .index = {},
                  .detail = fault.detail});
  }

  Stored<void> take(LogId id, LogCheck& log, FsckEntry& next) {
    const LogIndex index(log.audit.size().value());
    if (!next.leaf) {
      log.audit.add_missing();
    } else if (!next.entry) {
      log.audit.add_unreadable(*next.leaf);
    } else if (auto wrong = log.audit.add(*next.leaf, *next.entry, audits_, roster_)) {
      if (!next.wrong) name_entry(id, index, Difference::Kind::wrong, *std::move(wrong));
    }
    if (next.wrong) {
      damage(log, index);
      name_entry(id, index, next.wrong->kind, std::move(next.wrong->detail));
    }
    for (std::uint8_t level = 1; level < kTileLevels; ++level)
      if (log.made[level].size() >= 256)
        if (auto compared = compare_made(id, log, level); !compared) return compared;
    return {};
  }

  void damage(LogCheck& log, LogIndex index) {
    log.entries_whole = false;
    if (log.damaged.size() < kMostNamed) log.damaged.insert(index.value());
  }

  void name_entry(LogId id, LogIndex index, Difference::Kind kind, std::string detail) {
    found_.add({.kind = kind,
                .origin = Difference::Origin::truth,
                .family = Family::entries,
                .key = "entry " + std::to_string(index.value()),
                .log = id,
                .index = index,
                .detail = std::move(detail)});
  }

  Stored<void> compare_rows(LogId id, LogCheck& log, std::uint8_t level, BytesView end) {
    std::vector<KeyValue> made = std::exchange(log.made[level], {});
    checked_.rows += made.size();
    const auto compared = compare_range(store_, Family::rows, log.compared_to[level], end, made,
                                        [&](const KeyDifference& found) {
                                          log.add_row({.kind = found.kind,
                                                       .origin = Difference::Origin::derived,
                                                       .family = Family::rows,
                                                       .key = words_of_key(Family::rows, found.key),
                                                       .log = id,
                                                       .index = {},
                                                       .detail = {}});
                                        });
    log.compared_to[level] = Bytes(end);
    if (compared || compared.error().kind == Fault::io) return compared;
    lose_rows(log, compared.error());
    return {};
  }

  Stored<void> compare_made(LogId id, LogCheck& log, std::uint8_t level) {
    const Bytes end = log.made[level].back().first + Bytes(1, '\0');
    return compare_rows(id, log, level, end);
  }

  /// Are the entries those that were signed? If not, does the tree say which ones are wrong?
  Stored<void> judge(LogId id, LogCheck& log) {
    for (std::uint8_t level = 0; level < kTileLevels; ++level) {
      const Bytes end = level + 1 == kTileLevels
                            ? log_end(id)
                            : row_key(id, static_cast<std::uint8_t>(level + 1), 0);
      if (auto compared = compare_rows(id, log, level, end); !compared) return compared;
    }
    const LogSize held = log.audit.log().size;
    LogSize covered;
    LogSize newest;
    const SignedRoot* broken = nullptr;
    if (const auto said = said_.find(id); said != said_.end())
      for (const SignedRoot& root : said->second.roots) {
        const auto ours = root.size > held ? std::nullopt : log.audit.root_at(root.size);
        const bool holds = ours && *ours == root.root;
        if (said->second.accused && root.size <= held && !holds)
          continue;  // of the other history, as is known
        newest = std::max(newest, root.size);
        if (root.size > held) continue;
        covered = std::max(covered, root.size);
        if (!holds) broken = &root;
      }
    // Where the tree speaks against the entries, and nothing signed is there to decide, neither
    // counts.
    if (covered < held && log.rows_found > 0) log.entries_whole = false;
    if (newest > held)
      checked_.unproven.push_back(
          {.log = id, .proven = covered, .held = held, .signed_size = newest});
    if (covered < held && (newest <= held || log.rows_found > 0))
      name_entry(id, LogIndex(covered.value()), Difference::Kind::wrong,
                 "no signed checkpoint that holds covers the log from here on");
    if (broken != nullptr)
      if (auto named = name_changed(id, log, *broken); !named) return named;
    if (!log.entries_whole) checked_.entries_whole = false;
    // Rows that differ because of a changed entry are right: they are what says so.
    if (broken == nullptr) keep_rows(id, log);
    return {};
  }

  void keep_rows(LogId id, LogCheck& log) {
    for (Difference& difference : log.rows) found_.add(std::move(difference));
    for (std::uint64_t i = log.rows.size(); i < log.rows_found; ++i)
      found_.add({.kind = Difference::Kind::differs,
                  .origin = Difference::Origin::derived,
                  .family = Family::rows,
                  .key = "one more hash",
                  .log = id,
                  .index = {},
                  .detail = {}});
  }

  Stored<void> name_changed(LogId id, LogCheck& log, const SignedRoot& broken) {
    const auto by_rows = root_of_leaf_row(store_, id, broken.size);
    if (!by_rows) return std::unexpected(by_rows.error());
    log.entries_whole = false;
    if (*by_rows && **by_rows == broken.root) {
      for (const Difference& difference : log.rows)
        if (difference.index && difference.index->value() < broken.size.value() &&
            log.damaged.insert(difference.index->value()).second)
          name_entry(id, *difference.index, Difference::Kind::differs,
                     "it is not the entry that the log's tree was made of");
      return {};
    }
    if (log.audit.root_at(broken.size))
      found_.add({.kind = Difference::Kind::wrong,
                  .origin = Difference::Origin::truth,
                  .family = Family::entries,
                  .key = "the log",
                  .log = id,
                  .index = {},
                  .detail = "its entries do not give the root of its signed checkpoint of size " +
                            std::to_string(broken.size.value())});
    if (log.audit.whole()) keep_rows(id, log);  // else the higher ones could not be made
    return {};
  }

  /// Records of no log, before, between and behind them.
  Stored<void> find_strays() {
    for (const Family family : {Family::entries, Family::rows}) {
      Bytes begin;
      for (const auto& [id, log] : logs_) {
        const Bytes tail = family == Family::entries
                               ? place_key({id, LogIndex(log.audit.log().size.value())})
                               : log_end(id);
        if (auto strays = stray(family, begin, log_begin(id)); !strays) return strays;
        begin = tail;
        if (family == Family::entries)
          if (auto strays = stray(family, begin, log_end(id)); !strays) return strays;
        begin = log_end(id);
      }
      if (logs_.empty() || !begin.empty())
        if (auto strays = stray(family, begin, {}); !strays) return strays;
    }
    return {};
  }

  Stored<void> stray(Family family, BytesView begin, BytesView end) {
    const bool truth = family == Family::entries;
    if (!end.empty() && begin >= end) return {};
    const auto compared =
        compare_range(store_, family, begin, end, {}, [&](const KeyDifference& found) {
          found_.add({.kind = found.kind,
                      .origin = truth ? Difference::Origin::truth : Difference::Origin::derived,
                      .family = family,
                      .key = found.key.size() < kPlaceKeyBytes ? escaped(found.key)
                                                               : words_of_key(family, found.key),
                      .log = {},
                      .index = {},
                      .detail = "it stands in no log"});
          if (truth) checked_.entries_whole = false;
        });
    if (!compared && compared.error().kind == Fault::io) return compared;
    return {};
  }

  Stored<void> check_ids(Stored<IdSum> stored) {
    checked_.ids = ids_.count();
    if (!stored && stored.error().kind == Fault::io) return std::unexpected(stored.error());
    if (stored && *stored == ids_ && checked_.entries_whole) return {};
    const auto add = [&](const KeyDifference& found) {
      const Place place = found.key.size() == Uuid::kSize + kPlaceKeyBytes
                              ? parse_place_key(found.key.substr(Uuid::kSize))
                              : Place{};
      found_.add({.kind = found.kind,
                  .origin = Difference::Origin::derived,
                  .family = Family::ids,
                  .key = words_of_key(Family::ids, found.key),
                  .log = place.log.epoch == Epoch(0) ? std::nullopt : std::optional(place.log),
                  .index = place.log.epoch == Epoch(0) ? std::nullopt : std::optional(place.index),
                  .detail = {}});
    };
    const auto damaged = [&](const Place& place) {
      const auto log = logs_.find(place.log);
      return log != logs_.end() && log->second.damaged.contains(place.index.value());
    };
    if (stored) {
      const auto compared = compare_ids(store_, damaged, add);
      if (compared || compared.error().kind == Fault::io) return compared;
      return {};  // of the entries, which are named
    }
    found_.add({.kind = Difference::Kind::unreadable,
                .origin = Difference::Origin::derived,
                .family = Family::ids,
                .key = "the index of event ids",
                .log = {},
                .index = {},
                .detail = stored.error().detail});
    return {};
  }

  const StoreReader& store_;
  const SaidOfLogs& said_;
  const Roster& roster_;
  const CheckLogsOptions& options_;
  Differences& found_;
  std::map<LogId, AuditLog> audits_;
  std::map<LogId, LogCheck> logs_;  // after the audits: they refer to them
  IdSum ids_;
  std::uint64_t total_ = 0;
  CheckedLogs checked_;
};

}  // namespace

Stored<CheckedLogs> check_logs(const StoreReader& store, const SaidOfLogs& said,
                               const Roster& roster, const CheckLogsOptions& options,
                               Differences& found) {
  return LogsCheck(store, said, roster, options, found).run();
}

}  // namespace tallinn
