// node.toml (tools/node.toml.example): every key is known here with its default, and nothing else
// is taken.
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <tuple>

#include "events/bytes.h"
#include "ledger/file_text.h"
#include "net/address.h"
#include "net/node.h"

namespace tallinn {
namespace {

constexpr std::size_t kMaxConfigBytes = 64u << 10;
constexpr std::size_t kMostMirrors = 32;
constexpr std::array<std::string_view, 13> kKeys{
    "role", "cosign_every_s", "data",       "anchor", "charter", "chain",  "key",
    "http", "listen",         "io_threads", "limits", "peers",   "mirrors"};
constexpr std::array<std::string_view, 3> kPeerKeys{"office", "addresses", "url"};
constexpr std::array<std::string_view, 10> kLimitKeys{
    "handshakes_per_minute", "max_body_bytes",     "max_header_bytes", "max_connections",
    "idle_timeout_ms",       "request_timeout_ms", "ping_after_ms",    "dead_after_ms",
    "hello_within_ms",       "frame_within_ms"};

/// Letters to change, add or leave out.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t corner = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j)
      corner = std::exchange(
          row[j + 1], std::min({row[j + 1] + 1, row[j] + 1, corner + (a[i] == b[j] ? 0 : 1)}));
  }
  return row.back();
}

/// Reads one table; the first thing wrong is kept and everything after it ignored.
class Reader {
 public:
  Reader(const toml::table& table, std::string where) : table_(table), where_(std::move(where)) {}

