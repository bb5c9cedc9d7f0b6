// LogStream: one log's entries in order, read ahead in chunks and checked in parallel, each on its
// own. Shell. One thread asks; the pool works. Memory: at most kChunksAhead + 1 chunks of entries.
#pragma once

#include <deque>

#include "projections/fold.h"
#include "tools/audit_source.h"
#include "tools/work_pool.h"

namespace tallinn {

/// What can be said of an entry without any other.
struct CheckedEntry {
  LogIndex index;
  std::optional<Digest> leaf;          ///< nothing: its bytes cannot be had
  std::optional<OrderedEntry> entry;   ///< nothing: they do not decode, or belong to another log
  std::size_t signatures = 0;          ///< that hold
  std::optional<std::string> failure;  ///< a sentence
};
/// Decoding, canonical form, log, signatures.
CheckedEntry check_alone(const LogSource::Item& item, const LogSource::Log& log, LogIndex index,
                         const Charter& charter);

class LogStream {
 public:
  /// All references must outlive it.
  LogStream(LogSource& source, WorkPool& pool, const Charter& charter, LogSource::Log log);

  const LogSource::Log& log() const { return log_; }
  /// The next entry, until pop(); nothing at the end. Error when the source cannot be read.
  Result<CheckedEntry*> peek();
  void pop() { ++at_; }
  /// Nothing more is read: the next peek() is at the end.
  void cut();

 private:
  struct Chunk {
    explicit Chunk(WorkPool& pool) : group(pool) {}
    std::vector<LogSource::Item> items;
    std::vector<CheckedEntry> checked;
    WorkPool::Group group;  // last: it is waited for before the rest goes
  };
  Result<void> read_ahead();

  LogSource& source_;
  WorkPool& pool_;
  const Charter& charter_;
  LogSource::Log log_;
  std::deque<std::unique_ptr<Chunk>> chunks_;
  std::uint64_t read_ = 0;  // entries asked of the source
  std::size_t at_ = 0;      // in the first chunk
};

}  // namespace tallinn
