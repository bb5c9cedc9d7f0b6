#include "net/write_in_slices.h"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>

using namespace tallinn;
namespace asio = boost::asio;

namespace {

/// One end writes, nobody has read anything yet.
struct Writing {
  asio::io_context io;
  asio::local::stream_protocol::socket writer{io};
  asio::local::stream_protocol::socket reader{io};
  Bytes bytes = Bytes(5u << 20, 'w');
  std::size_t written = 0;
  std::size_t most_at_once = 0;
  std::optional<boost::system::error_code> ended;

  Writing() {
    asio::local::connect_pair(writer, reader);
    const auto wrote = [this](std::size_t count) {
      written += count;
      most_at_once = std::max(most_at_once, count);
    };
    asio::co_spawn(
        io, write_in_slices(writer, BytesView(bytes), wrote),
        [this](const std::exception_ptr&, boost::system::error_code error) { ended = error; });
    io.poll();
  }
};

}  // namespace

TEST_CASE("how far long bytes are written is told slice by slice, before all of them are") {
  Writing writing;
  CHECK(writing.written > 0);
  CHECK(writing.written < writing.bytes.size());
  CHECK_FALSE(writing.ended.has_value());
  Bytes got(writing.bytes.size(), '\0');
  asio::async_read(writing.reader, asio::buffer(got),
                   [](const boost::system::error_code&, std::size_t) {});
  writing.io.restart();
  writing.io.run();
  REQUIRE(writing.ended.has_value());
  CHECK_FALSE(*writing.ended);
  CHECK(got == writing.bytes);
  CHECK(writing.written == writing.bytes.size());
  CHECK(writing.most_at_once == kWriteSliceBytes);
}

TEST_CASE("a write to who has gone away ends with its error") {
  Writing writing;
  writing.reader.close();
  writing.io.restart();
  writing.io.run();
  REQUIRE(writing.ended.has_value());
  CHECK(*writing.ended);
  CHECK(writing.written < writing.bytes.size());
}
