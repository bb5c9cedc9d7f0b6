// How this module awaits: an error is a value like any other, `auto [error, ...] = co_await
// f(..., kTuple)`. Pure.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tallinn {

inline constexpr auto kTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

}  // namespace tallinn
