// A real node for benchmarks: its folder in the scratch folder, started, and a client of it.
#pragma once

#include "ledger/file_keys.h"
#include "net/http_client.h"
#include "net/node.h"
#include "tools/benchmark/measure.h"
#include "tools/benchmark/office.h"

namespace tallinn::bench {

/// What a node in `folder` reads: the charter, its key, its data. Makes its key file.
inline NodeConfig node_config(const ScratchFolder& scratch, const std::string& folder,
                              const std::string& office) {
  NodeConfig out;
  out.data = scratch.path(folder);
  out.anchor = out.data + "-anchor";
  out.charter = scratch.path("charter.txt");
  out.key = out.data + ".key";
  out.listen = "127.0.0.1:0";
  out.http = "127.0.0.1:0";
  TALLINN_ASSERT(write_key_file(out.key, encode_key_file(office_key_file(office))).has_value());
  return out;
}

inline std::unique_ptr<Node> start_node(const NodeConfig& config) {
  auto node = Node::start(config, wall_clock);
  if (!node) std::fprintf(stderr, "%s\n", node.error().detail.c_str());
  TALLINN_ASSERT(node.has_value());
  return *std::move(node);
}

inline HttpClient client_of(unsigned short http_port) {
  auto client = HttpClient::make("http://127.0.0.1:" + std::to_string(http_port), {});
  TALLINN_ASSERT(client.has_value());
  return *std::move(client);
}

}  // namespace tallinn::bench
