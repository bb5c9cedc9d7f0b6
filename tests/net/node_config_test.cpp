#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "net/node.h"
#include "tests/support/files.h"

using namespace tallinn;

namespace {

/// A file that is gone with the test.
struct TemporaryFile {
  explicit TemporaryFile(const std::string& text) {
    path = (std::filesystem::temp_directory_path() /
            ("tallinn-node-config-" + std::to_string(::getpid()) + ".toml"))
               .string();
    std::ofstream(path) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path); }
  std::string path;
};

const std::string kLeast =
    "data = \"d\"\nanchor = \"/a\"\ncharter = \"c\"\nkey = \"k\"\nlisten = \"127.0.0.1:0\"\nhttp = "
    "\"[::1]:0\"\n";

}  // namespace

TEST_CASE("the example of node.toml is taken, and says the defaults") {
  const auto config = load_node_config(test::source_dir() + "/tools/node.toml.example");
  REQUIRE_MESSAGE(config, config.error().detail);
  CHECK(config->listen == "127.0.0.1:8480");
  CHECK(config->data == test::source_dir() + "/tools/data");
  CHECK(config->anchor == test::source_dir() + "/anchors/kyiv.anchor");
  REQUIRE(config->peers.size() == 1);
  CHECK(config->peers[0].office == "warsaw");
  CHECK(config->peers[0].addresses == std::vector<std::string>{"127.0.0.1:8482"});
  const NodeConfig defaults;
  CHECK(config->io_threads == defaults.io_threads);
  CHECK(config->cosign_every_s == defaults.cosign_every_s);
  CHECK(config->http_limits.max_body_bytes == defaults.http_limits.max_body_bytes);
  CHECK(config->http_limits.max_header_bytes == defaults.http_limits.max_header_bytes);
  CHECK(config->http_limits.max_connections == defaults.http_limits.max_connections);
  CHECK(config->http_limits.idle_timeout_ms == defaults.http_limits.idle_timeout_ms);
  CHECK(config->http_limits.request_timeout_ms == defaults.http_limits.request_timeout_ms);
  CHECK(config->session_limits.ping_after_ms == defaults.session_limits.ping_after_ms);
  CHECK(config->session_limits.dead_after_ms == defaults.session_limits.dead_after_ms);
  CHECK(config->session_limits.hello_within_ms == defaults.session_limits.hello_within_ms);
  CHECK(config->session_limits.frame_within_ms == defaults.session_limits.frame_within_ms);
  CHECK(config->handshakes_per_minute == defaults.handshakes_per_minute);
  CHECK(config->mirrors == defaults.mirrors);
  CHECK(config->role == NodeConfig::Role::office);
}

TEST_CASE("what is formatted reads back as the same configuration") {
  NodeConfig config;
  config.data = "/data";
  config.anchor = "/an \"chor\\ of two\nlines\x7f";
  config.charter = "/c";
  config.key = "/k";
  config.listen = "a:1";
  config.http = "b:2";
  config.peers.push_back({.office = "warsaw", .addresses = {"x:1", "y:2"}, .url = "http://z"});
  config.peers.push_back({.office = "oslo", .addresses = {}, .url = ""});
  config.io_threads = 3;
  config.http_limits.max_connections = 7;
  config.session_limits.ping_after_ms = 1'234;
  const TemporaryFile file(format_node_config(config));
  const auto back = load_node_config(file.path);
  REQUIRE_MESSAGE(back, back.error().detail);
  CHECK(format_node_config(*back) == format_node_config(config));
}

TEST_CASE("a mirror's node.toml reads back as the same configuration, without what offices have") {
  NodeConfig config;
  config.role = NodeConfig::Role::mirror;
  config.data = "/data";
  config.charter = "/c";
  config.key = "/k";
  config.http = "b:2";
  config.mirrors = {"mirror one x y", "mirror two x y"};
  config.handshakes_per_minute = 77;
  const TemporaryFile file(format_node_config(config));
  const auto back = load_node_config(file.path);
  REQUIRE_MESSAGE(back, back.error().detail);
  CHECK(back->role == NodeConfig::Role::mirror);
  CHECK(back->mirrors == config.mirrors);
  CHECK(back->handshakes_per_minute == 77);
  CHECK(format_node_config(*back) == format_node_config(config));
}

