// tools/bench append: durable appends by one client and by 64, beside raw RocksDB and raw libsodium
// in the same run.
#include <atomic>
#include <future>
#include <thread>

#include "net/committer.h"
#include "tools/benchmark/benchmarks.h"
#include "tools/benchmark/limits.h"
#include "tools/benchmark/measure.h"
#include "tools/benchmark/office.h"

namespace tallinn::bench {
namespace {

constexpr std::size_t kAppendingClients = 64;

/// Checks the signatures on the client's thread, as the HTTP server does, then waits for the
/// durable answer.
void append(Committer& committer, const Parties& parties, Submission submission) {
  const bool good =
      check_event_signature(submission.signatures[0], parties.charter.id, submission.event);
  TALLINN_ASSERT(good);
  submission.checked = Signatures::checked_good;
  std::promise<bool> answered;
  committer.submit(std::move(submission), [&](const Result<Admitted>& admitted) {
    answered.set_value(admitted.has_value());
  });
  TALLINN_ASSERT(answered.get_future().get());
}

double append_by(std::size_t clients, Committer& committer, const Parties& parties,
                 const std::vector<std::vector<Submission>>& cycles) {
  std::atomic<std::size_t> next{0};
  std::size_t events = 0;
  for (const auto& one : cycles) events += one.size();
  const Stopwatch watch;
  std::vector<std::jthread> threads;
  for (std::size_t c = 0; c < clients; ++c)
    threads.emplace_back([&] {
      for (std::size_t i = next++; i < cycles.size(); i = next++)
        for (const Submission& submission : cycles[i]) append(committer, parties, submission);
    });
  threads.clear();
  return static_cast<double>(events) / watch.seconds();
}

}  // namespace

int bench_append(const BenchOptions& options) {
  const Parties parties = make_parties();
  const ScratchFolder scratch(options.folder);
  BenchOffice office(parties, scratch.path("warsaw"));
  office.record(founding(parties), wall_clock());
  const std::size_t one_client_cycles = options.quick ? 50 : 500;
  const std::size_t many_client_cycles = options.quick ? 500 : 10'000;
  std::vector<std::vector<Submission>> alone;
  std::vector<std::vector<Submission>> together;
  std::vector<Submission> flat;
  for (std::size_t i = 0; i < one_client_cycles + many_client_cycles; ++i) {
    auto four = cycle(parties, i);
    flat.insert(flat.end(), four.begin(), four.end());
    (i < one_client_cycles ? alone : together).push_back(std::move(four));
  }
  const double verifications = raw_verifications(parties, flat);
  const double cores = std::thread::hardware_concurrency();
  print_rate("raw libsodium verifications, one core", verifications);
  const double puts = raw_synced_puts(
      scratch.path("raw"),
      {flat.begin(), flat.begin() + static_cast<std::ptrdiff_t>(one_client_cycles * 4)});
  print_rate("raw RocksDB synced puts of the same bytes, one client", puts);
  {
    Committer committer(*office.replica, wall_clock, {});
    const double alone_rate = append_by(1, committer, parties, alone);
    print_ratio("append, 1 client, durable", alone_rate, puts, 0.6);
    const double together_rate = append_by(kAppendingClients, committer, parties, together);
    print_ratio("append, 64 clients, durable (of cores x raw verifications)", together_rate,
                cores * verifications, 0.5);
  }
  return 0;
}

}  // namespace tallinn::bench
