// tools/bench page: ladder and first page of the trail of a donor with about 10,000 events, as
// JSON.
#include <boost/json.hpp>
#include <map>

#include "events/assert.h"
#include "net/head.h"
#include "net/rebuild.h"
#include "projections/queries.h"
#include "projections/trails.h"
#include "tools/benchmark/benchmarks.h"
#include "tools/benchmark/generated.h"
#include "tools/benchmark/measure.h"

namespace tallinn::bench {
namespace {

constexpr double kPageAim_ms = 10;
constexpr std::uint64_t kWanted = 10'000;

/// The donor whose trail is nearest to 10,000 events, and how many those are.
std::pair<PartyId, std::uint64_t> donor_of_ten_thousand(ViewReader& views) {
  std::pair<PartyId, std::uint64_t> best;
  const auto distance = [](std::uint64_t events) {
    return events > kWanted ? events - kWanted : kWanted - events;
  };
  std::vector<PartyId> donors;
  const Bytes prefix(PartyRecord::kPrefix);
  views.scan(prefix, after_prefix(prefix), [&](BytesView key, BytesView value) {
    if (decode_record<PartyRecord>(value).kind == PartyKind::donor)
      donors.emplace_back(std::string(key.substr(prefix.size())));
    return ViewReader::Next::go_on;
  });
  for (const PartyId& donor : donors) {
    std::uint64_t events = 0;
    const Bytes trail = trail_prefix(donor);
    views.scan(trail, after_prefix(trail), [&](BytesView, BytesView) {
      ++events;
      return ViewReader::Next::go_on;
    });
    if (best.second == 0 || distance(events) < distance(best.second)) best = {donor, events};
  }
  return best;
}

template <class Answer>
std::vector<double> time_answers(std::size_t rounds, Answer answer) {
  std::vector<double> out;
  for (std::size_t round = 0; round < rounds; ++round) {
    const Stopwatch watch;
    TALLINN_ASSERT(answer() > 100);
    out.push_back(watch.seconds() * 1'000);
  }
  std::ranges::sort(out);
  return out;
}

struct Asked {
  const Charter& charter;
  PartyId party;
  std::string of;  ///< the party and its events
  std::size_t rounds;
};

/// Ladder and trail as a reader finds them now.
void time_pages(const Store& store, const Asked& asked, const std::string& when) {
  const auto snapshot = store.snapshot();
  print_times("ladder of " + asked.of + when,
              time_answers(asked.rounds,
                           [&] {
                             StoredViews views(*snapshot);
                             const auto rows =
                                 ladder_of({views, nullptr, asked.charter}, asked.party);
                             TALLINN_ASSERT(rows.has_value());
                             return boost::json::serialize(*rows).size();
                           }),
              kPageAim_ms);
  for (const std::size_t limit : {std::size_t{100}, std::size_t{1'000}})
    print_times("first " + std::to_string(limit) + " of the trail of " + asked.of + when,
                time_answers(asked.rounds,
                             [&] {
                               StoredViews views(*snapshot);
                               const auto page =
                                   trail_of({views, nullptr, asked.charter}, asked.party,
                                            {.cursor = {}, .limit = limit});
                               TALLINN_ASSERT(page.has_value());
                               return boost::json::serialize(*page).size();
                             }),
                kPageAim_ms);
}

}  // namespace

int bench_page(const BenchOptions& options) {
  const Charter charter = generated_charter();
  const ScratchFolder scratch(options.folder);
  const auto store = generated_store(scratch.path("db"), charter, options.events);
  TALLINN_ASSERT(rebuild_views(*store, charter).has_value());
  const auto [party, events] = [&] {
    const auto snapshot = store->snapshot();
    StoredViews seen(*snapshot);
    return donor_of_ten_thousand(seen);
  }();
  const Asked asked{.charter = charter,
                    .party = party,
                    .of = party.value() + ", " + std::to_string(events) + " events",
                    .rounds = options.quick ? std::size_t{3} : std::size_t{200}};
  time_pages(*store, asked, ", just written");
  TALLINN_ASSERT(store->compact().has_value());
  time_pages(*store, asked, ", compacted");
  return 0;
}

}  // namespace tallinn::bench
