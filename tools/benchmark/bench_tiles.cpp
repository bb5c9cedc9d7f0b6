// tools/bench tiles: a node with one connection thread serving a tile, beside nginx serving the
// same bytes from a file: in turns, with the same client.
#include <fstream>

#include "ledger/file_keys.h"
#include "net/node.h"
#include "tools/benchmark/benchmarks.h"
#include "tools/benchmark/http_load.h"
#include "tools/benchmark/measure.h"
#include "tools/benchmark/nginx.h"
#include "tools/benchmark/office.h"

namespace tallinn::bench {
namespace {

using std::chrono::milliseconds;
constexpr std::size_t kTileBytes = kTileWidth * Digest::kSize;
constexpr unsigned kConnections = 16;
constexpr double kAim = 0.9;
constexpr std::uint64_t kServedEvents = 2'048;
constexpr std::string_view kTile = "/log/warsaw/1/tile/0/000";

/// A node whose log has a full tile, one thread for connections, and no peer.
std::unique_ptr<Node> start_node(const ScratchFolder& scratch) {
  const Parties parties = make_parties();
  NodeConfig config;
  config.data = scratch.path("warsaw");
  office_at_rest(parties, config.data, kServedEvents).reset();  // its files are the node's now
  config.anchor = config.data + "-anchor";
  config.charter = scratch.path("charter.txt");
  config.key = scratch.path("warsaw.key");
  config.listen = config.http = "127.0.0.1:0";
  config.io_threads = 1;
  std::ofstream(config.charter) << parties.charter.note;
  TALLINN_ASSERT(
      write_key_file(config.key, encode_key_file(office_key_file("warsaw"))).has_value());
  auto node = Node::start(config, wall_clock);
  TALLINN_ASSERT(node.has_value());
  return std::move(*node);
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace

int bench_tiles(const BenchOptions& options) {
  const ScratchFolder scratch(options.folder);
  const auto node = start_node(scratch);
  const HttpAsked ours{.port = node->http_port(), .target = std::string(kTile)};
  const std::string tile = fetch_once(ours);
  TALLINN_ASSERT(tile.size() == kTileBytes);
  std::filesystem::create_directories(scratch.path("site"));
  std::ofstream(scratch.path("site/tile"), std::ios::binary) << tile;
  const auto nginx = Nginx::start(scratch.path("site"), scratch.path("nginx"));
  if (!nginx)
    std::fprintf(stderr,
                 "tools/bench: there is no nginx here to compare with (tools/setup --tests "
                 "installs it)\n");
  const HttpAsked theirs{.port = nginx ? nginx->port() : ours.port, .target = "/tile"};
  if (nginx && fetch_once(theirs) != tile) {
    std::fprintf(stderr, "tools/bench: nginx serves other bytes\n");
    return 3;
  }
  const milliseconds turn(options.quick ? 100 : 2'000);
  const int rounds = options.quick ? 3 : 7;
  std::vector<double> rates;
  std::vector<double> limits;
  std::vector<double> ratios;
  for (int round = 0; round < rounds; ++round) {
    if (nginx) limits.push_back(answers_per_second(theirs, kConnections, kTileBytes, turn));
    rates.push_back(answers_per_second(ours, kConnections, kTileBytes, turn));
    if (nginx) ratios.push_back(rates.back() / limits.back());
  }
  const std::string what = "8 KiB tiles, 16 connections, one thread";
  if (!nginx) {
    print_rate(what, median(rates));
    return 3;
  }
  print_rate("nginx, one worker, the same file", median(limits));
  const double ratio = median(ratios);
  std::printf("%-58s %12.0f /s   ratio %.2f (%.2f to %.2f)   aim %.2f   %s\n", what.c_str(),
              median(rates), ratio, *std::ranges::min_element(ratios),
              *std::ranges::max_element(ratios), kAim, ratio >= kAim ? "met" : "NOT MET");
  return 0;
}

}  // namespace tallinn::bench
