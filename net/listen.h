// Listen: opens an acceptor at an address as node.toml gives it. Shell.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "events/result.h"

namespace tallinn {

/// `at`: "H:P"; port 0: any. Error malformed, or unavailable, saying `what` it was for, with the
/// `field` of node.toml.
Result<void> listen_at(boost::asio::ip::tcp::acceptor& acceptor, const std::string& at,
                       std::string_view what, std::string_view field);

/// Whom a remote address stands for when what comes from there is counted: an IPv4 address, or the
/// /64 of an IPv6 address, of which one machine may have all.
std::string network_of(const boost::asio::ip::address& address);

}  // namespace tallinn
