#include "net/ordered.h"

#include <optional>

namespace tallinn {
namespace {

constexpr std::uint64_t kEntriesAtOnce = 1'024;

}  // namespace

Stored<LogSize> prefix_before(const StoreReader& store, LogId log, const Position& position) {
  // Lamport times rise within a log: at most one entry has that of the position.
  const bool own_time_before = log < position.place.log;
  const std::uint64_t lamport = position.lamport.value();
  if (!own_time_before && lamport == 0) return LogSize(0);
  return StoredLogs(store).prefix_at(log, Lamport(own_time_before ? lamport : lamport - 1));
}

Stored<OrderedEntries> OrderedEntries::open(const StoreReader& store) {
  OrderedEntries out(store);
  const auto held = StoredLogs(store).held();
  if (!held) return std::unexpected(held.error());
  for (const auto& [id, size] : *held)
    out.logs_.push_back({.id = id, .next = 0, .size = size.value(), .read = {}, .ahead = {}});
  return out;
}

Stored<OrderedEntries> OrderedEntries::open_at(const StoreReader& store, const Position& from) {
  auto out = open(store);
  if (!out) return out;
  for (Log& log : out->logs_) {
    const auto before = prefix_before(store, log.id, from);
    if (!before) return std::unexpected(before.error());
    log.next = before->value();
  }
  return out;
}

OrderedEntries::Chunk OrderedEntries::read(const StoreReader& store, LogId log, LogIndex begin,
                                           LogIndex end) {
  std::deque<OrderedEntry> entries;
  std::optional<Fault> bad;
  const auto read = StoredLogs(store).each(log, begin, end, [&](LogIndex index, BytesView bytes) {
    auto ordered = make_ordered(bytes, index);
    if (!ordered) {
      bad = Fault{Fault::corrupt, "a stored entry does not decode: " + ordered.error().detail};
      return StoreReader::Next::stop;
    }
    entries.push_back(std::move(*ordered));
    return StoreReader::Next::go_on;
  });
  if (!read) return std::unexpected(read.error());
  if (bad) return std::unexpected(*bad);
  return entries;
}

Stored<void> OrderedEntries::refill(Log& log) {
  const auto read_next = [&] {
    const LogIndex begin(log.next);
    const LogIndex end(std::min(log.size, log.next + kEntriesAtOnce));
    log.next = end.value();
    return std::async(std::launch::async, read, std::cref(*store_), log.id, begin, end);
  };
  if (!log.ahead.valid()) log.ahead = read_next();
  auto chunk = log.ahead.get();
  if (!chunk) return std::unexpected(chunk.error());
  log.read = std::move(*chunk);
  if (log.next < log.size) log.ahead = read_next();
  return {};
}

Stored<std::optional<OrderedEntry>> OrderedEntries::next() {
  Log* first = nullptr;
  for (Log& log : logs_) {
    if (log.read.empty() && (log.next < log.size || log.ahead.valid()))
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
