// write_in_slices: writes long bytes a little at a time and says how far it has come, so that a
// slow link is told from one that carries nothing. Shell, coroutine; on the stream's strand.
#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/write.hpp>

#include "events/wire.h"
#include "net/awaiting.h"

namespace tallinn {

/// Also of a TLS record, whose bytes the other side hears when all of them have come.
inline constexpr std::size_t kWriteSliceBytes = 4u << 10;

/// `wrote(count)` after each slice, also the one that failed. `stream` and what `bytes` views
/// outlive it.
template <class Stream, class Wrote>
boost::asio::awaitable<boost::system::error_code> write_in_slices(Stream& stream, BytesView bytes,
                                                                  Wrote wrote) {
  while (!bytes.empty()) {
    const auto slice = boost::asio::buffer(bytes.data(), std::min(bytes.size(), kWriteSliceBytes));
    auto [error, count] = co_await boost::asio::async_write(stream, slice, kTuple);
    wrote(count);
    if (error) co_return error;
    bytes.remove_prefix(count);
  }
  co_return boost::system::error_code();
}

}  // namespace tallinn
