#include "net/address.h"

#include <charconv>

namespace tallinn {

Result<Address> parse_address(std::string_view text) {
  const auto bad = [&] {
    return refuse(Code::malformed, "\"" + std::string(text.substr(0, 100)) +
                                       "\" is not HOST:PORT, for example 127.0.0.1:8480");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return bad();
  if (host.empty() || host.find_first_of("[]/ ") != std::string_view::npos) return bad();
  Address address{.host = std::string(host)};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (port.empty() || error != std::errc() || end != port.data() + port.size()) return bad();
  return address;
}

std::string format_address(const Address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace tallinn
