#include <doctest/doctest.h>

#include <atomic>

#include "net/address.h"
#include "net/problem.h"
#include "tests/net/http_running.h"

using namespace tallinn;
using test::raw;
using test::Running;

namespace {

void echo(HttpRequest request, HttpRespond respond) {
  HttpResponse response;
  response.body = request.method + " " + request.target + " " + request.body;
  response.headers.emplace_back("X-Agent", std::string(request.header("x-agent")));
  respond(std::move(response));
}

std::string header_of(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return "";
}

}  // namespace

TEST_CASE("what the handler says arrives whole, over one kept connection") {
  Running running(echo);
  auto client = running.client();
  for (int i = 0; i < 50; ++i) {
    HttpRequest request{
        .method = "POST", .target = "/a?b=" + std::to_string(i), .body = std::string(1000, 'x')};
    request.headers.emplace_back("X-Agent", "t");
    const auto answer = client.request(request);
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->body == "POST /a?b=" + std::to_string(i) + " " + std::string(1000, 'x'));
    CHECK(header_of(*answer, "x-agent") == "t");
    CHECK(answer->content_type == "text/plain; charset=utf-8");
    CHECK(running.server->connections() == 1);
  }
}

TEST_CASE("HEAD tells the length and sends no body, and the connection stays usable") {
  Running running(echo);
  auto client = running.client();
  const auto head = client.request({.method = "HEAD", .target = "/abc"});
  REQUIRE(head);
  CHECK(head->body.empty());
  CHECK(header_of(*head, "content-length") == "10");
  const auto get = client.get("/abc");
  REQUIRE(get);
  CHECK(get->body == "GET /abc ");
  CHECK(running.server->connections() == 1);
}

TEST_CASE("an answer given later, from another thread, is sent") {
  std::thread later;
  {
    Running running([&](HttpRequest, HttpRespond respond) {
      later = std::thread([respond] {
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        HttpResponse response{.body = "late"};
        respond(std::move(response));
      });
    });
    auto client = running.client();
    const auto answer = client.get("/");
    REQUIRE(answer);
    CHECK(answer->body == "late");
  }
  later.join();
}

TEST_CASE("a handler that never answers gives 503 after the request timeout") {
  Running running([](HttpRequest, HttpRespond) {}, {.request_timeout_ms = 50});
  auto client = running.client();
  const auto answer = client.get("/");
  REQUIRE(answer);
  CHECK(answer->status == 503);
}

