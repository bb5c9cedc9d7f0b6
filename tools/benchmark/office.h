// One office for benchmarks: a store and replica in a folder.
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "events/assert.h"
#include "tools/benchmark/workload.h"

namespace tallinn::bench {

struct BenchOffice {
  explicit BenchOffice(const Parties& parties, const std::string& folder) {
    auto opened = Store::open(folder + "-db");
    TALLINN_ASSERT(opened.has_value());
    store = std::move(*opened);
    auto locked = open_anchor_file(folder + "-anchor");
    TALLINN_ASSERT(locked.has_value());
    anchor = std::move(*locked);
    auto office = Replica::open(*store, *anchor, heads,
                                {.charter = parties.charter,
                                 .identity = NodeIdentity{OfficeNumber(1), make_parties().warsaw}});
    TALLINN_ASSERT(office.has_value());
    replica = std::move(*office);
  }

  /// Stages everything with signatures known good and commits in groups.
  void record(const std::vector<Submission>& submissions, UnixMillis now) {
    for (std::size_t i = 0; i < submissions.size(); ++i) {
      Submission submission = submissions[i];
      submission.checked = Signatures::checked_good;
      const auto staged = replica->stage_submission(submission, now);
      TALLINN_ASSERT(staged.has_value() && staged->has_value());
      if (i % 4'096 == 4'095) TALLINN_ASSERT(replica->commit(now).has_value());
    }
    TALLINN_ASSERT(replica->commit(now).has_value());
  }

  std::unique_ptr<Store> store;
  std::unique_ptr<Anchor> anchor;
  HeadSlot heads;
  std::unique_ptr<Replica> replica;
};

/// Records cycles of four events until there are `events`, in groups of 1,024 cycles.
inline void record_cycles(BenchOffice& office, const Parties& parties, std::uint64_t events,
                          UnixMillis now) {
  for (std::uint64_t i = 0; i * 4 < events;) {
    std::vector<Submission> group;
    for (std::uint64_t n = 0; n < 1'024 && i * 4 < events; ++n, ++i) {
      std::vector<Submission> four = cycle(parties, i);
      std::ranges::move(four, std::back_inserter(group));
    }
    office.record(group, now);
  }
}

}  // namespace tallinn::bench
