#include "net/ordered.h"

#include <optional>

namespace tallinn {
namespace {

constexpr std::uint64_t kChunk = 1'024;

}  // namespace

Stored<OrderedEntries> OrderedEntries::open(const StoreReader& store) {
  OrderedEntries out(store);
  StoredLogs logs(store);
  const auto ids = logs.logs();
  if (!ids) return std::unexpected(ids.error());
  for (const LogId id : *ids) {
    const auto size = logs.size(id);
    if (!size) return std::unexpected(size.error());
    out.logs_.push_back({.id = id, .next = 0, .size = size->value(), .read = {}});
  }
  return out;
}

Stored<void> OrderedEntries::refill(Log& log) {
  std::optional<Fault> bad;
  const LogIndex end(std::min(log.size, log.next + kChunk));
  const auto read = StoredLogs(*store_).each(
      log.id, LogIndex(log.next), end, [&](LogIndex index, BytesView bytes) {
        auto ordered = make_ordered(bytes, index);
        if (!ordered) {
          bad = Fault{Fault::corrupt, "a stored entry does not decode: " + ordered.error().detail};
          return StoreReader::Next::stop;
        }
        log.read.push_back(std::move(*ordered));
        return StoreReader::Next::go_on;
      });
  if (!read) return read;
  if (bad) return std::unexpected(*bad);
  log.next = end.value();
  return {};
}

Stored<std::optional<OrderedEntry>> OrderedEntries::next() {
  Log* first = nullptr;
  for (Log& log : logs_) {
    if (log.read.empty() && log.next < log.size)
      if (auto filled = refill(log); !filled) return std::unexpected(filled.error());
    if (log.read.empty()) continue;
    if (first == nullptr || log.read.front().position < first->read.front().position) first = &log;
  }
  if (first == nullptr) return std::nullopt;
  OrderedEntry entry = std::move(first->read.front());
  first->read.pop_front();
  return entry;
}

}  // namespace tallinn
