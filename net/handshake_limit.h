// HandshakeLimit: how many failed handshakes one address (network_of in net/listen.h) may cost this
// node in a minute. Pure; one caller at a time. Only failures count, so that a peer whose link
// flaps is never kept out by it; memory is bounded: addresses beyond kMostAddresses in one minute
// share one count.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "events/strong.h"

namespace tallinn {

class HandshakeLimit {
 public:
  static constexpr std::size_t kMostAddresses = 4'096;

  explicit HandshakeLimit(std::uint32_t failures_a_minute) : most_(failures_a_minute) {}
  /// May this address try?
  bool admits(const std::string& address, UnixMillis now);
  void failed(const std::string& address, UnixMillis now);

 private:
  void begin_minute(UnixMillis now);
  std::uint32_t& count_of(const std::string& address);

  std::uint32_t most_;
  std::int64_t minute_ = 0;
  std::map<std::string, std::uint32_t> failures_;
  std::uint32_t others_ = 0;  ///< of addresses that have no count of their own
};

}  // namespace tallinn
