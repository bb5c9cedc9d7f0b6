#include "tools/audit_stream.h"

#include <algorithm>

#include "ledger/merkle.h"

namespace tallinn {

namespace {

constexpr std::size_t kChunkEntries = 2'048;
constexpr std::size_t kChunksAhead = 2;
constexpr std::size_t kEntriesATask = 64;

}  // namespace

CheckedEntry check_alone(const LogSource::Item& item, const LogSource::Log& log, LogIndex index,
                         const Charter& charter) {
  CheckedEntry checked{.index = index, .leaf = {}, .entry = {}, .failure = {}};
  if (!item) {
    checked.failure = item.error();
    return checked;
  }
  auto ordered = make_ordered(*item, index);
  checked.leaf = ordered ? ordered->leaf : leaf_hash(*item);
  if (!ordered) {
    checked.failure = "the entry does not decode: " + ordered.error().detail;
    return checked;
  }
  if (ordered->entry.log != log.id) {
    checked.failure = "the entry says that it belongs to another log";
    return checked;
  }
  for (const EventSignature& signature : ordered->entry.signatures) {
    if (check_event_signature(signature, charter.id, ordered->entry.event))
      ++checked.signatures;
    else
      checked.failure =
          "the signature by key " + to_base64(signature.key.view()) + " does not hold";
  }
  checked.entry = *std::move(ordered);
  return checked;
}

LogStream::LogStream(LogSource& source, WorkPool& pool, const Charter& charter, LogSource::Log log)
    : source_(source), pool_(pool), charter_(charter), log_(log) {}

Result<void> LogStream::read_ahead() {
  while (chunks_.size() <= kChunksAhead && read_ < log_.size.value()) {
    const LogIndex begin(read_);
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(kChunkEntries, log_.size.value() - read_));
    auto items = source_.read(log_, begin, count);
    if (!items) return std::unexpected(items.error());
    auto chunk = std::make_unique<Chunk>(pool_);
    chunk->items = *std::move(items);
    chunk->checked.resize(count);
    for (std::size_t first = 0; first < count; first += kEntriesATask) {
      Chunk* const work = chunk.get();
      const std::size_t end = std::min(count, first + kEntriesATask);
      chunk->group.give([this, work, begin, first, end] {
        for (std::size_t i = first; i < end; ++i)
          work->checked[i] =
              check_alone(work->items[i], log_, LogIndex(begin.value() + i), charter_);
      });
    }
    chunks_.push_back(std::move(chunk));
    read_ += count;
  }
  return {};
}

void LogStream::cut() {
  read_ = log_.size.value();
  chunks_.clear();
  at_ = 0;
}

Result<CheckedEntry*> LogStream::peek() {
  if (!chunks_.empty() && at_ == chunks_.front()->checked.size()) {
    chunks_.pop_front();
    at_ = 0;
  }
  if (at_ == 0) {
    if (auto read = read_ahead(); !read) return std::unexpected(read.error());
    if (chunks_.empty()) return nullptr;
    chunks_.front()->group.wait();
  }
  return &chunks_.front()->checked[at_];
}

}  // namespace tallinn
