#include "net/listen.h"

#include <boost/asio/ip/network_v6.hpp>

#include "net/address.h"

namespace tallinn {
namespace asio = boost::asio;
using asio::ip::tcp;

Result<void> listen_at(tcp::acceptor& acceptor, const std::string& at, std::string_view what,
                       std::string_view field) {
  const auto address = parse_address(at);
  if (!address) return std::unexpected(address.error());
  boost::system::error_code error;
  tcp::resolver resolver(acceptor.get_executor());
  const auto found =
      resolver.resolve(address->host, std::to_string(address->port), tcp::resolver::passive, error);
  if (!error) {
    const auto endpoint = found.begin()->endpoint();
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error)
    return refuse(Code::unavailable,
                  "cannot listen for " + std::string(what) + " at " + at + ": " + error.message(),
                  std::string(field));
  return {};
}

std::string network_of(const asio::ip::address& address) {
  if (!address.is_v6()) return address.to_string();
  const asio::ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) return make_address_v4(asio::ip::v4_mapped, v6).to_string();
  return make_network_v6(v6, 64).canonical().to_string();
}

}  // namespace tallinn