TEST_CASE(
    "requests beyond the limits or not well formed are answered with the right status and closed") {
  Running running(echo,
                  {.max_body_bytes = 100, .max_header_bytes = 1'000, .request_timeout_ms = 200});
  const auto port = running.server->port();
  struct Row {
    std::string request;
    std::string status;
  };
  const std::string host = "Host: a\r\n";
  const Row rows[] = {
      {"GARBAGE\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/9.9\r\n" + host + "\r\n", "400"},
      {"GET /\x01 HTTP/1.1\r\n" + host + "\r\n", "400"},
      {"GET / HTTP/1.1\r\n" + host + "A: " + std::string(5'000, 'a') + "\r\n\r\n", "431"},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: 101\r\n\r\n" + std::string(101, 'b'), "413"},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: 5000000\r\n\r\n" +
           std::string(2'000'000, 'b'),
       "413"},
      {"POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nZZ\r\n", "400"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.request.substr(0, 60));
    const auto answer = raw(port, row.request);
    CHECK(answer.substr(0, 12) == "HTTP/1.1 " + row.status);
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
  }
  CHECK(raw(port, "POST / HTTP/1.1\r\n" + host + "Content-Length: 50\r\n\r\nshort") ==
        "");  // closed in time
  CHECK(running.client().get("/")->status == 200);
}

TEST_CASE("two requests sent at once are answered in order, and close is obeyed") {
  Running running(echo);
  const auto answer = raw(
      running.server->port(),
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto first = answer.find("GET /1 ");
  const auto second = answer.find("GET /2 ");
  CHECK(first != std::string::npos);
  CHECK(second != std::string::npos);
  CHECK(first < second);
}

TEST_CASE("connections beyond those at work are answered 503, and places become free again") {
  HttpRespond held;
  std::atomic<bool> asked = false;
  Running running(
      [&](HttpRequest, HttpRespond respond) {
        if (asked) return respond(HttpResponse{.body = "free"});
        held = std::move(respond);
        asked = true;
      },
      {.max_connections = 1});
  test::Wire first(running.server->port());
  REQUIRE(first.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  while (!asked) std::this_thread::yield();
  CHECK(raw(running.server->port(), "").substr(0, 12) == "HTTP/1.1 503");
  held(HttpResponse{.body = "held"});
  CHECK(first.rest().ends_with("held"));
  CHECK(running.client().get("/")->body == "free");
}

TEST_CASE(
    "who has kept the server waiting longest gives way to who comes when all places are taken") {
  Running running(echo, {.max_connections = 3});
  std::vector<std::unique_ptr<test::Wire>> slow;
  const auto slow_ones_come = [&](const char* begun) {
    slow.push_back(std::make_unique<test::Wire>(running.server->port()));
    REQUIRE(slow.back()->send(begun));
    for (int i = 0; i < 400 && running.server->connections() < slow.size(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  };
  slow_ones_come("GET / HTTP/1.1\r\nA: ");
  slow_ones_come("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
  slow_ones_come("");
  for (int i = 0; i < 3; ++i) {
    const auto answer = running.client().get("/honest");
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(running.server->connections() <= 3);
  }
  CHECK(slow[0]->rest().empty());
  REQUIRE(slow[1]->send("the whole"));
  CHECK(slow[1]->until("the whole").ends_with("POST / the whole"));
}

TEST_CASE("a request whose end is a matter of opinion is refused, and nothing behind it is read") {
  Running running(echo);
  const std::string behind = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string chunks = "1\r\nx\r\n0\r\n\r\n";
  struct Row {
    std::string version;
    std::string headers;
    std::string body;
  };
  const std::string host = "Host: a\r\n";
  const Row rows[] = {
      {"1.1", host + "Transfer-Encoding: chunked, identity\r\n", chunks},
      {"1.1", host + "Transfer-Encoding: identity\r\n", chunks},
      {"1.1", host + "Transfer-Encoding: gzip, chunked\r\n", chunks},
      {"1.1", host + "Transfer-Encoding: xchunked\r\n", chunks},
      {"1.1", host + "Transfer-Encoding: chunked;x=1\r\n", chunks},
      {"1.1", host + "Transfer-Encoding: \"chunked\"\r\n", chunks},
      {"1.1", host + "Transfer-Encoding:\r\n", chunks},
      {"1.1", host + "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", chunks},
      {"1.1", host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", chunks},
      {"1.1", host + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", chunks},
      {"1.1", host + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", chunks},
      {"1.1", host + "Content-Length: 1\r\nTransfer-Encoding: identity\r\n", "x"},
      {"1.1", host + "Content-Length: 1\r\nContent-Length: 2\r\n", "xy"},
      {"1.1", host + "Content-Length: 1\r\nContent-Length: 1\r\n", "x"},
      {"1.1", host + "Content-Length: 1, 1\r\n", "x"},
      {"1.1", host + "Content-Length: +1\r\n", "x"},
      {"1.1", host + "Content-Length: 0x1\r\n", "x"},
      {"1.1", host + "Content-Length : 1\r\n", "x"},
      {"1.1", host + "Content-Length: 18446744073709551617\r\n", "x"},
      {"1.1", host + host, ""},
      {"1.1", "", ""},
      {"1.0", "Transfer-Encoding: chunked\r\n", chunks},
      {"1.0", host + "Transfer-Encoding: identity\r\nConnection: keep-alive\r\n", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.headers);
    const auto answer = raw(running.server->port(), "POST / HTTP/" + row.version + "\r\n" +
                                                        row.headers + "\r\n" + row.body + behind);
    CHECK(answer.substr(8, 5) == " 400 ");
    CHECK(answer.find("smuggled") == std::string::npos);
  }
}

TEST_CASE("what stands behind a body in chunks is no header of its request") {
  Running running(echo);
  const std::string request =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n";
  const std::string next = "GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  const auto answer = raw(running.server->port(), request + "X-Agent: behind\r\n\r\n" + next);
  CHECK(answer.find("POST / x") != std::string::npos);
  CHECK(answer.find("behind") == std::string::npos);
  CHECK(answer.ends_with("GET /next "));
}

TEST_CASE("an idle connection is closed, and the client goes on with a new one") {
  Running running(echo, {.idle_timeout_ms = 30});
  auto client = running.client();
  REQUIRE(client.get("/1"));
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  CHECK(running.server->connections() == 0);
  CHECK(client.get("/2")->status == 200);
}

TEST_CASE("stop ends idle connections at once and finishes what is under way") {
  std::atomic<bool> asked = false;
  std::thread later;
  {
    Running running([&](HttpRequest, HttpRespond respond) {
      asked = true;
      later = std::thread([respond] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        respond(HttpResponse{.body = "finished"});
      });
    });
    auto client = running.client();
    Result<HttpResponse> answer;
    std::thread asking([&] { answer = client.get("/"); });
    while (!asked) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    running.server->stop();
    asking.join();
    REQUIRE(answer);
    CHECK(answer->body == "finished");
    CHECK_FALSE(running.client().get("/"));
  }
  later.join();
}

TEST_CASE("no node at an address is unavailable, and says which address") {
  auto client = HttpClient::make("http://127.0.0.1:1", {.timeout_ms = 500});
  REQUIRE(client);
  const auto answer = client->get("/");
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == Code::unavailable);
  CHECK(answer.error().detail.find("http://127.0.0.1:1") != std::string::npos);
}

TEST_CASE("only addresses of http and https are taken") {
  for (const char* url : {"", "127.0.0.1:80", "http://", "ftp://a", "http://u@a", "https://u@a",
                          "http://a?b", "http://a b"}) {
    CAPTURE(url);
    CHECK_FALSE(HttpClient::make(url, {}));
  }
  CHECK(HttpClient::make("http://[::1]:8481/base/", {}));
  CHECK(HttpClient::make("https://kyiv.example", {}));
}

TEST_CASE("an error told as problem details reads back as the same error") {
  const Error errors[] = {
      {.code = Code::wrong_office,
       .detail = "d",
       .field = {},
       .office = "warsaw",
       .url = "http://x"},
      {.code = Code::invalid_value, .detail = "1.005 \"EUR\"", .field = "body.value.amount"},
      {.code = Code::not_found, .detail = "no"},
      {.code = Code::behind, .detail = "wait"},
  };
  for (const auto& error : errors) CHECK(error_of(problem(error)) == error);
  CHECK(error_of({.status = 502, .body = "<html>"}).code == Code::unavailable);
}

TEST_CASE("an address is a host and a port, and nothing else") {
  for (const char* text : {"127.0.0.1:8480", "[::1]:0", "kyiv.example:65535"}) {
    const auto address = parse_address(text);
    REQUIRE(address);
    CHECK(format_address(*address) == text);
  }
  for (const char* text :
       {"", "a", ":1", "a:", "a:65536", "a:-1", "a:1x", "::1:80", "a b:1", "[]:1", "http://a:1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_address(text));
  }
}