TEST_CASE("paths are relative to the folder of the file, unless they are absolute") {
  const TemporaryFile file(kLeast);
  const auto config = load_node_config(file.path);
  REQUIRE_MESSAGE(config, config.error().detail);
  CHECK(config->data == (std::filesystem::temp_directory_path() / "d").string());
  CHECK(config->anchor == "/a");
}

TEST_CASE("the anchor lies outside the data, also where a link or a way round leads into it") {
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "d");
  std::filesystem::create_directory_symlink(folder.path() / "d", folder.path() / "link");
  const auto loaded = [&](const std::string& anchor) {
    const std::string text = "data = \"d\"\nanchor = \"" + anchor +
                             "\"\ncharter = \"c\"\nkey = \"k\"\nlisten = \"127.0.0.1:0\"\n"
                             "http = \"127.0.0.1:0\"\n";
    const std::string path = (folder.path() / "node.toml").string();
    std::ofstream(path) << text;
    return load_node_config(path);
  };
  for (const char* anchor : {"d/a", "d", "x/../d/deeper/a", "link/a"}) {
    CAPTURE(anchor);
    const auto config = loaded(anchor);
    REQUIRE_FALSE(config.has_value());
    CHECK(config.error().detail.find("\"anchor\" lies inside \"data\"") != std::string::npos);
  }
  for (const char* anchor : {"a", "../a", "d.anchor", "d/../a", "dd/a"}) {
    CAPTURE(anchor);
    CHECK(loaded(anchor).has_value());
  }
}

TEST_CASE("what node.toml may not say is refused, and the key is named") {
  struct Row {
    std::string text;
    std::string says;
  };
  const Row rows[] = {
      {kLeast + "anchr = \"x\"\n", "did you mean \"anchor\""},
      {kLeast + "[limits]\nmax_conections = 1\n", "did you mean \"max_connections\""},
      {kLeast + "[[peers]]\noffice = \"w\"\nadresses = []\n", "did you mean \"addresses\""},
      {"data = \"d\"\n", "\"anchor\" is missing"},
      {kLeast + "io_threads = 0\n", "\"io_threads\" is not a whole number from 1 to 64"},
      {kLeast + "io_threads = \"2\"\n", "\"io_threads\""},
      {kLeast + "[limits]\nping_after_ms = 20000\n", "must be more than ping_after_ms"},
      {kLeast + "[[peers]]\noffice = \"w\"\naddresses = [\"nowhere\"]\n", "peers.addresses"},
      {kLeast + "[[peers]]\naddresses = [\"a:1\"]\n", "\"peers.office\" is missing"},
      {kLeast + "peers = 3\n", "[[peers]]"},
      {kLeast + "limits = 3\n", "[limits]"},
      {kLeast + "role = \"mirror\"\n", "a mirror has nothing to anchor"},
      {kLeast + "role = \"office \"\n", "\"role\" is neither office nor mirror"},
      {kLeast + "mirrors = \"m\"\n", "\"mirrors\" is not a list of texts"},
      {kLeast + "[limits]\nhandshakes_per_minute = 9\n", "from 10 to 1000000"},
      {kLeast + "= 3\n", ":7:"},
      {kLeast + "data = \"twice\"\n", ":7:"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const TemporaryFile file(row.text);
    const auto config = load_node_config(file.path);
    REQUIRE_FALSE(config);
    CAPTURE(config.error().detail);
    CHECK(config.error().detail.find(row.says) != std::string::npos);
    CHECK(config.error().detail.find(file.path) != std::string::npos);
  }
  CHECK_FALSE(load_node_config("/nowhere/node.toml"));
}
