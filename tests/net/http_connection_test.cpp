#include <atomic>

#include "net/http_head.h"
#include "tests/net/http_running.h"

namespace asio = boost::asio;
using namespace std::string_literals;
using namespace tallinn;
using test::raw;
using test::Running;
using test::Wire;

namespace {

const std::string kHost = "Host: a\r\n";

/// The method, the target and the body, in brackets.
void say_back(HttpRequest request, HttpRespond respond) {
  respond(
      HttpResponse{.body = "[" + request.method + " " + request.target + " " + request.body + "]"});
}

std::string get(std::string_view target, std::string_view headers = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\n" + kHost + std::string(headers) + "\r\n";
}
const std::string kClose = "Connection: close\r\n";

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

bool becomes(const HttpServer& server, std::size_t connections, int within_ms) {
  for (int waited = 0; waited < within_ms && server.connections() != connections; waited += 5)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return server.connections() == connections;
}

}  // namespace

TEST_CASE("a request that comes byte by byte is answered like one that comes at once") {
  Running running(say_back);
  Wire wire(running.server->port());
  const std::string request =
      "POST /slow HTTP/1.1\r\n" + kHost + kClose + "Content-Length: 5\r\n\r\nbytes";
  for (const char byte : request) REQUIRE(wire.send({&byte, 1}));
  CHECK(wire.rest().ends_with("\r\n\r\n[POST /slow bytes]"));
}

TEST_CASE("requests sent at once, more than one read takes, are each answered, in their order") {
  Running running(say_back);
  std::string requests;
  std::string bodies;
  constexpr int kRequests = 600;
  for (int n = 0; n < kRequests; ++n) {
    const std::string target = "/" + std::to_string(n);
    const std::string body(static_cast<std::size_t>(n % 90), 'b');
    requests += "POST " + target + " HTTP/1.1\r\n" + kHost +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    bodies += "[POST " + target + " " + body + "]";
  }
  const std::string answer = raw(running.server->port(), requests + get("/last", kClose));
  std::string found;
  for (auto at = answer.find('['); at != std::string::npos; at = answer.find('[', at + 1))
    found += answer.substr(at, answer.find(']', at) + 1 - at);
  CHECK(found == bodies + "[GET /last ]");
  CHECK(count_of(answer, "HTTP/1.1 200 OK\r\n") == kRequests + 1);
}

