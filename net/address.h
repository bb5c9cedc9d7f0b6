// Address: "host:port" as it stands in node.toml and on the command line.
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "events/result.h"

namespace tallinn {

struct Address {
  std::string host;  ///< name or number, IPv6 without its brackets
  std::uint16_t port = 0;
  bool operator==(const Address&) const = default;
};

/// "127.0.0.1:8480", "kyiv.example:8480", "[::1]:8480". Error malformed, with an example.
Result<Address> parse_address(std::string_view text);
std::string format_address(const Address& address);

}  // namespace tallinn
