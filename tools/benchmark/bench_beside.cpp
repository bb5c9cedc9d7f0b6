// tools/bench beside: how long durable appends take while the views are made anew beside them, and
// without that, in the same run.
#include <algorithm>
#include <atomic>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>

#include "net/rebuild_runner.h"
#include "tools/benchmark/benchmarks.h"
#include "tools/benchmark/measure.h"
#include "tools/benchmark/office.h"

namespace tallinn::bench {
namespace {

constexpr std::size_t kBesideClients = 8;
constexpr std::chrono::milliseconds kPause{5};  ///< of each client between two events
constexpr std::size_t kAlone = 4'000;           ///< appends before the rebuild begins

/// Appends of a few clients that do not wait for each other, until told to stop; their times.
class Appends {
 public:
  Appends(Committer& committer, const Parties& parties, std::uint64_t first_cycle)
      : committer_(committer), parties_(parties), next_(first_cycle) {
    for (std::size_t c = 0; c < kBesideClients; ++c) threads_.emplace_back([this] { run(); });
  }
  std::size_t count() const { return count_; }
  std::vector<double> end() {
    ending_ = true;
    threads_.clear();
    std::ranges::sort(seconds_);
    return std::move(seconds_);
  }

 private:
  void run() {
    while (!ending_) {
      for (Submission& submission : cycle(parties_, next_++)) {
        submission.checked = Signatures::checked_good;
        const Stopwatch watch;
        std::promise<bool> answered;
        committer_.submit(std::move(submission), [&](const Result<Admitted>& admitted) {
          answered.set_value(admitted.has_value());
        });
        TALLINN_ASSERT(answered.get_future().get());
        const double took = watch.seconds();
        ++count_;
        {
          const std::lock_guard lock(mutex_);
          seconds_.push_back(took);
        }
        std::this_thread::sleep_for(kPause);
      }
    }
  }

  Committer& committer_;
  const Parties& parties_;
  std::atomic<std::uint64_t> next_;
  std::atomic<std::size_t> count_ = 0;
  std::atomic<bool> ending_ = false;
  std::mutex mutex_;
  std::vector<double> seconds_;
  std::vector<std::jthread> threads_;
};

void print_times(const char* what, const std::vector<double>& sorted) {
  const auto at = [&](double share) {
    return 1'000 * sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
  };
  std::printf("%-46s %7zu appends: median %.2f, p99 %.2f, longest %.2f ms\n", what, sorted.size(),
              at(0.5), at(0.99), at(1));
}

}  // namespace

int bench_beside(const BenchOptions& options) {
  const Parties parties = make_parties();
  const ScratchFolder scratch(options.folder);
  office_at_rest(parties, scratch.path("warsaw"), options.events);
  BenchOffice office(parties, scratch.path("warsaw"));
  Committer committer(*office.replica, wall_clock, {});
  const std::uint64_t first = options.events / 4 + 1;
  const std::size_t alone = options.quick ? 100 : kAlone;

  Appends before(committer, parties, first);
  while (before.count() < alone) std::this_thread::sleep_for(kPause);
  const auto without = before.end();
  Appends beside(committer, parties, first + without.size());
  const std::string request = scratch.path("rebuild");
  std::ofstream(request).flush();
  RebuildRunner runner(*office.store, parties.charter, committer,
                       {.request = request, .clock = wall_clock, .tell = [](const auto&) {}});
  while (std::filesystem::exists(request)) std::this_thread::sleep_for(kPause);
  const auto with = beside.end();
  const RebuildStatus status = runner.status();
  TALLINN_ASSERT(status.finished == 1 && status.differences == 0);
  print_times("8 clients, nothing beside them", without);
  print_times("8 clients, views made anew beside them", with);
  std::printf("%-46s %7llu entries in %lld s\n", "the rebuild",
              static_cast<unsigned long long>(status.progress.done),
              static_cast<long long>(status.seconds));
  return 0;
}

}  // namespace tallinn::bench
