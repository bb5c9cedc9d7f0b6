#include <rocksdb/db.h>

#include <algorithm>
#include <memory>

#include "events/assert.h"
#include "tools/benchmark/limits.h"
#include "tools/benchmark/measure.h"

namespace tallinn::bench {

double raw_verifications(const Parties& parties, const std::vector<Submission>& submissions) {
  const std::size_t count = std::min<std::size_t>(submissions.size(), 20'000);
  const Stopwatch watch;
  for (std::size_t i = 0; i < count; ++i) {
    const Submission& s = submissions[i];
    TALLINN_ASSERT(check_event_signature(s.signatures[0], parties.charter.id, s.event));
  }
  return static_cast<double>(count) / watch.seconds();
}

double raw_synced_puts(const std::string& folder, const std::vector<Submission>& submissions) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* raw = nullptr;
  TALLINN_ASSERT(rocksdb::DB::Open(options, folder, &raw).ok());
  const std::unique_ptr<rocksdb::DB> db(raw);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const Stopwatch watch;
  for (std::size_t i = 0; i < submissions.size(); ++i)
    TALLINN_ASSERT(db->Put(synced, std::to_string(i), submissions[i].event).ok());
  return static_cast<double>(submissions.size()) / watch.seconds();
}

}  // namespace tallinn::bench
