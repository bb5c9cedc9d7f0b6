// tools/bench live: 64 clients record at one office over HTTP, alone and while the other office
// follows: what that costs the writer, and how far the follower is behind. The follower is another
// process, so that its CPU time is its own; with two cores for clients, writer and follower the
// wall clock says little, and the writer's CPU time per event is what is compared.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <boost/json.hpp>
#include <fstream>
#include <thread>

#include "ledger/file_text.h"
#include "net/submission.h"
#include "tools/benchmark/benchmarks.h"
#include "tools/benchmark/running_node.h"

namespace tallinn::bench {
namespace {

constexpr std::size_t kLiveClients = 64;
constexpr double kLagAimMs = 1'000;
constexpr std::chrono::milliseconds kLookAtLagEvery{20};
constexpr std::chrono::seconds kFollowsWithin{60};

double cpu_seconds(int who) {
  rusage used{};
  TALLINN_ASSERT(getrusage(who, &used) == 0);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Of another process: user and system time, fields 14 and 15 of its stat.
double cpu_seconds_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string field;
  double ticks = 0;
  for (int n = 1; n <= 15 && file >> field; ++n)
    if (n >= 14) ticks += std::stod(field);
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

/// The other office, in a process of its own, from before this one has any thread. It waits for the
/// port to dial, and ends when the pipe does.
class LagFollower {
 public:
  LagFollower(const ScratchFolder& scratch) {
    int ends[2];
    TALLINN_ASSERT(pipe(ends) == 0);
    process_ = fork();
    TALLINN_ASSERT(process_ >= 0);
    if (process_ == 0) {
      close(ends[1]);
      follow(scratch, ends[0]);
      _exit(0);
    }
    close(ends[0]);
    pipe_ = ends[1];
  }
  ~LagFollower() {
    close(pipe_);
    waitpid(process_, nullptr, 0);
  }
  LagFollower(const LagFollower&) = delete;
  LagFollower& operator=(const LagFollower&) = delete;

  void dial(unsigned short port) const {
    TALLINN_ASSERT(write(pipe_, &port, sizeof port) == sizeof port);
  }
  pid_t process() const { return process_; }

 private:
  static void follow(const ScratchFolder& scratch, int pipe) {
    unsigned short port = 0;
    if (read(pipe, &port, sizeof port) != sizeof port) return;
    NodeConfig config = node_config(scratch, "kyiv", "kyiv");
    config.peers = {
        {.office = "warsaw", .addresses = {"127.0.0.1:" + std::to_string(port)}, .url = {}}};
    const auto node = start_node(config);
    char end = 0;
    while (read(pipe, &end, 1) > 0) continue;
    node->stop();
  }

  pid_t process_ = 0;
  int pipe_ = 0;
};

struct PeerNow {
  bool connected = false;
  std::uint64_t lag_entries = 0;
  double lag_ms = 0;
};
PeerNow peer_of(HttpClient& client) {
  const auto answer = client.get("/api/v1/status");
  TALLINN_ASSERT(answer.has_value() && answer->status == 200);
  const boost::json::value status = boost::json::parse(answer->body);
  const auto& peer = status.at("peers").as_array().front();
  return {.connected = peer.at("connected").as_bool(),
          .lag_entries = peer.at("lag_entries").to_number<std::uint64_t>(),
          .lag_ms = peer.at("lag_ms").to_number<double>()};
}

struct Recorded {
  double per_second = 0;
  double writer_us = 0;  ///< CPU time of the writer for each event, its clients' left out
  double most_lag_ms = 0;
};

/// Cycles from `first` on, each of one client; the bodies are made beforehand.
Recorded record_by_clients(const Parties& parties, unsigned short port, std::uint64_t first,
                           std::uint64_t cycles) {
  std::vector<std::vector<Bytes>> bodies;
  for (std::uint64_t i = first; i < first + cycles; ++i) {
    auto& one = bodies.emplace_back();
    for (const Submission& submission : cycle(parties, i))
      one.push_back(encode_submission(submission));
  }
  std::atomic<std::size_t> next{0};
  std::atomic<bool> done = false;
  std::atomic<std::int64_t> clients_us = 0;
  Recorded out;
  const double cpu_before = cpu_seconds(RUSAGE_SELF);
  const Stopwatch watch;
  const auto count_this_thread = [&] {
    clients_us += static_cast<std::int64_t>(cpu_seconds(RUSAGE_THREAD) * 1e6);
  };
  std::jthread looks([&] {
    HttpClient client = client_of(port);
    while (!done) {
      out.most_lag_ms = std::max(out.most_lag_ms, peer_of(client).lag_ms);
      std::this_thread::sleep_for(kLookAtLagEvery);
    }
    count_this_thread();
  });
  {
    std::vector<std::jthread> threads;
    for (std::size_t c = 0; c < kLiveClients; ++c)
      threads.emplace_back([&] {
        HttpClient client = client_of(port);
        for (std::size_t i = next++; i < bodies.size(); i = next++)
          for (const Bytes& body : bodies[i]) {
            HttpRequest request;
            request.method = "POST";
            request.target = "/api/v1/events";
            request.body = body;
            const auto answer = client.request(request);
            TALLINN_ASSERT(answer.has_value() && answer->status == 200);
          }
        count_this_thread();
      });
  }
  const double events = static_cast<double>(cycles) * 4;
  out.per_second = events / watch.seconds();
  done = true;
  looks.join();
  const double used = cpu_seconds(RUSAGE_SELF) - cpu_before;
  out.writer_us = (used * 1e6 - static_cast<double>(clients_us.load())) / events;
  return out;
}

void wait_until_it_follows(unsigned short port) {
  HttpClient client = client_of(port);
  const Stopwatch watch;
  for (PeerNow peer = peer_of(client); !peer.connected || peer.lag_entries > 0;
       peer = peer_of(client)) {
    TALLINN_ASSERT(watch.seconds() < kFollowsWithin.count());
    std::this_thread::sleep_for(kLookAtLagEvery);
  }
}

}  // namespace

int bench_live(const BenchOptions& options) {
  const Parties parties = make_parties();
  const ScratchFolder scratch(options.folder);
  TALLINN_ASSERT(write_file_durably(scratch.path("charter.txt"), parties.charter.note).has_value());
  const LagFollower follower(scratch);
  {
    BenchOffice office(parties, scratch.path("warsaw"));
    office.record(founding(parties), wall_clock());
    office.close();
  }
  const auto warsaw = start_node(node_config(scratch, "warsaw", "warsaw"));
  const std::uint64_t cycles = options.quick ? 250 : 5'000;
  record_by_clients(parties, warsaw->http_port(), 0, cycles / 5);  // to warm up
  const Recorded alone = record_by_clients(parties, warsaw->http_port(), cycles, cycles);
  follower.dial(warsaw->peer_port());
  wait_until_it_follows(warsaw->http_port());
  const double before = cpu_seconds_of(follower.process());
  const Recorded followed = record_by_clients(parties, warsaw->http_port(), 2 * cycles, cycles);
  const double after = cpu_seconds_of(follower.process());
  const double follower_us = (after - before) * 1e6 / (static_cast<double>(cycles) * 4);
  print_rate("64 clients over HTTP, nobody follows", alone.per_second);
  print_rate("64 clients over HTTP, the other office follows", followed.per_second);
  std::printf("CPU time per event: writer alone %.0f us, followed %.0f us; follower %.0f us\n",
              alone.writer_us, followed.writer_us, follower_us);
  const double kept = alone.writer_us / followed.writer_us;
  std::printf("writer's rate kept, by its CPU time %.2f   aim 0.90   %s\n", kept,
              kept >= 0.9 ? "met" : "NOT MET");
  std::printf("the follower's greatest lag %.0f ms   aim %.0f ms   %s\n", followed.most_lag_ms,
              kLagAimMs, followed.most_lag_ms < kLagAimMs ? "met" : "NOT MET");
  warsaw->stop();
  return 0;
}

}  // namespace tallinn::bench
