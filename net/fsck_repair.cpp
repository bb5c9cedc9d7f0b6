// Trees and event ids made again from the entries: only what differs is written.
#include <array>

#include "events/assert.h"
#include "events/event.h"
#include "ledger/sha256.h"
#include "ledger/store_compare.h"
#include "ledger/store_log.h"
#include "net/fsck_ids.h"
#include "net/fsck_logs.h"

namespace tallinn {
namespace {

constexpr std::size_t kRowsAtOnce = 1'024;
constexpr std::size_t kBatchBytes = 4u << 20;
/// In Family::meta while a repair is under way.
constexpr std::string_view kRepairingKey = "repairing";

class Repair {
 public:
  Repair(Store& store, const std::function<void(std::uint64_t)>& written)
      : store_(store), written_(written) {}

  Stored<std::uint64_t> run() {
    Batch begun;
    begun.put(Family::meta, kRepairingKey, {});
    if (auto marked = store_.commit(std::move(begun)); !marked)
      return std::unexpected(marked.error());
    if (auto mended = mend_everything(); !mended) return std::unexpected(mended.error());
    Batch ended;
    ended.erase(Family::meta, kRepairingKey);
    if (auto unmarked = store_.commit(std::move(ended)); !unmarked)
      return std::unexpected(unmarked.error());
    return changed_;
  }

 private:
  Stored<void> mend_everything() {
    for (const Family family : {Family::rows, Family::ids})
      if (auto readable = make_readable(family); !readable) return readable;
    const auto logs = StoredLogs(store_).logs();
    if (!logs) return std::unexpected(logs.error());
    Bytes begin;
    for (const LogId log : *logs) {
      if (auto strays = compare(begin, log_begin(log), {}); !strays) return strays;
      if (auto rows = repair_rows(log); !rows) return rows;
      begin = log_end(log);
    }
    if (logs->empty() || !begin.empty())
      if (auto strays = compare(begin, {}, {}); !strays) return strays;
    if (auto ids = compare_ids(store_, [](const Place&) { return false; }, mend(Family::ids)); !ids)
      return ids;
    write();
    if (fault_) return std::unexpected(*fault_);
    return store_.flush();
  }

  /// A family with a damaged block is let go of whole.
  Stored<void> make_readable(Family family) {
    const auto scanned =
        store_.scan(family, {}, {}, [](BytesView, BytesView) { return StoreReader::Next::go_on; });
    if (scanned || scanned.error().kind == Fault::io) return scanned;
    return store_.make_empty(family);
  }

  OnKeyDifference mend(Family family) {
    return [this, family](const KeyDifference& found) {
      if (fault_) return;
      ++changed_;
      if (found.kind == Difference::Kind::unexpected)
        batch_.erase(family, found.key);
      else
        batch_.put(family, found.key, found.expected);
      if (batch_.bytes() >= kBatchBytes) write();
    };
  }

  Stored<void> compare(BytesView begin, BytesView end, std::span<const KeyValue> expected) {
    if (!end.empty() && begin >= end) return {};
    auto compared = compare_range(store_, Family::rows, begin, end, expected, mend(Family::rows));
    if (fault_) return std::unexpected(*fault_);
    return compared;
  }

  void write() {
    const auto written = store_.commit_derived(std::exchange(batch_, Batch()));
    if (!written) fault_ = written.error();
    if (written && written_) written_(changed_);
  }

  Stored<void> repair_rows(LogId log) {
    std::array<std::vector<KeyValue>, kTileLevels> made;
    std::array<Bytes, kTileLevels> compared_to;
    for (std::uint8_t level = 0; level < kTileLevels; ++level)
      compared_to[level] = row_key(log, level, 0);
    const auto compare_level = [&](std::uint8_t level, const Bytes& end) {
      auto compared = compare(compared_to[level], end, made[level]);
      compared_to[level] = end;
      made[level].clear();
      return compared;
    };
    const auto size = StoredLogs(store_).size(log);
    if (!size) return std::unexpected(size.error());
    Frontier frontier;
    Stored<void> compared;
    const auto grow = [&](LogIndex, BytesView bytes) {
      append_to_rows(frontier, leaf_hash(bytes),
                     [&](std::uint8_t level, std::uint64_t index, const Digest& hash) {
                       made[level].emplace_back(row_key(log, level, index), Bytes(hash.view()));
                     });
      for (std::uint8_t level = 0; level < kTileLevels && compared; ++level)
        if (made[level].size() >= kRowsAtOnce)
          compared = compare_level(level, made[level].back().first + Bytes(1, '\0'));
      return compared ? StoreReader::Next::go_on : StoreReader::Next::stop;
    };
    auto read = StoredLogs(store_).each(log, LogIndex(0), LogIndex(size->value()), grow);
    if (!read) return read;
    for (std::uint8_t level = 0; level < kTileLevels && compared; ++level)
      compared = compare_level(level, level + 1 == kTileLevels
                                          ? log_end(log)
                                          : row_key(log, static_cast<std::uint8_t>(level + 1), 0));
    return compared;
  }

  Store& store_;
  const std::function<void(std::uint64_t)>& written_;
  Batch batch_;
  std::optional<Fault> fault_;  ///< of a write within a comparison
  std::uint64_t changed_ = 0;
};

}  // namespace

Stored<std::uint64_t> repair_logs(Store& store, const std::function<void(std::uint64_t)>& written) {
  return Repair(store, written).run();
}

Stored<bool> logs_are_whole(const StoreReader& store) {
  const auto repairing = store.get(Family::meta, kRepairingKey);
  if (!repairing) return std::unexpected(repairing.error());
  return !*repairing;
}

}  // namespace tallinn