  void text(std::string_view key, std::string& into, bool required = true) {
    const auto* node = table_.get(key);
    if (node == nullptr) {
      if (required) fail(key, "is missing");
      return;
    }
    if (const auto value = node->value<std::string>();
        value && node->is_string() && !value->empty())
      into = *value;
    else
      fail(key, "is not text");
  }
  template <class Number>
  void number(std::string_view key, Number& into, std::int64_t least, std::int64_t most) {
    const auto* node = table_.get(key);
    if (node == nullptr) return;
    const auto value = node->is_integer() ? node->value<std::int64_t>() : std::nullopt;
    if (value && *value >= least && *value <= most)
      into = static_cast<Number>(*value);
    else
      fail(key,
           "is not a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  void texts(std::string_view key, std::vector<std::string>& into) {
    const auto* node = table_.get(key);
    if (node == nullptr) return;
    const auto* array = node->as_array();
    if (array == nullptr) return fail(key, "is not a list of texts");
    for (const auto& item : *array) {
      const auto value = item.is_string() ? item.value<std::string>() : std::nullopt;
      if (!value) return fail(key, "is not a list of texts");
      into.push_back(*value);
    }
  }
  void only(std::span<const std::string_view> keys) {
    for (const auto& [key, value] : table_) {
      if (std::ranges::find(keys, key.str()) != keys.end()) continue;
      const auto nearest = *std::ranges::min_element(
          keys, {}, [&](std::string_view known) { return distance(known, key.str()); });
      fail(key.str(), "is not a key of node.toml; did you mean \"" + std::string(nearest) + "\"?");
    }
  }
  void fail(std::string_view key, std::string why) {
    if (!error_)
      error_ = Error{.code = Code::malformed,
                     .detail = "\"" + where_ + std::string(key) + "\" " + std::move(why),
                     .field = where_ + std::string(key)};
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  const toml::table& table_;
  std::string where_;
  std::optional<Error> error_;
};

void read_limits(Reader& reader, NodeConfig& config) {
  HttpLimits& http = config.http_limits;
  SessionLimits& session = config.session_limits;
  reader.only(kLimitKeys);
  reader.number("max_body_bytes", http.max_body_bytes, 70'000, 16 << 20);
  reader.number("max_header_bytes", http.max_header_bytes, 1'024, 1 << 20);
  reader.number("max_connections", http.max_connections, 1, 100'000);
  reader.number("idle_timeout_ms", http.idle_timeout_ms, 100, 3'600'000);
  reader.number("request_timeout_ms", http.request_timeout_ms, 100, 3'600'000);
  reader.number("ping_after_ms", session.ping_after_ms, 100, 600'000);
  reader.number("dead_after_ms", session.dead_after_ms, 200, 3'600'000);
  reader.number("hello_within_ms", session.hello_within_ms, 100, 600'000);
  reader.number("frame_within_ms", session.frame_within_ms, 1'000, 3'600'000);
  reader.number("handshakes_per_minute", config.handshakes_per_minute, 10, 1'000'000);
  if (session.dead_after_ms <= session.ping_after_ms)
    reader.fail("dead_after_ms", "must be more than ping_after_ms");
}

Result<NodeConfig::Peer> read_peer(const toml::node& node) {
  const auto* table = node.as_table();
  if (table == nullptr)
    return refuse(Code::malformed, "[[peers]] is not a list of tables", "peers");
  NodeConfig::Peer peer;
  Reader reader(*table, "peers.");
  reader.only(kPeerKeys);
  reader.text("office", peer.office);
  reader.texts("addresses", peer.addresses);
  reader.text("url", peer.url, false);
  for (const auto& address : peer.addresses)
    if (const auto parsed = parse_address(address); !parsed)
      reader.fail("addresses", "holds what is no address: " + parsed.error().detail);
  if (reader.error()) return std::unexpected(*reader.error());
  return peer;
}

/// What only an office has.
void read_office(Reader& reader, const toml::table& root, NodeConfig& config) {
  const bool is_mirror = config.role == NodeConfig::Role::mirror;
  for (const auto& [key, into, why] :
       {std::tuple{"anchor", &config.anchor, "is of offices: a mirror has nothing to anchor"},
        std::tuple{"listen", &config.listen,
                   "is of offices: a mirror dials, and is not dialled"}}) {
    if (!is_mirror)
      reader.text(key, *into);
    else if (root.contains(key))
      reader.fail(key, why);
  }
}

Result<NodeConfig> read_config(const toml::table& root) {
  NodeConfig config;
  Reader reader(root, "");
  reader.only(kKeys);
  std::string role = "office";
  reader.text("role", role, false);
  if (role != "office" && role != "mirror") reader.fail("role", "is neither office nor mirror");
  if (role == "mirror") config.role = NodeConfig::Role::mirror;
  read_office(reader, root, config);
  reader.text("data", config.data);
  reader.text("charter", config.charter);
  reader.text("chain", config.chain, false);
  reader.text("key", config.key);
  reader.text("http", config.http);
  reader.number("io_threads", config.io_threads, 1, 64);
  reader.number("cosign_every_s", config.cosign_every_s, 2, 86'400);
  reader.texts("mirrors", config.mirrors);
  if (config.mirrors.size() > kMostMirrors)
    reader.fail("mirrors", "holds more than " + std::to_string(kMostMirrors));
  for (const auto* address : {&config.listen, &config.http})
    if (const auto parsed = parse_address(*address);
        !parsed && !address->empty() && !reader.error())
      reader.fail(address == &config.listen ? "listen" : "http",
                  "is no address: " + parsed.error().detail);
  if (reader.error()) return std::unexpected(*reader.error());
  if (const auto* limits = root.get("limits"); limits != nullptr) {
    if (!limits->is_table()) return refuse(Code::malformed, "[limits] is not a table", "limits");
    Reader limits_reader(*limits->as_table(), "limits.");
    read_limits(limits_reader, config);
    if (limits_reader.error()) return std::unexpected(*limits_reader.error());
  }
  if (const auto* peers = root.get("peers"); peers != nullptr) {
    if (!peers->is_array())
      return refuse(Code::malformed, "[[peers]] is not a list of tables", "peers");
    for (const auto& node : *peers->as_array()) {
      auto peer = read_peer(node);
      if (!peer) return std::unexpected(peer.error());
      config.peers.push_back(std::move(*peer));
    }
  }
  return config;
}

/// Of files that need not be there; links are followed as far as they are.
bool lies_inside(const std::filesystem::path& file, const std::filesystem::path& folder) {
  std::error_code unreadable;  // then the path as it is written counts
  const auto real = [&](const std::filesystem::path& path) {
    const auto canonical = std::filesystem::weakly_canonical(path, unreadable);
    return unreadable ? path : canonical;
  };
  const auto way = real(file).lexically_relative(real(folder));
  return !way.empty() && *way.begin() != "..";
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
      out += "\\u00" + to_hex(BytesView(&c, 1));
    else
      out.push_back(c);
  }
  return out + "\"";
}

}  // namespace

Result<NodeConfig> parse_node_config(std::string_view text, const std::string& name) {
  Result<NodeConfig> config;
  try {
    config = read_config(toml::parse(text, name));
  } catch (const toml::parse_error& error) {
    return refuse(Code::malformed, name + ":" + std::to_string(error.source().begin.line) + ": " +
                                       std::string(error.description()));
  }
  if (!config) {
    Error error = config.error();
    error.detail = name + ": " + error.detail;
    return std::unexpected(std::move(error));
  }
  return config;
}

Result<NodeConfig> load_node_config(const std::string& path) {
  const auto text = read_file(path, kMaxConfigBytes);
  if (!text) return std::unexpected(text.error());
  auto config = parse_node_config(*text, path);
  if (!config) return config;
  const auto folder = std::filesystem::path(path).parent_path();
  for (auto* file :
       {&config->data, &config->anchor, &config->charter, &config->chain, &config->key})
    if (!file->empty()) *file = (folder / *file).lexically_normal().string();
  if (!config->anchor.empty() && lies_inside(config->anchor, config->data))
    return refuse(Code::malformed,
                  path +
                      ": \"anchor\" lies inside \"data\": whoever puts a copy of the data back "
                      "would put the anchor back with it, and nothing would tell");
  return config;
}

std::string format_node_config(const NodeConfig& config) {
  std::string out;
  const auto text = [&](std::string_view key, std::string_view value) {
    out.append(key).append(" = ").append(in_quotes(value)).push_back('\n');
  };
  const auto number = [&](std::string_view key, auto value) {
    out.append(key).append(" = ").append(std::to_string(value)).push_back('\n');
  };
  const auto texts = [&](std::string_view key, const std::vector<std::string>& values) {
    out.append(key).append(" = [");
    for (std::size_t i = 0; i < values.size(); ++i)
      out += (i == 0 ? "" : ", ") + in_quotes(values[i]);
    out += "]\n";
  };
  const bool is_mirror = config.role == NodeConfig::Role::mirror;
  if (is_mirror) text("role", "mirror");
  text("data", config.data);
  if (!is_mirror) text("anchor", config.anchor);
  text("charter", config.charter);
  if (!config.chain.empty()) text("chain", config.chain);
  text("key", config.key);
  if (!is_mirror) text("listen", config.listen);
  text("http", config.http);
  number("io_threads", config.io_threads);
  number("cosign_every_s", config.cosign_every_s);
  texts("mirrors", config.mirrors);
  out += "\n[limits]\n";
  number("max_body_bytes", config.http_limits.max_body_bytes);
  number("max_header_bytes", config.http_limits.max_header_bytes);
  number("max_connections", config.http_limits.max_connections);
  number("idle_timeout_ms", config.http_limits.idle_timeout_ms);
  number("request_timeout_ms", config.http_limits.request_timeout_ms);
  number("ping_after_ms", config.session_limits.ping_after_ms);
  number("dead_after_ms", config.session_limits.dead_after_ms);
  number("hello_within_ms", config.session_limits.hello_within_ms);
  number("frame_within_ms", config.session_limits.frame_within_ms);
  number("handshakes_per_minute", config.handshakes_per_minute);
  for (const auto& peer : config.peers) {
    out += "\n[[peers]]\n";
    text("office", peer.office);
    texts("addresses", peer.addresses);
    if (!peer.url.empty()) text("url", peer.url);
  }
  return out;
}

}  // namespace tallinn
