// Listen: opens an acceptor at an address as node.toml gives it. Shell.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "events/result.h"

namespace tallinn {

/// `at`: "H:P"; port 0: any. Error malformed, or unavailable, saying `what` it was for, with the
/// `field` of node.toml.
Result<void> listen_at(boost::asio::ip::tcp::acceptor& acceptor, const std::string& at,
                       std::string_view what, std::string_view field);

}  // namespace tallinn
