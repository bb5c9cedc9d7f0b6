#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "net/http_client.h"
#include "net/node.h"
#include "net/submission.h"
#include "net/tls.h"
#include "projections/bundle.h"
#include "tests/net/started_node.h"

using namespace tallinn;
using namespace tallinn::test;
namespace asio = boost::asio;

namespace {

boost::json::object status_of(HttpClient& client) {
  const auto answer = client.get("/api/v1/status");
  REQUIRE(answer);
  return boost::json::parse(answer->body).as_object();
}

template <class Condition>
bool within_seconds(int seconds, Condition condition) {
  for (int i = 0; i < seconds * 50; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

HttpResponse post(HttpClient& client, const std::string& line, const LedgerId& ledger) {
  HttpRequest request{.method = "POST",
                      .target = "/api/v1/events",
                      .headers = {{"Content-Type", "application/octet-stream"}}};
  request.body = encode_submission(test::submission_of(line, ledger));
  auto answer = client.request(request);
  REQUIRE(answer);
  return *answer;
}

/// Records lines as the command line does: where they belong, after what has answered so far.
class Recorder {
 public:
  Recorder(HttpClient& front, HttpClient& back, const LedgerId& ledger)
      : front_(front), back_(back), ledger_(ledger) {}
  /// The status of the answer; the second office is asked when the first says so.
  unsigned record(const std::string& line) {
    HttpRequest request{.method = "POST",
                        .target = "/api/v1/events",
                        .headers = {{"Content-Type", "application/octet-stream"}}};
    for (const auto& [origin, size] : seen_)
      request.headers.emplace_back("Tallinn-After", origin + " " + std::to_string(size));
    request.body = encode_submission(test::submission_of(line, ledger_));
    auto answer = front_.request(request);
    REQUIRE(answer);
    if (answer->status == 421) answer = back_.request(request);
    REQUIRE(answer);
    if (answer->status != 200) MESSAGE(answer->body);
    std::string origin;
    for (const auto& [name, value] : answer->headers) {
      if (name == "tallinn-origin") origin = value;
      if (name == "tallinn-index") seen_[origin] = std::max(seen_[origin], std::stoull(value) + 1);
    }
    return answer->status;
  }
  const std::map<std::string, unsigned long long>& sizes() const { return seen_; }

 private:
  HttpClient& front_;
  HttpClient& back_;
  LedgerId ledger_;
  std::map<std::string, unsigned long long> seen_;
};

/// Dials with a key and says how it ended: true when the peer said something on the stream.
bool is_heard(unsigned short port, const SigningKey& key, const PublicKey& expects) {
  auto context = make_tls_context(key, [&](const PublicKey& shown) { return shown == expects; });
  REQUIRE(context);
  asio::ssl::context tls(context->release());
  asio::io_context io;
  asio::ssl::stream<asio::ip::tcp::socket> stream(io, tls);
  stream.lowest_layer().connect({asio::ip::make_address("127.0.0.1"), port});
  boost::system::error_code error;
  stream.handshake(asio::ssl::stream_base::client, error);
  if (error) return false;
  char byte = 0;
  return stream.read_some(asio::buffer(&byte, 1), error) == 1;
}

}  // namespace

TEST_CASE(
    "what one office records is held, settled and signed by both within seconds, also after a "
    "restart") {
  const Folder folder;
  auto warsaw = start(folder.config("warsaw"));
  NodeConfig kyiv_config = folder.config("kyiv");
  kyiv_config.peers = {{.office = "warsaw",
                        .addresses = {"127.0.0.1:" + std::to_string(warsaw->peer_port())},
                        .url = "http://127.0.0.1:" + std::to_string(warsaw->http_port())}};
  auto kyiv = start(kyiv_config);
  auto at_kyiv = client_of(*kyiv);
  auto at_warsaw = client_of(*warsaw);
  const auto lines = test::public_record();

  CHECK(error_of(post(at_kyiv, lines[0], folder.charter.id)).url == kyiv_config.peers[0].url);
  for (std::size_t n = 0; n < 5; ++n)
    REQUIRE(post(at_warsaw, lines[n], folder.charter.id).status == 200);
  const auto settled_everywhere = [&](std::int64_t lamport) {
    const auto reached = [&](HttpClient& client) {
      const auto status = status_of(client);
      return status.at("settled").to_number<std::int64_t>() == lamport &&
             !status.at("joint_state").is_null() &&
             status.at("joint_state").to_number<std::int64_t>() == lamport;
    };
    return within_seconds(15, [&] { return reached(at_kyiv) && reached(at_warsaw); });
  };
  CHECK(settled_everywhere(5));
  const auto kyiv_status = status_of(at_kyiv);
  CHECK(kyiv_status.at("sizes").as_object().at("tallinn-mechanism.example/warsaw/1") == 5);
  CHECK(kyiv_status.at("peers").as_array().at(0).as_object().at("connected") == true);
  CHECK(at_kyiv.get("/api/v1/state")->body.size() == at_warsaw.get("/api/v1/state")->body.size());
  CHECK(at_kyiv.get("/api/v1/parties")->body == at_warsaw.get("/api/v1/parties")->body);

  kyiv->stop();
  kyiv.reset();
  for (std::size_t n = 5; n < 8; ++n)
    REQUIRE(post(at_warsaw, lines[n], folder.charter.id).status == 200);
  CHECK(within_seconds(5, [&] {
    return status_of(at_warsaw).at("peers").as_array().at(0).as_object().at("connected") == false;
  }));
  kyiv = start(kyiv_config);
  at_kyiv = client_of(*kyiv);
  CHECK(settled_everywhere(8));
  kyiv->stop();
  CHECK_FALSE(kyiv->wait());
  warsaw->stop();
}

TEST_CASE("the public record, sent to one office, is whole at both, and a bundle of it verifies") {
  const Folder folder;
  auto warsaw = start(folder.config("warsaw"));
  NodeConfig kyiv_config = folder.config("kyiv");
  kyiv_config.peers = {{.office = "warsaw",
                        .addresses = {"127.0.0.1:" + std::to_string(warsaw->peer_port())},
                        .url = {}}};
  auto kyiv = start(kyiv_config);
  auto at_kyiv = client_of(*kyiv);
  auto at_warsaw = client_of(*warsaw);
  Recorder recorder(at_kyiv, at_warsaw, folder.charter.id);
  for (const std::string& line : test::public_record()) CHECK(recorder.record(line) == 200);
  std::uint64_t total = 0;
  for (const auto& [origin, size] : recorder.sizes()) total += size;
  CHECK(total == test::public_record().size());
  CHECK(within_seconds(10, [&] {
    const auto kyiv_status = status_of(at_kyiv);
    const auto warsaw_status = status_of(at_warsaw);
    return kyiv_status.at("joint_state") == kyiv_status.at("last") &&
           warsaw_status.at("joint_state") == kyiv_status.at("last");
  }));
  for (const char* target :
       {"/api/v1/ladder/EE", "/api/v1/trail/EE", "/api/v1/exceptions", "/api/v1/state"}) {
    CAPTURE(target);
    const auto there = at_warsaw.get(target);
    CHECK(there->status == 200);
    if (std::string_view(target) != "/api/v1/state")
      CHECK(at_kyiv.get(target)->body == there->body);
  }
  for (HttpClient* client : {&at_kyiv, &at_warsaw}) {
    const auto bundle = client->get("/api/v1/bundle/EE");
    REQUIRE_MESSAGE(bundle->status == 200, bundle->body);
    const auto verified = verify_bundle(bundle->body, folder.charter);
    REQUIRE_MESSAGE(verified, verified.error().detail);
    CHECK(verified->party == PartyId("EE"));
  }
  kyiv->stop();
  warsaw->stop();
}

TEST_CASE(
    "a peer whose key the charter does not name is not heard, nor one that is shown another key "
    "than it expects") {
  const Folder folder;
  auto warsaw = start(folder.config("warsaw"));
  const auto kyiv_keys = test::test_office("kyiv");
  const auto warsaw_key = test::test_office("warsaw").transport.public_key();
  const auto port = warsaw->peer_port();
  CHECK(is_heard(port, kyiv_keys.transport, warsaw_key));
  CHECK_FALSE(is_heard(port, test::test_key("stranger"), warsaw_key));
  CHECK_FALSE(is_heard(port, kyiv_keys.log, warsaw_key));
  CHECK_FALSE(is_heard(port, test::test_office("warsaw").transport, warsaw_key));
  CHECK_FALSE(is_heard(port, kyiv_keys.transport, test::test_key("stranger").public_key()));
  auto client = client_of(*warsaw);
  CHECK(status_of(client).at("peers").as_array().at(0).as_object().at("connected") == false);
}

TEST_CASE("a node whose keys no event has opened a log for serves reads and says what to do") {
  const Folder folder;
  NodeConfig config = folder.config("kyiv");
  const auto other =
      make_key_file({KeyOwner::Kind::office, "kyiv"}, test::test_seed("another seed"));
  REQUIRE(write_key_file(folder.path / "other.key", encode_key_file(other)));
  config.key = (folder.path / "other.key").string();
  auto node = start(config);
  auto client = client_of(*node);
  const auto status = status_of(client);
  CHECK(status.at("standing") == "not_opened");
  CHECK(status.at("appends") == false);
  CHECK(std::string(status.at("reason").as_string()).find("tallinn office epoch") !=
        std::string::npos);
  CHECK(client.get("/api/v1/parties")->status == 200);
}

TEST_CASE("a node does not start with what cannot be right, and says which file") {
  const Folder folder;
  const auto refused = [&](const NodeConfig& config, const std::string& says) {
    const auto node = Node::start(config, wall_clock);
    REQUIRE_FALSE(node);
    CAPTURE(node.error().detail);
    CHECK(node.error().detail.find(says) != std::string::npos);
  };
  NodeConfig config = folder.config("kyiv");
  config.charter = (folder.path / "none.txt").string();
  refused(config, "none.txt");
  config = folder.config("kyiv");
  config.key = (folder.path / "charter.txt").string();
  refused(config, "charter.txt");
  config = folder.config("kyiv");
  config.peers = {{.office = "oslo", .addresses = {}, .url = {}}};
  refused(config, "oslo");
  config = folder.config("kyiv");
  auto running = start(config);
  refused(config, "anchor");
  config = folder.config("warsaw");
  config.http = "127.0.0.1:" + std::to_string(running->http_port());
  refused(config, "cannot listen for HTTP");
}
