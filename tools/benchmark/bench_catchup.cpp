// tools/bench catchup: an empty office fetches everything from the other one over loopback,
// verified, folded and durable, beside raw libsodium on every core in the same run.
#include <boost/json.hpp>
#include <thread>

#include "ledger/file_text.h"
#include "tools/benchmark/benchmarks.h"
#include "tools/benchmark/limits.h"
#include "tools/benchmark/running_node.h"

namespace tallinn::bench {
namespace {

constexpr std::size_t kVerified = 4'000;  ///< signatures for the raw rate
constexpr std::chrono::milliseconds kLookAtFollowerEvery{5};

std::uint64_t entries_of(HttpClient& client) {
  const auto answer = client.get("/api/v1/status");
  TALLINN_ASSERT(answer.has_value() && answer->status == 200);
  const boost::json::value status = boost::json::parse(answer->body);
  std::uint64_t entries = 0;
  for (const auto& log : status.at("logs").as_array())
    entries += log.at("size").to_number<std::uint64_t>();
  return entries;
}

}  // namespace

int bench_catchup(const BenchOptions& options) {
  const Parties parties = make_parties();
  const ScratchFolder scratch(options.folder);
  TALLINN_ASSERT(write_file_durably(scratch.path("charter.txt"), parties.charter.note).has_value());
  {
    BenchOffice office(parties, scratch.path("warsaw"));
    office.record(founding(parties), wall_clock());
    record_cycles(office, parties, options.events, wall_clock());
    office.close();
  }
  const auto warsaw = start_node(node_config(scratch, "warsaw", "warsaw"));
  auto there = client_of(warsaw->http_port());
  const std::uint64_t entries = entries_of(there);
  std::vector<Submission> some;
  for (std::uint64_t i = 0; some.size() < kVerified; ++i)
    std::ranges::move(cycle(parties, i), std::back_inserter(some));
  const double verifications = raw_verifications(parties, some);
  const double cores = std::thread::hardware_concurrency();
  print_rate("raw libsodium verifications, one core", verifications);
  for (int round = 0; round < (options.quick ? 1 : 3); ++round) {
    NodeConfig config = node_config(scratch, "kyiv" + std::to_string(round), "kyiv");
    config.peers = {{.office = "warsaw",
                     .addresses = {"127.0.0.1:" + std::to_string(warsaw->peer_port())},
                     .url = {}}};
    const Stopwatch watch;
    const auto kyiv = start_node(config);
    auto here = client_of(kyiv->http_port());
    while (entries_of(here) < entries) std::this_thread::sleep_for(kLookAtFollowerEvery);
    print_ratio("catch-up of " + std::to_string(entries) + " (of cores x raw verifications)",
                static_cast<double>(entries) / watch.seconds(), cores * verifications, 0.75);
    kyiv->stop();
  }
  warsaw->stop();
  return 0;
}

}  // namespace tallinn::bench
