// A running HttpServer and what a test says to it over a socket.
#pragma once

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <thread>

#include "net/http_client.h"
#include "net/http_server.h"

namespace tallinn::test {

namespace asio = boost::asio;

/// A server on its own thread, gone with the object.
class Running {
 public:
  explicit Running(HttpHandler handler, HttpLimits limits = {}) : work_(io_.get_executor()) {
    auto started = HttpServer::start(io_, "127.0.0.1:0", limits, std::move(handler));
    REQUIRE(started);
    server = std::move(*started);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Running() {
    server->stop();
    for (int i = 0; i < 200 && server->connections() > 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    io_.stop();
    thread_.join();
    server.reset();  // before its io_context
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server->port()); }
  HttpClient client() const {
    auto made = HttpClient::make(url(), {});
    REQUIRE(made);
    return std::move(*made);
  }
  std::unique_ptr<HttpServer> server;

 private:
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

/// A client's end of a connection, byte by byte.
class Wire {
 public:
  explicit Wire(unsigned short port) {
    socket_.connect({asio::ip::make_address("127.0.0.1"), port});
    socket_.set_option(asio::ip::tcp::no_delay(true));
  }
  /// False when the server has closed.
  bool send(std::string_view bytes) {
    boost::system::error_code error;
    asio::write(socket_, asio::buffer(bytes), error);
    return !error;
  }
  /// Everything until the server closes.
  std::string rest() {
    boost::system::error_code error;
    asio::read(socket_, asio::dynamic_buffer(read_), error);
    return std::exchange(read_, {});
  }
  /// The next bytes up to the end of that text; what there was when the server closes before.
  std::string until(std::string_view text) {
    boost::system::error_code error;
    return take(asio::read_until(socket_, asio::dynamic_buffer(read_), text, error));
  }
  /// The next bytes, as many as that; fewer when the server closes before.
  std::string take(std::size_t count) {
    boost::system::error_code error;
    if (read_.size() < count)
      asio::read(socket_, asio::dynamic_buffer(read_), asio::transfer_exactly(count - read_.size()),
                 error);
    std::string out = read_.substr(0, count);
    read_.erase(0, out.size());
    return out;
  }

 private:
  asio::io_context io_;
  asio::ip::tcp::socket socket_{io_};
  std::string read_;
};

/// Sends bytes, reads until the server closes; the whole answer.
inline std::string raw(unsigned short port, std::string_view bytes) {
  Wire wire(port);
  wire.send(bytes);
  return wire.rest();
}

}  // namespace tallinn::test
