// One office for benchmarks: a store and replica in a folder, laid out as a node has them.
#pragma once

#include <algorithm>
#include <memory>
#include <string>

#include "events/assert.h"
#include "ledger/state_note.h"
#include "net/state_notes.h"
#include "tools/benchmark/workload.h"

namespace tallinn::bench {

struct BenchOffice {
  explicit BenchOffice(const Parties& parties, const std::string& folder) {
    auto opened = Store::open(folder + "/db");
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

  /// Both offices sign the state at the newest multiple of 1,024, as they do when they have met:
  /// nothing up to it is ever undone.
  void sign_state(const Parties& parties) {
    const auto head = heads.get();
    const Lamport point(head->last.value() / 1'024 * 1'024);
    auto job =
        state_note_at(*head->snapshot, parties.charter, head->roster, head->held, point, kRules);
    TALLINN_ASSERT(job.has_value());
    const auto state = compute_state({head->snapshot, std::move(*job)});
    TALLINN_ASSERT(state.has_value());
    const std::string text = format_state_note(*state);
    const auto& offices = parties.charter.offices;
    const Note note{text,
                    {sign_note(offices[0].state.name, parties.kyiv.state, text),
                     sign_note(offices[1].state.name, parties.warsaw.state, text)}};
    const auto taken = replica->stage_note({NoteKind::state, format_note(note)});
    TALLINN_ASSERT(taken.has_value() && taken->has_value());
    TALLINN_ASSERT(replica->commit(UnixMillis(0)).has_value());
  }
  /// Leaves the store alone, with nobody who reads it.
  void close() {
    replica.reset();
    heads.set(nullptr);
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

/// An office in `folder` with that many events of plain cycles behind it, both offices' signatures
/// under its state, and nobody who writes.
inline std::unique_ptr<BenchOffice> office_at_rest(const Parties& parties,
                                                   const std::string& folder,
                                                   std::uint64_t events) {
  const UnixMillis now(1'800'000'000'000);
  auto office = std::make_unique<BenchOffice>(parties, folder);
  office->record(founding(parties), now);
  record_cycles(*office, parties, events, now);
  office->sign_state(parties);
  office->close();
  return office;
}

}  // namespace tallinn::bench
