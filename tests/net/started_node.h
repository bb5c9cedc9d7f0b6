// A whole node on a disk and ports of its own, for tests of what it does as one.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "ledger/file_keys.h"
#include "net/http_client.h"
#include "net/node.h"
#include "tests/support/record.h"

namespace tallinn::test {

inline UnixMillis wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return UnixMillis(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

/// A folder with the charter and both offices' keys; gone with the test.
struct Folder {
  std::filesystem::path path;
  Charter charter = signed_charter();

  Folder() {
    static int count = 0;
    path = std::filesystem::temp_directory_path() /
           ("tallinn-peer-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
    std::filesystem::create_directories(path);
    std::ofstream(path / "charter.txt") << charter.note;
    for (const auto& office : charter.offices) {
      const auto key = make_key_file({KeyOwner::Kind::office, office.name}, test_seed(office.name));
      REQUIRE(write_key_file(path / (office.name + ".key"), encode_key_file(key)));
    }
  }
  ~Folder() { std::filesystem::remove_all(path); }

  NodeConfig config(const std::string& office) const {
    NodeConfig out;
    out.data = (path / office).string();
    out.anchor = (path / "anchors" / office).string();
    out.charter = (path / "charter.txt").string();
    out.key = (path / (office + ".key")).string();
    out.listen = "127.0.0.1:0";
    out.http = "127.0.0.1:0";
    return out;
  }
};

inline std::unique_ptr<Node> start(const NodeConfig& config, Clock clock = wall_clock) {
  auto node = Node::start(config, std::move(clock));
  REQUIRE_MESSAGE(node, node.error().detail);
  return std::move(*node);
}

inline HttpClient client_of(const Node& node) {
  auto client = HttpClient::make("http://127.0.0.1:" + std::to_string(node.http_port()), {});
  REQUIRE(client);
  return std::move(*client);
}

}  // namespace tallinn::test
