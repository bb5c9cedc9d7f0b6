#include "net/handshake_limit.h"

namespace tallinn {

namespace {

constexpr std::int64_t kMinuteMs = 60'000;

}  // namespace

void HandshakeLimit::begin_minute(UnixMillis now) {
  const std::int64_t minute = now.value() / kMinuteMs;
  if (minute == minute_) return;
  minute_ = minute;
  failures_.clear();
  others_ = 0;
}

std::uint32_t& HandshakeLimit::count_of(const std::string& address) {
  const auto known = failures_.find(address);
  if (known != failures_.end()) return known->second;
  return failures_.size() < kMostAddresses ? failures_[address] : others_;
}

bool HandshakeLimit::admits(const std::string& address, UnixMillis now) {
  begin_minute(now);
  const auto known = failures_.find(address);
  if (known != failures_.end()) return known->second < most_;
  return failures_.size() < kMostAddresses || others_ < most_;
}

void HandshakeLimit::failed(const std::string& address, UnixMillis now) {
  begin_minute(now);
  ++count_of(address);
}

}  // namespace tallinn