TEST_CASE("HEAD between other requests sends its length and nothing that a next answer follows") {
  Running running(say_back);
  const auto answer =
      raw(running.server->port(), "HEAD /a HTTP/1.1\r\n" + kHost + "\r\n" + get("/b", kClose));
  const auto end = answer.find("\r\n\r\n");
  CHECK(answer.substr(0, end + 2).find("Content-Length: 10\r\n") != std::string::npos);
  CHECK(answer.substr(end + 4).starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(answer.ends_with("[GET /b ]"));
}

TEST_CASE("a large answer arrives whole at a client that reads late") {
  const std::string body = std::string(4u << 20, 'x') + std::string(4u << 20, 'y');
  Running running([&](HttpRequest, HttpRespond respond) { respond(HttpResponse{.body = body}); });
  Wire wire(running.server->port());
  REQUIRE(wire.send(get("/") + get("/", kClose)));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const std::string answer = wire.rest();
  CHECK(count_of(answer, "HTTP/1.1 200 OK\r\n") == 2);
  CHECK(answer.ends_with("\r\n\r\n" + body));
}

TEST_CASE("a client that does not read its answer is closed after the request timeout") {
  Running running(
      [](HttpRequest, HttpRespond respond) {
        respond(HttpResponse{.body = std::string(32u << 20, 'x')});
      },
      {.request_timeout_ms = 150});
  Wire wire(running.server->port());
  REQUIRE(wire.send(get("/")));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(running.server->connections() == 1);
  CHECK(becomes(*running.server, 0, 2'000));
}

TEST_CASE("a request has its time from its first byte on, however steadily the rest drips in") {
  Running running(say_back, {.request_timeout_ms = 150});
  Wire wire(running.server->port());
  REQUIRE(wire.send("GET / HTTP/1.1\r\n"));
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(becomes(*running.server, 1, 2'000));
  while (running.server->connections() > 0) {
    wire.send("a");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    REQUIRE(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  }
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(140));
}

TEST_CASE("a connection that is used stays open beyond the idle time, and then has it again") {
  Running running(say_back, {.idle_timeout_ms = 200});
  Wire wire(running.server->port());
  for (int n = 0; n < 10; ++n) {
    REQUIRE(wire.send(get("/")));
    REQUIRE(wire.until("[GET / ]").starts_with("HTTP/1.1 200 "));
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
  }
  CHECK(running.server->connections() == 1);
  CHECK(becomes(*running.server, 0, 2'000));
}

TEST_CASE("a client that waits to be told to go on is told so once, and only before its body") {
  Running running(say_back);
  const std::string head =
      "POST / HTTP/1.1\r\n" + kHost + kClose + "Expect: 100-Continue\r\nContent-Length: 6\r\n\r\n";
  const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  Wire wire(running.server->port());
  REQUIRE(wire.send(head));
  CHECK(wire.take(go_on.size()) == go_on);
  for (const char* part : {"th", "e ", "bo"}) REQUIRE(wire.send(part));
  const std::string answer = wire.rest();
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(answer.ends_with("[POST / the bo]"));
  CHECK(raw(running.server->port(), head + "at onc").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("a body in chunks is taken whole, within the limit of bodies") {
  Running running(say_back, {.max_body_bytes = 10});
  const std::string head =
      "POST / HTTP/1.1\r\n" + kHost + kClose + "Transfer-Encoding: chunked\r\n\r\n";
  CHECK(raw(running.server->port(), head + "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n")
            .ends_with("[POST / abcdefg]"));
  CHECK(raw(running.server->port(), head + "6\r\nabcdef\r\n6\r\nghijkl\r\n0\r\n\r\n")
            .starts_with("HTTP/1.1 413 "));
  CHECK(raw(running.server->port(), head + "3;" + std::string(60'000, 'x'))
            .starts_with("HTTP/1.1 4"));
}

TEST_CASE("HTTP/1.0 is closed after its answer unless it asks to be kept") {
  Running running(say_back);
  const auto closed = raw(running.server->port(), "GET /1 HTTP/1.0\r\n\r\n");
  CHECK(closed.starts_with("HTTP/1.0 200 OK\r\n"));
  CHECK(closed.find("\r\nConnection: close\r\n") != std::string::npos);
  const auto kept = raw(running.server->port(),
                        "GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /2 HTTP/1.0\r\n\r\n");
  CHECK(kept.find("\r\nConnection: keep-alive\r\n") != std::string::npos);
  CHECK(kept.ends_with("[GET /2 ]"));
}

TEST_CASE(
    "a head up to the limit is taken, one longer by more than its first line is refused, also in "
    "pieces") {
  Running running(say_back, {.max_header_bytes = 1'000});
  const auto request = [](std::size_t bytes) {
    const std::string empty = get("/", kClose + "A: \r\n");
    return get("/", kClose + "A: " + std::string(bytes - empty.size(), 'a') + "\r\n");
  };
  REQUIRE(request(1'000).size() == 1'000);
  CHECK(raw(running.server->port(), request(1'000)).starts_with("HTTP/1.1 200 "));
  CHECK(raw(running.server->port(), request(1'020)).starts_with("HTTP/1.1 431 "));
  Wire wire(running.server->port());
  REQUIRE(wire.send(request(1'500).substr(0, 700)));
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  wire.send(request(1'500).substr(700));
  CHECK(wire.rest().starts_with("HTTP/1.1 431 "));
}

TEST_CASE("a head of lines so short that each is parsed as it comes is refused at the limit too") {
  Running running(say_back);
  const std::string begin = "GET / HTTP/1.1\r\n" + kHost + kClose + "a";
  for (const std::string line : {":\r\na", "bc: d\r\na"}) {
    CAPTURE(line);
    std::string block;  // as much as is read at once: each read ends one byte into a line
    while (block.size() < 8'192) block += line;
    Wire wire(running.server->port());
    REQUIRE(wire.send(begin));
    for (int n = 0; n < 40; ++n) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      wire.send(block);
    }
    wire.send(":\r\n\r\n");
    CHECK(wire.rest().starts_with("HTTP/1.1 431 "));
  }
}

TEST_CASE("a client takes no head without end from its server") {
  asio::io_context io;
  asio::ip::tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
  const unsigned short port = acceptor.local_endpoint().port();
  const auto answer_of = [&](int pieces) {
    std::jthread serving([&, pieces] {
      asio::ip::tcp::socket socket = acceptor.accept();
      boost::system::error_code error;
      socket.set_option(asio::ip::tcp::no_delay(true), error);
      std::string piece;  // each read ends one byte into a line
      while (piece.size() < 400) piece += ":\r\na";
      asio::write(socket, asio::buffer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\na"s), error);
      for (int n = 0; n < pieces && !error; ++n) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        asio::write(socket, asio::buffer(piece), error);
      }
      asio::write(socket, asio::buffer(":\r\n\r\nok"s), error);
      std::string asked;
      asio::read(socket, asio::dynamic_buffer(asked), error);  // until the client closes
    });
    auto client = HttpClient::make("http://127.0.0.1:" + std::to_string(port), {});
    REQUIRE(client);
    return client->get("/");
  };
  const auto taken = answer_of(10);
  REQUIRE_MESSAGE(taken, taken.error().detail);
  CHECK(taken->body == "ok");
  const auto refused = answer_of(100);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::unavailable);
}

TEST_CASE("an answer that many share is sent whole to each, with the date of its own request") {
  const auto shared = std::make_shared<const HttpResponse>(
      HttpResponse{.body = std::string(8'192, 't'), .headers = {{"ETag", "\"t\""}}});
  std::atomic<int> requests = 0;
  Running running([&](HttpRequest, HttpRespond respond) {
    HttpAnswer answer = shared;
    answer.date = "day " + std::to_string(++requests);
    respond(std::move(answer));
  });
  auto client = running.client();
  for (int n = 1; n < 4; ++n) {
    const auto answer = client.get("/");
    REQUIRE(answer);
    CHECK(answer->body == shared->body);
    CHECK(std::ranges::count(answer->headers, std::pair<std::string, std::string>(
                                                  "date", "day " + std::to_string(n))) == 1);
  }
  CHECK(shared->headers.size() == 1);
}

TEST_CASE("no value of a header can begin a header of its own") {
  const HttpAnswer answer(HttpResponse{
      .status = 404, .body = "no", .headers = {{"X-A", "a\r\nX-B: b\x7f"}, {"X-C", "c"}}});
  std::string head = "before ";
  put_head(head, answer, {.after = HttpHead::After::close});
  CHECK(head ==
        "before HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: 2\r\nX-A: a  X-B: b \r\nX-C: c\r\nConnection: close\r\n\r\n");
}

namespace {

/// The parts given, each when it is asked for; then the end, or nothing for ever.
class Parts final : public HttpStream {
 public:
  enum class Then : std::uint8_t { end, wait };
  Parts(std::vector<std::string> parts, Then then) : parts_(std::move(parts)), then_(then) {}
  void next(std::function<void(std::string)> ready) override {
    ++asked;
    if (at_ < parts_.size()) return ready(parts_[at_++]);
    if (then_ == Then::end) return ready({});
    waiting_ = std::move(ready);
  }
  std::atomic<int> asked = 0;

 private:
  const std::vector<std::string> parts_;
  const Then then_;
  std::size_t at_ = 0;
  std::function<void(std::string)> waiting_;
};

HttpHandler streaming(std::shared_ptr<HttpStream> stream) {
  return [stream](HttpRequest, HttpRespond respond) {
    HttpAnswer answer(HttpResponse{.content_type = "text/event-stream"});
    answer.stream = stream;
    respond(std::move(answer));
  };
}

}  // namespace

TEST_CASE("a stream is sent in chunks, and the connection is kept behind its end") {
  const std::string long_part(70'000, 'p');
  Running running(streaming(
      std::make_shared<Parts>(std::vector<std::string>{"one", long_part, "3"}, Parts::Then::end)));
  const auto answers = raw(running.server->port(), get("/a") + get("/b", kClose));
  const std::string body = "\r\n\r\n3\r\none\r\n11170\r\n" + long_part + "\r\n1\r\n3\r\n0\r\n\r\n";
  const auto end_of_first = answers.find(body) + body.size();
  REQUIRE(answers.find(body) != std::string::npos);
  CHECK(answers.find("\r\nTransfer-Encoding: chunked\r\n") < end_of_first);
  CHECK(answers.find("Content-Length") == std::string::npos);
  CHECK(answers.substr(end_of_first).starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(answers.ends_with("\r\n\r\n0\r\n\r\n"));
}

TEST_CASE("a stream ends an HTTP/1.0 connection, and HEAD asks none for a part") {
  const auto parts =
      std::make_shared<Parts>(std::vector<std::string>{"one", "two"}, Parts::Then::end);
  Running running(streaming(parts));
  const auto head = raw(running.server->port(), "HEAD / HTTP/1.1\r\n" + kHost + kClose + "\r\n");
  CHECK(head.ends_with("\r\n\r\n"));
  CHECK(parts->asked == 0);
  const auto old = raw(running.server->port(), "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(old.find("chunked") == std::string::npos);
  CHECK(old.find("\r\nConnection: close\r\n") != std::string::npos);
  CHECK(old.ends_with("\r\n\r\nonetwo"));
}

TEST_CASE("a client takes a stream part by part, stops when it will, and is told of a refusal") {
  const auto parts = std::make_shared<Parts>(std::vector<std::string>{"one ", "two ", "three "},
                                             Parts::Then::wait);
  Running running(streaming(parts));
  auto client = running.client();
  std::string read;
  const auto done = client.stream({.method = "GET", .target = "/"}, [&](std::string_view part) {
    read += part;
    return read.ends_with("three ") ? HttpClient::Next::stop : HttpClient::Next::go_on;
  });
  REQUIRE_MESSAGE(done, done.error().detail);
  CHECK(read == "one two three ");
  Running refusing(
      [](HttpRequest, HttpRespond respond) { respond(HttpResponse{.status = 404, .body = "no"}); });
  auto refused = refusing.client().stream({.method = "GET", .target = "/"},
                                          [](std::string_view) { return HttpClient::Next::go_on; });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::not_found);
}

TEST_CASE("a stream may be silent for longer than a connection may be idle") {
  class Late final : public HttpStream {
   public:
    void next(std::function<void(std::string)> ready) override {
      if (told_) return ready({});
      told_ = true;
      later_ = std::jthread([ready = std::move(ready)] {
        std::this_thread::sleep_for(std::chrono::milliseconds(400));
        ready("late");
      });
    }

   private:
    bool told_ = false;
    std::jthread later_;
  };
  Running running(streaming(std::make_shared<Late>()), {.idle_timeout_ms = 100});
  CHECK(raw(running.server->port(), get("/", kClose)).ends_with("4\r\nlate\r\n0\r\n\r\n"));
}

TEST_CASE("a server that stops ends the streams that wait, and their clients see a whole body") {
  const auto parts = std::make_shared<Parts>(std::vector<std::string>{"one"}, Parts::Then::wait);
  Running running(streaming(parts));
  Wire wire(running.server->port());
  REQUIRE(wire.send(get("/")));
  CHECK(wire.until("one\r\n").ends_with("3\r\none\r\n"));
  while (parts->asked < 2) std::this_thread::yield();
  running.server->stop();
  CHECK(wire.rest() == "0\r\n\r\n");
  CHECK(becomes(*running.server, 0, 2'000));
}
