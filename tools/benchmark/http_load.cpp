#include "tools/benchmark/http_load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "tools/benchmark/measure.h"

namespace tallinn::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::size_t kBufferBytes = 64u << 10;
constexpr int kWait_ms = 5'000;

/// A socket with an answer on its way.
class Asking {
 public:
  Asking(const HttpAsked& asked, std::string_view request)
      : request_(request), socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(asked.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (socket_ < 0 ||
        connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      fail("cannot connect to port " + std::to_string(asked.port));
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~Asking() { close(socket_); }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

  int socket_number() const { return socket_; }
  /// The answer as far as it has come, in a buffer that the next ask() uses again.
  std::string_view answer() const { return {buffer_.data(), received_}; }
  std::size_t body_at() const { return body_at_; }

  void ask() {
    received_ = body_at_ = expected_ = 0;
    if (send(socket_, request_.data(), request_.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request_.size()))
      fail("a request could not be sent");
  }
  /// Takes what has come; whether the answer is whole now.
  bool receive() {
    if (received_ == buffer_.size()) fail("an answer is longer than expected");
    const auto count = recv(socket_, buffer_.data() + received_, buffer_.size() - received_, 0);
    if (count <= 0) fail("the server closed a connection within an answer");
    received_ += static_cast<std::size_t>(count);
    if (expected_ == 0) read_head();
    if (expected_ != 0 && received_ > expected_) fail("an answer is longer than it said");
    return expected_ != 0 && received_ == expected_;
  }

 private:
  void read_head() {
    const auto end = answer().find("\r\n\r\n");
    if (end == std::string_view::npos) return;
    constexpr std::string_view kLength = "\r\nContent-Length: ";
    const std::string_view head = answer().substr(0, end);
    const auto length = head.find(kLength);
    if (!head.starts_with("HTTP/1.1 200 ") || length == std::string_view::npos)
      fail("an answer is not a 200 with a length: " + std::string(head));
    std::size_t bytes = 0;
    std::from_chars(head.data() + length + kLength.size(), head.data() + head.size(), bytes);
    body_at_ = end + 4;
    expected_ = body_at_ + bytes;
  }

  std::string_view request_;
  int socket_;
  std::size_t received_ = 0;
  std::size_t body_at_ = 0;
  std::size_t expected_ = 0;  ///< of the whole answer; 0 while its head is not there
  std::array<char, kBufferBytes> buffer_;
};

std::string request_of(const HttpAsked& asked) {
  return "GET " + asked.target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(asked.port) +
         "\r\nAccept: */*\r\n\r\n";
}

}  // namespace

std::string fetch_once(const HttpAsked& asked) {
  const std::string request = request_of(asked);
  const auto one = std::make_unique<Asking>(asked, request);
  one->ask();
  while (!one->receive()) {
  }
  return std::string(one->answer().substr(one->body_at()));
}

double answers_per_second(const HttpAsked& asked, unsigned connections, std::size_t body_bytes,
                          std::chrono::milliseconds for_how_long) {
  const std::string request = request_of(asked);
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::unique_ptr<Asking>> all;
  for (unsigned n = 0; n < connections; ++n) {
    all.push_back(std::make_unique<Asking>(asked, request));
    epoll_event event{.events = EPOLLIN, .data = {.ptr = all.back().get()}};
    epoll_ctl(poll, EPOLL_CTL_ADD, all.back()->socket_number(), &event);
  }
  std::uint64_t answers = 0;
  const auto start = SteadyClock::now();
  for (const auto& one : all) one->ask();
  std::array<epoll_event, 64> ready;
  auto now = start;
  for (; now < start + for_how_long; now = SteadyClock::now()) {
    const int count = epoll_wait(poll, ready.data(), ready.size(), kWait_ms);
    if (count == 0) fail("the server has stopped to answer");
    for (int n = 0; n < count; ++n) {
      auto& one = *static_cast<Asking*>(ready[static_cast<std::size_t>(n)].data.ptr);
      if (!one.receive()) continue;
      if (one.answer().size() - one.body_at() != body_bytes) fail("an answer has another length");
      ++answers;
      one.ask();
    }
  }
  close(poll);
  return static_cast<double>(answers) / std::chrono::duration<double>(now - start).count();
}

}  // namespace tallinn::bench
